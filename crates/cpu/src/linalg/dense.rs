//! `Dense`: a matrix of f64 in row-major order, and the loops over its rows.

use crate::simd::vectorized;

#[derive(Clone, Debug)]
pub struct Dense {
    pub rows: usize,
    pub columns: usize,
    pub elements: Vec<f64>,
}

impl Dense {
    pub fn zeros(rows: usize, columns: usize) -> Dense {
        Dense { rows, columns, elements: vec![0.0; rows * columns] }
    }

    pub fn identity(size: usize) -> Dense {
        let mut identity = Dense::zeros(size, size);
        (0..size).for_each(|i| identity.row_mut(i)[i] = 1.0);
        identity
    }

    #[inline(always)]
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.elements[row * self.columns + column]
    }

    #[inline(always)]
    pub fn row(&self, row: usize) -> &[f64] {
        &self.elements[row * self.columns..][..self.columns]
    }

    #[inline(always)]
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.elements[row * self.columns..][..self.columns]
    }

    /// Two different rows, the second to be changed.
    #[inline(always)]
    pub fn rows(&mut self, read: usize, written: usize) -> (&[f64], &mut [f64]) {
        let (first, second) = self.rows_mut(read, written);
        (first, second)
    }

    /// Two different rows, both to be changed.
    #[inline(always)]
    pub fn rows_mut(&mut self, first: usize, second: usize) -> (&mut [f64], &mut [f64]) {
        let (low, high) = (first.min(second), first.max(second));
        let (head, tail) = self.elements.split_at_mut(high * self.columns);
        let (low, high) = (&mut head[low * self.columns..][..self.columns], &mut tail[..self.columns]);
        if first < second { (low, high) } else { (high, low) }
    }

    pub fn swap_rows(&mut self, first: usize, second: usize) {
        if first != second {
            let (first, second) = self.rows_mut(first, second);
            first.swap_with_slice(second);
        }
    }

    pub fn transpose(&self) -> Dense {
        let mut transpose = Dense::zeros(self.columns, self.rows);
        for i in 0..self.rows {
            for (j, &x) in self.row(i).iter().enumerate() {
                transpose.elements[j * self.rows + i] = x;
            }
        }
        transpose
    }

    /// `(A + A^T) / 2`, halved first, so that it does not overflow.
    pub fn symmetric_part(&self) -> Dense {
        let mut part = self.clone();
        for i in 0..self.rows {
            for j in 0..self.columns {
                part.row_mut(i)[j] =
                    if i == j { self.at(i, i) } else { 0.5 * self.at(i, j) + 0.5 * self.at(j, i) };
            }
        }
        part
    }

    /// Multiplied by a power of 2 that brings the largest magnitude to [1, 2), and the exponent of that power;
    /// or `None` if a number is not finite. Squares of what is left neither overflow nor are lost.
    pub fn balanced(mut self) -> Option<(Dense, i64)> {
        if !self.elements.iter().all(|x| x.is_finite()) {
            return None;
        }
        let largest = self.elements.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
        let exponent = super::scaled::Scaled::of(largest).exponent();
        self.elements.iter_mut().for_each(|x| *x = super::scaled::scale(*x, -exponent));
        Some((self, exponent))
    }
}

/// The inner product, in eight lanes that are added up as a tree.
#[inline]
pub fn dot(x: &[f64], y: &[f64]) -> f64 {
    vectorized(|| {
        let mut lanes = [0.0; 8];
        let (mut xs, mut ys) = (x.chunks_exact(8), y.chunks_exact(8));
        for (x, y) in (&mut xs).zip(&mut ys) {
            for ((lane, &x), &y) in lanes.iter_mut().zip(x).zip(y) {
                *lane += x * y;
            }
        }
        for ((lane, &x), &y) in lanes.iter_mut().zip(xs.remainder()).zip(ys.remainder()) {
            *lane += x * y;
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    })
}

/// `y -= factor x`
#[inline]
pub fn subtract(y: &mut [f64], factor: f64, x: &[f64]) {
    vectorized(|| {
        for (y, &x) in y.iter_mut().zip(x) {
            *y -= factor * x;
        }
    });
}

/// The Euclidean length. Where squares would overflow or be lost, of numbers that are made smaller or larger first.
pub fn norm(x: &[f64]) -> f64 {
    let square = dot(x, x);
    if (1e-270..1e290).contains(&square) {
        return square.sqrt();
    }
    let largest = x.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() || square.is_nan() {
        return if square == 0.0 { largest } else { square };
    }
    let parts: Vec<f64> = x.iter().map(|x| x / largest).collect();
    largest * dot(&parts, &parts).sqrt()
}
