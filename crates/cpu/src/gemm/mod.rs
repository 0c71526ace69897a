//! `gemm`: the blocked matrix product of Goto and van de Geijn ("Anatomy of high-performance matrix
//! multiplication", ACM TOMS 34, 2008): panels of both operands are copied to where the inner kernel reads them
//! in order, and the inner kernel keeps a small tile of the result in registers. A panel that is read but a few times is
//! read where it lies.
//!
//! Every element of the result is a chain of fused multiply-adds over [`DEPTH`] values of `k`; the blocks of a
//! longer sum are added in order. Tile sizes differ between instruction sets, that chain does not.

mod packed;
mod target;
mod turn;
mod vector;

use ndgrad_array::{Array, Buffer, Element, Layout};

pub use self::packed::Packed;
use self::target::Target;
pub(crate) use self::vector::Vector;
use crate::threads::{for_each, is_parallel, threads};
use crate::transpose::{Rows, transpose};

/// Values of `k` per block: a panel of `y` of this depth stays in L1.
const DEPTH: usize = 256;
/// Rows of `x` per block, so that the packed block stays in L2.
const ROWS: usize = 144;
/// Columns of `y` per block, so that the packed block stays in L3.
const COLUMNS: usize = 2048;
/// A left operand that is read for no more than so many panels of the right one is read where it lies.
const FEW_PANELS: usize = 4;
/// Products with fewer multiplications are not worth packing.
const LEAST_PACKED: usize = 4096;

/// Products with fewer multiplications stay on one thread: each thread packs the whole of `y` for itself.
const LEAST_PARALLEL: usize = 1 << 20;

/// A matrix anywhere in a slice.
#[derive(Clone, Copy)]
pub struct Matrix<'a, T> {
    pub elements: &'a [T],
    pub start: usize,
    pub rows: usize,
    pub columns: usize,
    pub row_stride: isize,
    pub column_stride: isize,
}

impl<'a, T: Element> Matrix<'a, T> {
    pub fn of(array: &'a Array) -> Self {
        Matrix::new(array, array.layout(), array.layout().offset())
    }

    /// The matrix of this layout in an array's buffer, from `start` on.
    pub fn new(array: &'a Array, layout: &Layout, start: usize) -> Self {
        Matrix::within(array.buffer(), layout, start)
    }

    /// The matrix of this layout in a slice, from `start` on.
    pub fn within(elements: &'a [T], layout: &Layout, start: usize) -> Self {
        let (&[rows, columns], &[row_stride, column_stride]) = (&layout.shape()[..], layout.strides()) else {
            unreachable!("a matrix has two axes")
        };
        Matrix { elements, start, rows, columns, row_stride, column_stride }
    }

    pub fn transpose(self) -> Self {
        Matrix {
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
            ..self
        }
    }

    #[inline(always)]
    pub fn place(&self, row: usize, column: usize) -> usize {
        self.start
            .wrapping_add_signed(self.row_stride * row as isize)
            .wrapping_add_signed(self.column_stride * column as isize)
    }

    #[inline(always)]
    pub fn at(&self, row: usize, column: usize) -> T {
        self.elements[self.place(row, column)]
    }

    /// A copy of the elements, row by row.
    pub fn packed(&self) -> Buffer {
        let mut copy = Buffer::new(self.rows * self.columns * size_of::<T>());
        let mut elements = copy.as_mut_slice::<T>().iter_mut();
        for row in 0..self.rows {
            for (column, copy) in (0..self.columns).zip(&mut elements) {
                *copy = self.at(row, column);
            }
        }
        copy
    }

    fn part(self, row: usize, rows: usize, column: usize, columns: usize) -> Self {
        Matrix { start: self.place(row, column), rows, columns, ..self }
    }
}

/// `out = x y`, all sizes at least 1.
pub fn gemm<T: Packed>(x: Matrix<'_, T>, y: Matrix<'_, T>, out: &mut [T]) {
    let (rows, depth, columns) = (x.rows, x.columns, y.columns);
    if rows * depth * columns < LEAST_PACKED && depth <= DEPTH {
        return small(x, y, out);
    }
    if !is_better_turned(x, y) {
        return packed(x, y, Target::new(out, columns));
    }
    let mut memory = Buffer::new(size_of_val(out));
    let turned = memory.as_mut_slice::<T>();
    packed(y.transpose(), x.transpose(), Target::new(turned, rows));
    let evenly = |count: usize| Rows { start: 0, stride: count as isize };
    transpose(turned, evenly(rows), out, evenly(columns), [rows, columns]);
}

/// Whether `y' x'` is computed faster, and turned. This is so for a few rows times a transposed matrix, as a layer of
/// weights is: with the rows in lanes, each weight is read in order where it lies, once for each register of rows, and none
/// is copied. What must be turned then, the result, is smaller.
fn is_better_turned<T: Packed>(x: Matrix<'_, T>, y: Matrix<'_, T>) -> bool {
    let idle = x.rows.next_multiple_of(T::lanes()) - x.rows;
    y.row_stride == 1
        && y.column_stride != 1
        && x.rows < y.columns
        && x.rows <= FEW_PANELS * T::lanes()
        && 2 * x.rows < x.columns
        && 8 * idle <= x.rows
}

/// A product of packed panels, on all threads if it is large.
fn packed<T: Packed>(x: Matrix<'_, T>, y: Matrix<'_, T>, target: Target<'_, T>) {
    let (rows, depth, columns) = (x.rows, x.columns, y.columns);
    let work = rows * depth * columns;
    if work < LEAST_PARALLEL || !is_parallel(work) {
        return T::multiply(x, y, target);
    }
    // The longer side is cut: what is packed once for each piece is the smaller part of the work.
    let cut = |size: usize, unit: usize| size.div_ceil(threads()).next_multiple_of(unit);
    let (height, width) =
        if columns >= rows { (rows, cut(columns, T::lanes())) } else { (cut(rows, 12), columns) };
    for_each(rows.div_ceil(height) * columns.div_ceil(width), |index| {
        let (row, column) = if height < rows { (index * height, 0) } else { (0, index * width) };
        let (height, width) = (height.min(rows - row), width.min(columns - column));
        // SAFETY: pieces of different numbers do not overlap, and each number comes once.
        let target = unsafe { target.part(row, height, column, width) };
        T::multiply(x.part(row, height, 0, depth), y.part(0, depth, column, width), target);
    });
}

/// Products of a few numbers, without packing.
fn small<T: Element>(x: Matrix<'_, T>, y: Matrix<'_, T>, out: &mut [T]) {
    for (i, out) in out.chunks_exact_mut(y.columns).enumerate() {
        for (j, out) in out.iter_mut().enumerate() {
            *out = (0..x.columns).fold(T::ZERO, |sum, k| x.at(i, k).mul_add(y.at(k, j), sum));
        }
    }
}
