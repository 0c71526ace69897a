//! `solve_triangular`: linear equations with a triangular matrix.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec, Triangle};

use super::matrices::{Reason, compute, conditioned, infer_solution, matrix};
use super::{Call, Case, Listed, Op, Saves, apply, refuse};
use crate::Tensor;

/// Solves `T X = B`.
#[derive(Clone, Copy, Debug)]
pub struct SolveTriangular {
    /// Which triangle of the matrix is T.
    pub triangle: Triangle,
}

const SINGULAR: Reason = Reason {
    rule: "the matrix is singular",
    at: |step| format!("number {step} of its diagonal is 0"),
    remedy: "leave out what depends on other columns",
};

impl Listed for SolveTriangular {
    const NAME: &'static str = "solve_triangular";
    const DOC: &'static str = "The solutions of linear equations with a triangular matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let case = |triangle, matrix: &[usize], right: &[usize]| {
            let case = Case::new(SolveTriangular { triangle }, &[matrix, right]);
            case.within([-1.0, 1.0]).prepared(0, conditioned)
        };
        let (lower, upper) = (Triangle::LOWER, Triangle::UPPER);
        vec![
            case(lower, &[3, 3], &[3, 2]),
            case(upper, &[3, 3], &[3, 2]),
            case(lower.transposed(), &[3, 3], &[3, 1]),
            case(upper.transposed().unit(), &[2, 3, 3], &[3, 2]),
            case(lower.unit(), &[3, 3], &[2, 3, 1]),
            case(lower, &[1, 1], &[1, 1]),
            case(upper, &[0, 0], &[0, 2]),
            case(upper, &[2, 2], &[2, 0]),
            case(lower, &[2, 1, 2, 2], &[3, 2, 1]),
        ]
    }
}

impl Op for SolveTriangular {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::ALL
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_solution("solve_triangular", inputs)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if let Err(error) = self.try_forward(inputs, out) {
            refuse(error);
        }
    }

    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        compute("solve_triangular", MatrixFunction::SolveTriangular(self.triangle), &SINGULAR, inputs, out)
    }

    /// Right: `T^-T head`. Matrix: the triangle of `-(T^-T head) X^T`, as `d(T^-1) = -T^-1 dT T^-1` (Giles, "Collected
    /// matrix derivative results for forward and reverse mode algorithmic differentiation", 2008, section 2.3.1).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        let matrix = call.input(0);
        let right = matrix.solve_triangular(head, self.triangle.transposed());
        if input == 1 {
            return right;
        }
        let solution = call.output();
        let Triangle { upper, transposed, unit } = self.triangle;
        let whole = match transposed {
            true => solution.matmul(&right.transpose()),
            false => right.matmul(&solution.transpose()),
        };
        let size = matrix.shape()[matrix.rank() - 1];
        let read = |i: usize, j: usize| if i == j { !unit } else { (j > i) == upper };
        whole * self::matrix(head.spec(), [size, size], |i, j| if read(i, j) { -1.0 } else { 0.0 })
    }
}

impl Tensor {
    /// The X with `T X = right`, where T is a triangle of each matrix of this tensor's last two axes: lower or upper,
    /// transposed or not, with the diagonal or ones in its place. The other triangle is not read and gets no
    /// gradient. Leading axes stretch. Computed in f64 by substitution and rounded to the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{Triangle, tensor};
    /// let x = tensor([[2.0, 7.0], [1.0, 4.0]]);
    /// let right = tensor([[2.0], [9.0]]);
    /// assert_eq!(x.solve_triangular(&right, Triangle::LOWER).to_vec::<f32>(), [1.0, 2.0]);
    /// assert_eq!(x.solve_triangular(&right, Triangle::LOWER.unit()).to_vec::<f32>(), [2.0, 7.0]);
    /// ```
    ///
    /// # Panics
    /// When the matrix is not square, the sizes do not fit, the dtypes differ, or a number on the diagonal is 0.
    #[track_caller]
    pub fn solve_triangular(&self, right: &Tensor, triangle: Triangle) -> Tensor {
        apply(SolveTriangular { triangle }, &[self, right])
    }
}
