//! A matrix times a single column.

use std::marker::PhantomData;
use std::ops::Range;

use bytemuck::{cast_slice, cast_slice_mut};
use ndgrad_array::{Buffer, Element};

use crate::fold::{LANES, Rows, Runs, fold_few, fold_runs};
use crate::gemm::Matrix;
use crate::reduce::{Combine, fold_columns, fold_rows};
use crate::simd::{Kernel, LEAST_FAR, prefetch_all, vectorized_for};
use crate::tiny;

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
pub fn matvec<T: Element>(matrix: Matrix<'_, T>, column: Matrix<'_, T>, out: &mut [T]) {
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

/// Columns of a matrix, some rows of each, times the numbers of a vector: column `k` is added to lane `k mod 16`.
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
        for (l, lane) in self.lanes.chunks_exact_mut(self.columns.len()).enumerate() {
            let (mut k, end) = (self.rows.start + l, self.rows.end);
            while k + (TOGETHER - 1) * LANES < end {
                add_columns::<T, TOGETHER>(self.matrix, self.columns.start, k, self.vector, lane);
                k += TOGETHER * LANES;
            }
            while k < end {
                add_columns::<T, 1>(self.matrix, self.columns.start, k, self.vector, lane);
                k += LANES;
            }
        }
    }
}

/// Columns of a matrix that are added to a lane at once, which is written once for them.
const TOGETHER: usize = 4;

/// Adds the products of every [`LANES`]th column from `k` on, `N` of them, to a lane.
#[inline(always)]
fn add_columns<T: Element, const N: usize>(
    matrix: Matrix<'_, T>,
    first: usize,
    k: usize,
    vector: &[T],
    lane: &mut [T],
) {
    let columns: [&[T]; N] =
        std::array::from_fn(|i| &matrix.elements[matrix.place(first, k + i * LANES)..][..lane.len()]);
    let factors: [T; N] = std::array::from_fn(|i| vector[k + i * LANES]);
    for (j, lane) in lane.iter_mut().enumerate() {
        for i in 0..N {
            *lane = columns[i][j].mul_add(factors[i], *lane);
        }
    }
}

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
        let Dots { matrix, first, column, vector, out } = self;
        fold_runs(&Products { matrix, first, column, vector }, vector.len(), out);
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
            *out = fold_few(&Scattered { matrix, column }, row, 0, matrix.columns);
        }
    }
}

/// The products of each row of a matrix with a column, wherever they lie.
struct Scattered<'a, T> {
    matrix: Matrix<'a, T>,
    column: Matrix<'a, T>,
}

impl<T: Element> Runs for Scattered<'_, T> {
    type Number = T;

    #[inline(always)]
    fn identity(&self) -> T {
        T::ZERO
    }

    #[inline(always)]
    fn add(&self, lane: T, run: usize, i: usize) -> T {
        self.matrix.at(run, i).mul_add(self.column.at(i, 0), lane)
    }

    #[inline(always)]
    fn combine(&self, left: T, right: T) -> T {
        left + right
    }
}

/// The products of each row of a matrix, from a row and a column on, with a vector.
struct Products<'a, T> {
    matrix: Matrix<'a, T>,
    first: usize,
    column: usize,
    vector: &'a [T],
}

impl<T: Element> Products<'_, T> {
    #[inline(always)]
    fn place(&self, run: usize, i: usize) -> usize {
        self.matrix.place(self.first + run, self.column) + i
    }
}

impl<T: Element> Runs for Products<'_, T> {
    type Number = T;

    #[inline(always)]
    fn identity(&self) -> T {
        T::ZERO
    }

    #[inline(always)]
    fn add(&self, lane: T, run: usize, i: usize) -> T {
        self.matrix.elements[self.place(run, i)].mul_add(self.vector[i], lane)
    }

    #[inline(always)]
    fn combine(&self, left: T, right: T) -> T {
        left + right
    }
}

impl<'a, T: Element> Rows for Products<'a, T> {
    type Rows = (&'a [[T; LANES]], &'a [[T; LANES]]);

    #[inline(always)]
    fn rows(&self, run: usize, start: usize, rows: usize) -> Self::Rows {
        let of = |numbers: &'a [T]| &numbers.as_chunks().0[..rows];
        (of(&self.matrix.elements[self.place(run, start)..]), of(&self.vector[start..]))
    }

    #[inline(always)]
    fn add_row(&self, lanes: [T; LANES], (x, y): Self::Rows, row: usize) -> [T; LANES] {
        std::array::from_fn(|i| x[row][i].mul_add(y[row][i], lanes[i]))
    }

    #[inline(always)]
    fn ask(&self, run: usize, count: usize) {
        let elements = self.matrix.elements;
        if size_of_val(elements) >= LEAST_FAR {
            prefetch_all(elements.as_ptr().wrapping_add(self.place(run, 0)).cast(), count * size_of::<T>());
        }
    }

    #[inline(always)]
    fn add_some<const N: usize>(&self, lanes: &mut [T; N], run: usize, start: usize) {
        let (x, y) = (&self.matrix.elements[self.place(run, start)..][..N], &self.vector[start..][..N]);
        *lanes = std::array::from_fn(|i| x[i].mul_add(y[i], lanes[i]));
    }
}
