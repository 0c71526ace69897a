//! `cholesky`: the lower triangular square root of a positive definite matrix.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec, Triangle};

use super::matrices::{Reason, compute, conditioned, infer_square, matrix};
use super::{Call, Case, Listed, Op, Saves, apply, refuse};
use crate::Tensor;

/// The lower triangular L with `L L^T` equal to the symmetric part of the matrix.
#[derive(Clone, Copy, Debug)]
pub struct Cholesky;

const INDEFINITE: Reason = Reason {
    rule: "the matrix is not positive definite",
    at: |step| format!("its leading minor of order {} is not positive", step + 1),
    remedy: "add to the diagonal, or call ops::try_apply(ops::Cholesky, &[&x]) for a Result",
};

impl Listed for Cholesky {
    const NAME: &'static str = "cholesky";
    const DOC: &'static str = "The lower triangular square root of each positive definite matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[3, 3], &[1, 1], &[0, 0], &[2, 2, 2], &[0, 2, 2]];
        let case = |shape: &&[usize]| Case::new(Cholesky, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Cholesky {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::OUTPUT
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_square("cholesky", inputs[0])?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if let Err(error) = self.try_forward(inputs, out) {
            refuse(error);
        }
    }

    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        compute("cholesky", MatrixFunction::Cholesky, &INDEFINITE, inputs, out)
    }

    /// `L^-T (P + P^T) L^-1 / 2`, where P is the lower triangle of `L^T head` with half of its diagonal (Murray,
    /// "Differentiation of the Cholesky decomposition", 2016, equation 9).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let factor = call.output();
        let size = factor.shape()[factor.rank() - 1];
        let half = |i, j| if i > j { 1.0 } else { 0.5 * f64::from(u8::from(i == j)) };
        let lower = factor.transpose().matmul(head) * matrix(head.spec(), [size, size], half);
        let symmetric = &lower + lower.transpose();
        let transposed = Triangle::LOWER.transposed();
        let left = factor.solve_triangular(&symmetric, transposed);
        0.5 * factor.solve_triangular(&left.transpose(), transposed)
    }
}

impl Tensor {
    /// The lower triangular L with a positive diagonal and `L L^T = self`, for each positive definite matrix of the
    /// last two axes. What is factored is the symmetric part, `(self + self^T) / 2`, so the gradient is symmetric.
    /// Computed in f64 and rounded to the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[4.0, 2.0], [2.0, 10.0]]);
    /// assert_eq!(x.cholesky().to_vec::<f32>(), [2.0, 0.0, 1.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When a matrix is not square, or not positive definite (NaN is not); the message names the matrix and the leading
    /// minor. `ops::try_apply(ops::Cholesky, &[&x])` returns that as an error.
    #[track_caller]
    pub fn cholesky(&self) -> Tensor {
        apply(Cholesky, &[self])
    }
}
