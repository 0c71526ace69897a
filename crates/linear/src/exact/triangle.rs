//! `Triangle`: the factor `R` of `X = QR`, built from blocks of rows or from `X'X`, and what is asked of it.

use crate::double_double::DoubleDouble;
use ndgrad_tensor::simd::{Kernel, vectorized};
use std::ops::{Add, Div, Mul, Sub};

/// A number to factorize in: `f64` for speed, [`DoubleDouble`] for digits.
pub(crate) trait Real:
    Copy + From<f64> + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self>
{
    /// Rounded from twice the precision of `f64`.
    fn round(number: DoubleDouble) -> Self;
    /// Widened to twice the precision of `f64`.
    fn wide(self) -> DoubleDouble;
    /// The square root.
    fn sqrt(self) -> Self;
    /// What is left of a column's square is rounding if it is no more than this part of it.
    const NOISE: f64;
}

impl Real for f64 {
    const NOISE: f64 = 1e-12;

    fn round(number: DoubleDouble) -> Self {
        number.value()
    }

    fn wide(self) -> DoubleDouble {
        self.into()
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }
}

impl Real for DoubleDouble {
    const NOISE: f64 = 1e-25;

    fn round(number: DoubleDouble) -> Self {
        number
    }

    fn wide(self) -> DoubleDouble {
        self
    }

    fn sqrt(self) -> Self {
        self.sqrt()
    }
}

/// An upper triangular matrix `R` with `R'R = X'X` for all rows of `X` seen so far.
///
/// Signs are those that come out: the diagonal may be negative.
#[derive(Clone, Debug)]
pub(crate) struct Triangle<T> {
    pub(crate) rows: Vec<Vec<T>>,
}

impl<T: Real> Triangle<T> {
    /// The factor of no rows.
    pub(crate) fn new(columns: usize) -> Self {
        Triangle { rows: vec![vec![T::from(0.0); columns]; columns] }
    }

    /// The factor of a matrix of products `X'X`, by Cholesky's method; `product(i, j)` is asked for `i <= j`. A column that
    /// depends on earlier ones but for rounding gets a row of zeros.
    pub(crate) fn of_products(columns: usize, product: impl Fn(usize, usize) -> DoubleDouble) -> Self {
        let zero = T::from(0.0);
        let mut rows: Vec<Vec<T>> = (0..columns)
            .map(|i| (0..columns).map(|j| if j < i { zero } else { T::round(product(i, j)) }).collect())
            .collect();
        for k in 0..columns {
            let (head, tail) = rows.split_at_mut(k + 1);
            let row = &mut head[k];
            let square = row[k].wide().value();
            if square.is_nan() || square <= T::NOISE * product(k, k).value() {
                row[k..].fill(zero);
                continue;
            }
            let diagonal = row[k].sqrt();
            row[k..].iter_mut().for_each(|entry| *entry = *entry / diagonal);
            for (i, below) in tail.iter_mut().enumerate() {
                let factor = row[k + 1 + i];
                for (value, &entry) in below[k + 1 + i..].iter_mut().zip(&row[k + 1 + i..]) {
                    *value = *value - factor * entry;
                }
            }
        }
        Triangle { rows }
    }

    /// The same, rounded.
    pub(crate) fn rounded(&self) -> Triangle<f64> {
        Triangle {
            rows: self
                .rows
                .iter()
                .map(|row| row.iter().map(|entry| entry.wide().value()).collect())
                .collect(),
        }
    }

    /// Takes in a block of rows, given column after column, by Householder reflections of the triangle stacked
    /// on the block. The block is used up.
    ///
    /// Reflecting block after block is the sequential form of TSQR (J. Demmel, L. Grigori, M. Hoemmen,
    /// J. Langou, "Communication-optimal parallel and sequential QR and LU factorizations", SIAM J. Sci.
    /// Comput. 34, 2012); it is as stable as one factorization of all rows.
    pub(crate) fn absorb(&mut self, block: &mut [T], block_rows: usize) {
        vectorized(Reflections { triangle: self, block, block_rows });
    }

