//! `matmul`: which kernel computes a matrix product.
//!
//! The shape alone decides how an element is summed, so a transposed operand gives the same bits as its copy:
//! a product with a single row or column is a reduction (lanes, blocks, tree: see `reduce`); any other is a chain
//! of fused multiply-adds over `k`, in blocks (see `gemm`). Each of a batch of products is summed as it would be alone.

use std::marker::PhantomData;
use std::ops::Range;

use bytemuck::{cast_slice, cast_slice_mut};
use ndgrad_array::{Array, Buffer, DTypes, Element, Shape, with_dtype};

use crate::gemm::{self, Matrix, Packed};
use crate::reduce::{Combine, LANES, Run, fold_columns, fold_few, fold_rows, fold_run, fold_runs};
use crate::simd::{Kernel, vectorized_for};
use crate::threads::fill_pieces;
use crate::tiny;

pub fn matmul(x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), DTypes::NUMBERS, T => matmul_as::<T>(x, y, out))
}

fn matmul_as<T: Packed>(x: &Array, y: &Array, out: &mut Array) {
    let leading = out.shape().rank() - 2;
    if leading == 0 {
        return product(Matrix::of(x), Matrix::of(y), out.as_mut_slice::<T>());
    }
    let ([rows, inner], columns) = (last_two(x.shape()), last_two(y.shape())[1]);
    let batch = *out.layout().split(leading).0.shape();
    let stretched = |operand: &Array| {
        let mut shape = batch;
        for size in last_two(operand.shape()) {
            shape = shape.insert(shape.rank(), size);
        }
        operand.layout().broadcast_to(shape)
    };
    let (x_layout, y_layout) = (stretched(x), stretched(y));
    // One matrix on the right, and rows on the left that lie evenly spaced: a single product. It rounds the same,
    // unless rows are taken together that one by one are products of a vector.
    if y_layout.strides()[..leading].iter().all(|&stride| stride == 0) && (columns == 1 || rows > 1) {
        let tall = Shape::from([batch.size() * rows, inner]);
        if let Some(tall) = x_layout.reshape(tall) {
            let left = Matrix::new(x, &tall, tall.offset());
            let right = Matrix::new(y, &y_layout.split(leading).1, y_layout.offset());
            return product(left, right, out.as_mut_slice::<T>());
        }
    }
    let size = rows * columns;
    let out = out.as_mut_slice::<T>();
    if out.is_empty() {
        return;
    }
    let [(x_outer, x_inner), (y_outer, y_inner)] = [x_layout.split(leading), y_layout.split(leading)];
    fill_pieces(out, inner, size, |start, out| {
        let first = start / size;
        let places = x_outer.offsets_from(first).zip(y_outer.offsets_from(first));
        for (out, (x_place, y_place)) in out.chunks_exact_mut(size).zip(places) {
            let (x, y) = (Matrix::new(x, &x_inner, x_place), Matrix::new(y, &y_inner, y_place));
            product(x, y, out);
        }
    });
}

fn last_two(shape: &Shape) -> [usize; 2] {
    [shape[shape.rank() - 2], shape[shape.rank() - 1]]
}

pub(crate) fn product<T: Packed>(x: Matrix<'_, T>, y: Matrix<'_, T>, out: &mut [T]) {
    if out.is_empty() {
    } else if x.columns == 0 {
        out.fill(T::default());
    } else if y.columns == 1 {
        matvec(x, y, out);
    } else if x.rows == 1 {
        matvec(y.transpose(), x.transpose(), out);
    } else {
        gemm::gemm(x, y, out);
    }
}

/// Numbers of `T`, added up.
struct Sum<T>(PhantomData<fn() -> T>);

impl<T: Element> Combine for Sum<T> {
    fn identity(&self, out: &mut [u8]) {
        cast_slice_mut(out).fill(T::ZERO);
    }

    fn combine(&self, left: &mut [u8], right: &[u8]) {
        for (left, &right) in cast_slice_mut::<u8, T>(left).iter_mut().zip(cast_slice::<u8, T>(right)) {
            *left = *left + right;
        }
    }
}

