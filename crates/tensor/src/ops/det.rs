//! `det`: the determinant of a matrix.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec};

use super::matrices::{batch_of, compute_all, conditioned, infer_square};
use super::{Call, Case, Cofactors, Listed, Op, Saves, apply};
use crate::Tensor;

/// The determinant.
#[derive(Clone, Copy, Debug)]
pub struct Det;

impl Listed for Det {
    const NAME: &'static str = "det";
    const DOC: &'static str = "The determinant of each matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[3, 3], &[1, 1], &[0, 0], &[2, 2, 2], &[0, 2, 2]];
        let case = |shape: &&[usize]| Case::new(Det, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Det {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::INPUTS
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_square("det", inputs[0])?;
        Ok(inputs[0].with_shape(batch_of(inputs[0].shape, &[])))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        compute_all(MatrixFunction::Determinant, inputs, out);
    }

    /// The cofactors, times head (Jacobi's formula): no division, so a singular matrix has a gradient, too.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let head = head.reshape(batch_of(call.shape(0), &[1, 1]));
        head * apply(Cofactors, &[&call.input(0)])
    }
}

impl Tensor {
    /// The determinant of each matrix of the last two axes, which go; 1 of a matrix without rows, 0 of a singular one.
    /// The product of the pivots of an elimination with partial pivoting, in f64: it overflows only if the determinant
    /// does. Large or tiny ones are better taken as logarithms: [`Tensor::slogdet`].
    ///
    /// The gradient is the matrix of cofactors, also at a singular matrix; the second gradient there is NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[0.0, 2.0], [3.0, 1.0]]).det().item(), -6.0);
    /// ```
    ///
    /// # Panics
    /// When a matrix is not square.
    #[track_caller]
    pub fn det(&self) -> Tensor {
        apply(Det, &[self])
    }
}