    #[inline(always)]
    fn reflect(&mut self, block: &mut [T], block_rows: usize) {
        for k in 0..self.rows.len() {
            let (head, tail) = block.split_at_mut((k + 1) * block_rows);
            let below = &head[k * block_rows..];
            let row = &mut self.rows[k][k..];
            let squares = dot(below, below);
            // Nothing to reflect, or only what underflows beside data scaled to about 1.
            if squares.wide().value() < 1e-280 {
                continue;
            }
            // The reflection is I - ww'/h with w = (pivot, below); it sends the column to (reflected, 0).
            let diagonal = row[0];
            let length = (diagonal * diagonal + squares).sqrt();
            let reflected = if diagonal.wide().value() > 0.0 { T::from(0.0) - length } else { length };
            let pivot = diagonal - reflected;
            let scale = T::from(-1.0) / (reflected * pivot);
            row[0] = reflected;
            for (entry, column) in row[1..].iter_mut().zip(tail.chunks_exact_mut(block_rows)) {
                let factor = (pivot * *entry + dot(below, column)) * scale;
                *entry = *entry - factor * pivot;
                for (value, &w) in column.iter_mut().zip(below) {
                    *value = *value - factor * w;
                }
            }
        }
    }

    /// The number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.rows.len()
    }

    /// The entry in row `i` of column `j`.
    pub(crate) fn entry(&self, i: usize, j: usize) -> f64 {
        self.rows[i][j].wide().value()
    }

    /// The length of column `j` without its first `skipped` entries.
    pub(crate) fn length(&self, skipped: usize, j: usize) -> f64 {
        (skipped..=j).map(|i| self.entry(i, j) * self.entry(i, j)).sum::<f64>().sqrt()
    }

    /// Takes column `j` out, and makes what is left triangular again with Givens rotations.
    pub(crate) fn remove(&mut self, j: usize) {
        for row in &mut self.rows {
            row.remove(j);
        }
        for k in j..self.rows.len() - 1 {
            let (upper, lower) = self.rows.split_at_mut(k + 1);
            let (upper, lower) = (&mut upper[k], &mut lower[0]);
            let length = (upper[k] * upper[k] + lower[k] * lower[k]).sqrt();
            if length.wide().value() == 0.0 {
                continue;
            }
            let (cosine, sine) = (upper[k] / length, lower[k] / length);
            for (above, below) in upper[k..].iter_mut().zip(&mut lower[k..]) {
                let rotated = cosine * *above + sine * *below;
                *below = cosine * *below - sine * *above;
                *above = rotated;
            }
        }
        self.rows.pop();
    }

    /// The combination of the columns before `j` that comes nearest to column `j`.
    pub(crate) fn combination(&self, j: usize) -> Vec<f64> {
        let column = (0..j).map(|i| self.rows[i][j]).collect();
        self.solve(column).into_iter().map(|c| c.wide().value()).collect()
    }

    /// Solves the normal equations `R'R d = g`.
    pub(crate) fn solve_normal(&self, gradient: &[DoubleDouble]) -> Vec<DoubleDouble> {
        let z = self.through(gradient);
        self.solve(z).into_iter().map(T::wide).collect()
    }

    /// `z` with `R'z = v`: its products with others of its kind are those of `v` and theirs under `(X'X)^-1`.
    pub(crate) fn through(&self, v: &[DoubleDouble]) -> Vec<T> {
        let mut z: Vec<T> = v.iter().map(|&value| T::round(value)).collect();
        for (i, row) in self.rows.iter().enumerate() {
            if z[i].wide().value() == 0.0 {
                continue;
            }
            z[i] = z[i] / row[i];
            let (solved, rest) = z.split_at_mut(i + 1);
            for (value, &entry) in rest.iter_mut().zip(&row[i + 1..]) {
                *value = *value - entry * solved[i];
            }
        }
        z
    }

    /// An estimate of the 2-norm condition number of the triangle without its first `skipped` rows and columns,
    /// its columns scaled to length one: the root of the largest over the smallest eigenvalue of `R'R`, by power
    /// and inverse iteration (G. H. Golub, C. F. Van Loan, Matrix Computations, section 8.2).
    pub(crate) fn condition(&self, skipped: usize) -> f64 {
        let size = self.columns() - skipped;
        if size == 0 {
            return 1.0;
        }
        let lengths: Vec<f64> = (skipped..self.columns()).map(|j| self.length(skipped, j)).collect();
        let scaled = |i: usize, j: usize| self.entry(skipped + i, skipped + j) / lengths[j];
        let rows = (0..size).map(|i| (0..size).map(|j| scaled(i, j)).collect()).collect();
        let scaled = Triangle::<f64> { rows };
        // Any start that is in no special relation to the columns does.
        let start: Vec<f64> =
            (1..=size).map(|i| (i as f64 * 0.618_033_988_749_894_9).fract() - 0.4).collect();
        let largest = power_iteration(start.clone(), |v| scaled.normal_product(v));
        let smallest = power_iteration(start, |v| {
            let v: Vec<DoubleDouble> = v.iter().map(|&value| value.into()).collect();
            scaled.solve_normal(&v).into_iter().map(DoubleDouble::value).collect()
        });
        (largest * smallest).sqrt().max(1.0)
    }

    /// Back substitution in the leading columns, as many as `z` has entries.
    fn solve(&self, mut z: Vec<T>) -> Vec<T> {
        for i in (0..z.len()).rev() {
            let row = &self.rows[i];
            let rest =
                z[i + 1..].iter().zip(&row[i + 1..]).fold(z[i], |rest, (&zj, &entry)| rest - entry * zj);
            z[i] = rest / row[i];
        }
        z
    }
}

