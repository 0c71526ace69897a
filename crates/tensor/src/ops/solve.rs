//! `solve`: linear equations.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Shape, Spec};

use super::matrices::{SINGULAR, compute, conditioned, infer_solution};
use super::{Call, Case, Listed, Op, Saves, apply, refuse};
use crate::Tensor;

/// Solves `A X = B`.
#[derive(Clone, Copy, Debug)]
pub struct Solve;

impl Listed for Solve {
    const NAME: &'static str = "solve";
    const DOC: &'static str = "The solutions of linear equations.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [[&[usize]; 2]; 7] = [
            [&[3, 3], &[3, 2]],
            [&[1, 1], &[1, 1]],
            [&[0, 0], &[0, 2]],
            [&[2, 2], &[2, 0]],
            [&[2, 2, 2], &[2, 1]],
            [&[2, 2], &[3, 2, 1]],
            [&[2, 1, 2, 2], &[3, 2, 1]],
        ];
        let case = |shapes| Case::new(Solve, shapes).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(|shapes| case(shapes)).collect()
    }
}

impl Op for Solve {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::ALL
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_solution("solve", inputs)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if let Err(error) = self.try_forward(inputs, out) {
            refuse(error);
        }
    }

    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        compute("solve", MatrixFunction::Solve, &SINGULAR, inputs, out)
    }

    /// Right: `A^-T head`. Matrix: `-(A^-T head) X^T` (Giles, "Collected matrix derivative results for forward and
    /// reverse mode algorithmic differentiation", 2008, section 2.3.1).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        let right = apply(Solve, &[&call.input(0).transpose(), head]);
        if input == 1 { right } else { -right.matmul(&call.output().transpose()) }
    }
}

impl Tensor {
    /// The X with `self X = right`, for each matrix of the last two axes; leading axes stretch. A `right` of one axis
    /// is a vector, and so is each solution then (the rule of `numpy.linalg.solve` since NumPy 2). By elimination with
    /// partial pivoting, in f64, rounded to the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[0.0, 2.0], [1.0, 1.0]]);
    /// assert_eq!(x.solve(&tensor([4.0, 5.0])).to_vec::<f32>(), [3.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square, the sizes do not fit, the dtypes differ, or a matrix is singular to the last bit.
    /// `ops::try_apply(ops::Solve, &[&a, &b])` returns that as an error.
    #[track_caller]
    pub fn solve(&self, right: &Tensor) -> Tensor {
        let &[size] = &right.shape()[..] else { return apply(Solve, &[self, right]) };
        let columns = apply(Solve, &[self, &right.reshape([size, 1])]);
        let shape = columns.shape();
        columns.reshape(Shape::new(&shape[..shape.rank() - 1]))
    }
}
