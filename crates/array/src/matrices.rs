//! `MatrixFunction`: what a backend computes of whole matrices.

use std::fmt;

/// A factorization or solution of linear equations. It takes the last two axes of its operands as matrices; the
/// leading axes count matrices, and stretch to those of the result.
///
/// A factorization into several matrices gives them below each other in one: rows of equal length, so that
/// each is a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixFunction {
    /// `A -> L`, lower triangular, with `L L^T = (A + A^T) / 2`. Breaks down if A is not positive definite.
    Cholesky,
    /// `T, B -> X` with `T X = B`. Breaks down if a number on the diagonal is 0.
    SolveTriangular(Triangle),
    /// `A, B -> X` with `A X = B`. Breaks down if A is singular.
    Solve,
    /// `A -> X` with `A X = 1`. Breaks down if A is singular.
    Inverse,
    /// `A -> det A`: a number per matrix.
    Determinant,
    /// `A -> [sign det A, ln |det A|]`: a vector per matrix.
    LogDeterminant,
    /// `A -> C`, the matrix of cofactors: the derivative of the determinant, also of a singular matrix.
    Cofactors,
    /// `A [m, n] -> [Q; R^T]`, of m + n rows and `min(m, n)` columns, with `A = Q R`, `Q^T Q = 1`, R upper triangular.
    Qr,
    /// `A [m, n] -> [U; V; s]`, of m + n + 1 rows and `min(m, n)` columns, with `A = U diag(s) V^T`, `U^T U = V^T V = 1`
    /// and s descending.
    Svd,
    /// `A [n, n] -> [V; w]`, of n + 1 rows, with `(A + A^T) / 2 = V diag(w) V^T`, `V^T V = 1` and w ascending.
    Eigh,
}

impl MatrixFunction {
    /// The number of axes of one result.
    pub const fn rank(self) -> usize {
        match self {
            MatrixFunction::Determinant => 0,
            MatrixFunction::LogDeterminant => 1,
            _ => 2,
        }
    }
}

/// A triangular matrix within a square one: what lies in the other triangle is not read.
///
/// ```
/// use ndgrad_array::Triangle;
/// assert_eq!(Triangle::LOWER.transposed().unit().to_string(), "lower, transposed, unit diagonal");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Triangle {
    /// Whether it is the one above the diagonal.
    pub upper: bool,
    /// Whether the transpose of the triangle is meant.
    pub transposed: bool,
    /// Whether the diagonal is taken to be 1, and not read.
    pub unit: bool,
}

impl Triangle {
    /// The diagonal and what is below.
    pub const LOWER: Triangle = Triangle { upper: false, transposed: false, unit: false };
    /// The diagonal and what is above.
    pub const UPPER: Triangle = Triangle { upper: true, transposed: false, unit: false };

    /// The transpose of the triangle.
    #[must_use]
    pub const fn transposed(self) -> Triangle {
        Triangle { transposed: !self.transposed, ..self }
    }

    /// With ones on the diagonal, whatever is stored there.
    #[must_use]
    pub const fn unit(self) -> Triangle {
        Triangle { unit: true, ..self }
    }
}

impl fmt::Display for Triangle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.upper { "upper" } else { "lower" })?;
        f.write_str(if self.transposed { ", transposed" } else { "" })?;
        f.write_str(if self.unit { ", unit diagonal" } else { "" })
    }
}

/// Where a [`MatrixFunction`] found that there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breakdown {
    /// The first matrix without a result, counted from 0 in row-major order of the leading axes.
    pub matrix: usize,
    /// The step of the elimination, counted from 0.
    pub step: usize,
}
