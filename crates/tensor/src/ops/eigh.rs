//! `eigh`: the eigenvalues and eigenvectors of a symmetric matrix.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec};

use super::matrices::{
    batch_of, compute_all, conditioned, infer_square, matrix, part, reciprocal_or_zero, sizes,
};
use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// The eigenvalue decomposition of the symmetric part, as one matrix: V, and the eigenvalues as the last row. Of the
/// two, gradients come back together, as they go into one formula.
#[derive(Clone, Copy, Debug)]
pub struct Eigh;

/// V, and the eigenvalues as a row; views.
#[track_caller]
fn split(both: &Tensor) -> (Tensor, Tensor) {
    let [_, size] = sizes(both.shape());
    (part(both, 0..size, 0..size), part(both, size..size + 1, 0..size))
}

impl Listed for Eigh {
    const NAME: &'static str = "eigh";
    const DOC: &'static str = "The eigenvalues and eigenvectors of each symmetric matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[3, 3], &[1, 1], &[0, 0], &[2, 2, 2], &[0, 2, 2]];
        let case = |shape: &&[usize]| Case::new(Eigh, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Eigh {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::OUTPUT
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let size = infer_square("eigh", inputs[0])?;
        Ok(inputs[0].with_shape(batch_of(inputs[0].shape, &[size + 1, size])))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        compute_all(MatrixFunction::Eigh, inputs, out);
    }

    /// The symmetric part of `V (dw + F o (V^T dV)) V^T`, with `F_ij = 1 / (w_j - w_i)` (Giles, "Collected matrix
    /// derivative results for forward and reverse mode algorithmic differentiation", 2008, section 3.1).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let (v, w) = split(&call.output());
        let (dv, dw) = split(head);
        let gaps = reciprocal_or_zero(&(&w - w.transpose()));
        let identity = matrix(head.spec(), sizes(call.shape(0)), |i, j| if i == j { 1.0 } else { 0.0 });
        let core = gaps * v.transpose().matmul(&dv) + dw * identity;
        let core = 0.5 * (&core + core.transpose());
        v.matmul(&core).matmul(&v.transpose())
    }
}

impl Tensor {
    /// The eigenvalues w, ascending, and the eigenvectors V (columns) of each symmetric matrix of the last two axes:
    /// `V diag(w) V^T = self`. What is decomposed is the symmetric part, `(self + self^T) / 2`, so the gradient is
    /// symmetric. By Jacobi's method, in f64, rounded to the tensor's dtype. Signs are fixed: in each column of V, the
    /// first number of at least half the largest magnitude is positive. A matrix with a number that is not finite gives
    /// NaN.
    ///
    /// Where eigenvalues are equal, their vectors are any basis of a space and have no derivative: the gradient is then
    /// what it is for functions that do not depend on that basis. Where they are nearly equal, the gradient of the
    /// vectors is large.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (w, v) = tensor([[3.0, 0.0], [0.0, -2.0]]).eigh();
    /// assert_eq!(w.to_vec::<f32>(), [-2.0, 3.0]);
    /// assert_eq!(v.to_vec::<f32>(), [0.0, 1.0, 1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When a matrix is not square.
    #[track_caller]
    pub fn eigh(&self) -> (Tensor, Tensor) {
        let both = apply(Eigh, &[self]);
        let (v, w) = split(&both);
        (w.reshape(batch_of(self.shape(), &[w.shape()[w.rank() - 1]])), v)
    }
}
