//! `svd`: the singular value decomposition.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec};

use super::matrices::{
    batch_of, compute_all, conditioned, infer_matrix, matrix, part, reciprocal_or_zero, sizes,
};
use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// The reduced singular value decomposition, as one matrix: U, V, and the singular values as the last row. Of the
/// three, gradients come back together, as they go into one formula.
#[derive(Clone, Copy, Debug)]
pub struct Svd;

/// U, V, and the singular values as a row; all views.
#[track_caller]
fn split(all: &Tensor, rows: usize) -> [Tensor; 3] {
    let [below, count] = sizes(all.shape());
    let (u, v) = (part(all, 0..rows, 0..count), part(all, rows..below - 1, 0..count));
    [u, v, part(all, below - 1..below, 0..count)]
}

impl Listed for Svd {
    const NAME: &'static str = "svd";
    const DOC: &'static str = "The reduced singular value decomposition of each matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 7] = [&[3, 3], &[4, 2], &[2, 3], &[1, 1], &[0, 2], &[2, 3, 2], &[2, 1, 2]];
        let case = |shape: &&[usize]| Case::new(Svd, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Svd {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::OUTPUT
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let [rows, columns] = infer_matrix("svd", inputs[0])?;
        let count = rows.min(columns);
        Ok(inputs[0].with_shape(batch_of(inputs[0].shape, &[rows + columns + 1, count])))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        compute_all(MatrixFunction::Svd, inputs, out);
    }

    /// `U (F o (U^T dU - dU^T U) S + S F o (V^T dV - dV^T V) + ds) V^T`, with `F_ij = 1 / (s_j^2 - s_i^2)`, and what dU and
    /// dV have at right angles to U and V: `(1 - U U^T) dU S^-1 V^T` and `U S^-1 dV^T (1 - V V^T)` (Townsend,
    /// "Differentiating the singular value decomposition", 2016).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let [rows, columns] = sizes(call.shape(0));
        let count = rows.min(columns);
        let [u, v, s] = split(&call.output(), rows);
        let [du, dv, ds] = split(head, rows);
        let s_column = s.transpose();
        let gaps = reciprocal_or_zero(&((&s - &s_column) * (&s + &s_column)));
        let turn = |basis: &Tensor, change: &Tensor| {
            let mixed = basis.transpose().matmul(change);
            &gaps * (&mixed - mixed.transpose())
        };
        let identity = matrix(head.spec(), [count, count], |i, j| if i == j { 1.0 } else { 0.0 });
        let core = turn(&u, &du) * &s + s_column * turn(&v, &dv) + ds * identity;
        let mut gradient = u.matmul(&core).matmul(&v.transpose());
        let across = |basis: &Tensor, change: &Tensor| {
            (change - basis.matmul(&basis.transpose().matmul(change))) * reciprocal_or_zero(&s)
        };
        if rows > count {
            gradient = gradient + across(&u, &du).matmul(&v.transpose());
        }
        if columns > count {
            gradient = gradient + u.matmul(&across(&v, &dv).transpose());
        }
        gradient
    }
}

impl Tensor {
    /// U, s and V^T with `U diag(s) V^T = self`, for each matrix `[m, n]` of the last two axes: U is `[m, k]` and V^T
    /// `[k, n]`, with orthonormal columns and rows, s `[k]`, descending and not negative, k the smaller of m and n
    /// (`numpy.linalg.svd` without `full_matrices`). By Jacobi's one-sided method, in f64, rounded to the tensor's dtype:
    /// small singular values are accurate, too. Signs are fixed: in each column of U, the first number of at least half
    /// the largest magnitude is positive. A matrix with a number that is not finite gives NaN.
    ///
    /// Where singular values are equal, their vectors are any basis of a space and have no derivative: the gradient is
    /// then what it is for functions that do not depend on that basis (of the singular values alone, of `U V^T`). Where
    /// they are nearly equal, the gradient of the vectors is large. The same goes for singular values of 0.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (u, s, vt) = tensor([[0.0, 2.0], [3.0, 0.0]]).svd();
    /// assert_eq!(s.to_vec::<f32>(), [3.0, 2.0]);
    /// assert_eq!(u.to_vec::<f32>(), [0.0, 1.0, 1.0, 0.0]);
    /// assert_eq!(vt.to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    #[track_caller]
    pub fn svd(&self) -> (Tensor, Tensor, Tensor) {
        let all = apply(Svd, &[self]);
        let shape = self.shape();
        let [u, v, s] = split(&all, sizes(shape)[0]);
        let count = s.shape()[s.rank() - 1];
        (u, s.reshape(batch_of(shape, &[count])), v.transpose())
    }
}