impl Triangle<f64> {
    /// `R'R v`.
    fn normal_product(&self, v: &[f64]) -> Vec<f64> {
        let mut product = vec![0.0; v.len()];
        for (i, row) in self.rows.iter().enumerate() {
            let inner = dot(&row[i..], &v[i..]);
            for (sum, &entry) in product[i..].iter_mut().zip(&row[i..]) {
                *sum += entry * inner;
            }
        }
        product
    }
}

/// The largest eigenvalue of the symmetric matrix that `apply` multiplies by, from below, to about a percent.
fn power_iteration(mut vector: Vec<f64>, apply: impl Fn(&[f64]) -> Vec<f64>) -> f64 {
    let mut value = 0.0;
    for _ in 0..100 {
        let length = dot(&vector, &vector).sqrt();
        vector.iter_mut().for_each(|entry| *entry /= length);
        vector = apply(&vector);
        let next = dot(&vector, &vector).sqrt();
        if (next - value).abs() <= 1e-4 * next {
            return next;
        }
        value = next;
    }
    value
}

/// A block of rows that a triangle takes in.
struct Reflections<'a, T> {
    triangle: &'a mut Triangle<T>,
    block: &'a mut [T],
    block_rows: usize,
}

impl<T: Real> Kernel for Reflections<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        self.triangle.reflect(self.block, self.block_rows);
    }
}

/// The sum of products in eight lanes: an order that is fixed, and that the compiler can turn into SIMD.
#[inline(always)]
pub(crate) fn dot<T: Real>(a: &[T], b: &[T]) -> T {
    let (a_chunks, a_rest) = a.as_chunks::<8>();
    let (b_chunks, b_rest) = b.as_chunks::<8>();
    let mut lanes = [T::from(0.0); 8];
    for (a, b) in a_chunks.iter().zip(b_chunks) {
        for lane in 0..8 {
            lanes[lane] = lanes[lane] + a[lane] * b[lane];
        }
    }
    for (lane, (&a, &b)) in lanes.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *lane = *lane + a * b;
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (c + g)) + ((b + f) + (d + h))
}