/// A matrix times a single column.
fn matvec<T: Element>(matrix: Matrix<'_, T>, column: Matrix<'_, T>, out: &mut [T]) {
    if matrix.rows.max(matrix.columns) <= tiny::MOST {
        return vectorized_for::<T, _>(Few { matrix, column, out });
    }
    let (count, size, sum) = (matrix.columns, size_of::<T>(), Sum::<T>(PhantomData));
    let packed: Buffer;
    let vector = match column.row_stride {
        1 => &column.elements[column.start..][..count],
        _ => {
            packed = column.packed();
            &packed.as_slice()[..count]
        }
    };
    let out_bytes = cast_slice_mut(out);
    if matrix.row_stride == 1 && matrix.column_stride != 1 && count > 1 {
        return fold_columns(&sum, count, matrix.rows, size, out_bytes, &|lanes, _, columns, rows| {
            vectorized_for::<T, _>(Columns { matrix, columns, rows, vector, lanes: cast_slice_mut(lanes) });
        });
    }
    let copy: Buffer;
    let matrix = if matrix.column_stride == 1 || count == 1 {
        matrix
    } else {
        copy = matrix.packed();
        let (row_stride, column_stride) = (count as isize, 1);
        Matrix { elements: copy.as_slice(), start: 0, row_stride, column_stride, ..matrix }
    };
    fold_rows(&sum, count, size, out_bytes, &|first, numbers, out| {
        let vector = &vector[numbers.clone()];
        vectorized_for::<T, _>(Dots {
            matrix,
            first,
            column: numbers.start,
            vector,
            out: cast_slice_mut(out),
        });
    });
}

/// Columns of a matrix, some rows of each, times the numbers of a vector, added to one lane each.
struct Columns<'a, T> {
    matrix: Matrix<'a, T>,
    /// The rows of the matrix.
    columns: Range<usize>,
    /// Its columns.
    rows: Range<usize>,
    vector: &'a [T],
    lanes: &'a mut [T],
}

impl<T: Element> Kernel for Columns<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for (k, lane) in self.rows.zip(self.lanes.chunks_exact_mut(self.columns.len())) {
            let column = &self.matrix.elements[self.matrix.place(self.columns.start, k)..][..lane.len()];
            let factor = self.vector[k];
            for (lane, &x) in lane.iter_mut().zip(column) {
                *lane = x.mul_add(factor, *lane);
            }
        }
    }
}

/// Rows whose products are added up at the same time: an addition takes about as many cycles.
const ROWS: usize = 4;

/// Products of some rows of a matrix, or of a part of their columns, with a vector.
struct Dots<'a, T> {
    matrix: Matrix<'a, T>,
    first: usize,
    column: usize,
    vector: &'a [T],
    out: &'a mut [T],
}

impl<T: Element> Kernel for Dots<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let count = self.vector.len();
        let products = |row: usize| {
            let start = self.matrix.place(self.first + row, self.column);
            Products(&self.matrix.elements[start..][..count], self.vector)
        };
        let (rows, rest) = self.out.as_chunks_mut::<ROWS>();
        let done = rows.len() * ROWS;
        for (i, out) in rows.iter_mut().enumerate() {
            *out = fold_runs(count, &std::array::from_fn(|row| products(i * ROWS + row)));
        }
        for (i, out) in rest.iter_mut().enumerate() {
            *out = fold_run(count, &products(done + i));
        }
    }
}

/// Few products of few numbers each, wherever they lie.
struct Few<'a, T> {
    matrix: Matrix<'a, T>,
    column: Matrix<'a, T>,
    out: &'a mut [T],
}

impl<T: Element> Kernel for Few<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Few { matrix, column, out } = self;
        for (row, out) in out.iter_mut().enumerate() {
            *out = fold_few(matrix.columns, &Scattered { matrix, row, column });
        }
    }
}

/// The products of one row of a matrix with a column.
struct Scattered<'a, T> {
    matrix: Matrix<'a, T>,
    row: usize,
    column: Matrix<'a, T>,
}

impl<T: Element> Run for Scattered<'_, T> {
    type Number = T;

    #[inline(always)]
    fn identity(&self) -> T {
        T::ZERO
    }

    #[inline(always)]
    fn add(&self, lanes: [T; LANES], start: usize) -> [T; LANES] {
        std::array::from_fn(|i| self.add_one(lanes[i], start + i))
    }

    #[inline(always)]
    fn add_one(&self, lane: T, i: usize) -> T {
        self.matrix.at(self.row, i).mul_add(self.column.at(i, 0), lane)
    }

    #[inline(always)]
    fn combine(&self, left: T, right: T) -> T {
        left + right
    }
}

struct Products<'a, T>(&'a [T], &'a [T]);

impl<T: Element> Run for Products<'_, T> {
    type Number = T;

    #[inline(always)]
    fn identity(&self) -> T {
        T::ZERO
    }

    #[inline(always)]
    fn add(&self, mut lanes: [T; LANES], start: usize) -> [T; LANES] {
        let (x, y) = (&self.0[start..start + LANES], &self.1[start..start + LANES]);
        for i in 0..LANES {
            lanes[i] = x[i].mul_add(y[i], lanes[i]);
        }
        lanes
    }

    #[inline(always)]
    fn add_one(&self, lane: T, i: usize) -> T {
        self.0[i].mul_add(self.1[i], lane)
    }

    #[inline(always)]
    fn combine(&self, left: T, right: T) -> T {
        left + right
    }
}
