//! `inverse`: the inverse of a matrix.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec};

use super::matrices::{SINGULAR, compute, conditioned, infer_square};
use super::{Call, Case, Listed, Op, Saves, apply, refuse};
use crate::Tensor;

/// The inverse.
#[derive(Clone, Copy, Debug)]
pub struct Inverse;

impl Listed for Inverse {
    const NAME: &'static str = "inverse";
    const DOC: &'static str = "The inverse of each matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[3, 3], &[1, 1], &[0, 0], &[2, 2, 2], &[0, 2, 2]];
        let case = |shape: &&[usize]| Case::new(Inverse, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Inverse {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::OUTPUT
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_square("inverse", inputs[0])?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if let Err(error) = self.try_forward(inputs, out) {
            refuse(error);
        }
    }

    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        compute("inverse", MatrixFunction::Inverse, &SINGULAR, inputs, out)
    }

    /// `-X^T head X^T` (Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
    /// differentiation", 2008, section 2.2.3).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let transposed = call.output().transpose();
        -transposed.matmul(head).matmul(&transposed)
    }
}

impl Tensor {
    /// The inverse of each matrix of the last two axes. By elimination with partial pivoting, in f64, rounded to the
    /// tensor's dtype. To solve equations, [`Tensor::solve`] is faster and more accurate.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[0.0, 2.0], [1.0, 1.0]]);
    /// assert_eq!(x.inverse().to_vec::<f32>(), [-0.5, 1.0, 0.5, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When a matrix is not square, or singular to the last bit. `ops::try_apply(ops::Inverse, &[&x])` returns that as
    /// an error.
    #[track_caller]
    pub fn inverse(&self) -> Tensor {
        apply(Inverse, &[self])
    }
}
