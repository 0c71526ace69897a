//! `cofactors`: signed determinants of what is left of a matrix without a row and a column.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec};

use super::matrices::{batch_of, compute_all, conditioned, infer_square};
use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// The matrix of cofactors: the gradient of [`Det`](super::Det).
#[derive(Clone, Copy, Debug)]
pub struct Cofactors;

impl Listed for Cofactors {
    const NAME: &'static str = "cofactors";
    const DOC: &'static str = "The cofactors of each matrix: the derivative of its determinant.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[3, 3], &[1, 1], &[0, 0], &[2, 2, 2], &[0, 2, 2]];
        let case = |shape: &&[usize]| Case::new(Cofactors, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Cofactors {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::ALL
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_square("cofactors", inputs[0])?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        compute_all(MatrixFunction::Cofactors, inputs, out);
    }

    /// Of `C = det(A) A^-T` it is `(<head, C> C - C head^T C) / det(A)`.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let cofactors = call.output();
        let shape = batch_of(call.shape(0), &[1, 1]);
        let share = (head * &cofactors).sum_axes([-2, -1]).reshape(shape);
        let turned = cofactors.matmul(&head.transpose()).matmul(&cofactors);
        (share * &cofactors - turned) / call.input(0).det().reshape(shape)
    }
}

impl Tensor {
    /// The cofactors of each matrix of the last two axes: at (i, j) the determinant of what is left without row i and
    /// column j, with the sign of `(-1)^(i + j)`. Its transpose is the adjugate. By elimination with complete pivoting,
    /// in f64, without a division by the determinant, so of singular matrices as well; their gradient is NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [2.0, 4.0]]).cofactors().to_vec::<f32>(), [4.0, -2.0, -2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When a matrix is not square.
    #[track_caller]
    pub fn cofactors(&self) -> Tensor {
        apply(Cofactors, &[self])
    }
}
