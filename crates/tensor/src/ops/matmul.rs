//! `matmul`: the matrix product; `dot`: the same for any rank.

use ndgrad_array::{Array, Backend, DTypes, MAX_RANK, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::{Call, Case, Listed, Op, Saves, apply, check_dtype, refuse, same_dtype};
use crate::Tensor;

/// The product of two matrices.
#[derive(Clone, Copy, Debug)]
pub struct MatMul;

impl Listed for MatMul {
    const NAME: &'static str = "matmul";
    const DOC: &'static str = "The product of two matrices.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        let shapes: [[&[usize]; 2]; 6] = [
            [&[2, 3], &[3, 4]],
            [&[4, 2], &[2, 1]],
            [&[1, 3], &[3, 2]],
            [&[1, 1], &[1, 1]],
            [&[2, 0], &[0, 3]],
            [&[0, 2], &[2, 3]],
        ];
        shapes.iter().map(|shapes| Case::new(MatMul, shapes)).collect()
    }
}

impl Op for MatMul {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::INPUTS
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        same_dtype("matmul", inputs)?;
        check_dtype("matmul", Self::DTYPES, inputs[0])?;
        let (left, right) = (inputs[0].shape, inputs[1].shape);
        let (&[rows, _], &[_, columns]) = (&left[..], &right[..]) else {
            return Err(OperationError::new("matmul", "both operands must be matrices")
                .operand("left", left, format!("{} axes", left.rank()))
                .operand("right", right, format!("{} axes", right.rank()))
                .remedy("reshape a vector to a column, x.reshape([-1, 1]), or use dot"));
        };
        check_inner("matmul", left, right)?;
        Ok(inputs[0].with_shape(Shape::from([rows, columns])))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.matmul(inputs[0], inputs[1], out);
    }

    /// Left: head x right^T. Right: left^T x head.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        if input == 0 {
            head.matmul(&call.input(1).transpose())
        } else {
            call.input(0).transpose().matmul(head)
        }
    }
}

/// The last size of left must be the first of right.
fn check_inner(name: &str, left: Shape, right: Shape) -> Result<(), OperationError> {
    let (columns, rows) = (left[left.rank() - 1], right[0]);
    if columns == rows {
        return Ok(());
    }
    Err(OperationError::new(name, "inner sizes differ").operand("left", left, "").operand(
        "right",
        right,
        format!("its rows ({rows}) must equal left's columns ({columns})"),
    ))
}

impl Tensor {
    /// The product of two matrices, `[m, k] x [k, n] -> [m, n]`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.matmul(&tensor([[10.0], [1.0]])).to_vec::<f32>(), [12.0, 34.0]);
    /// ```
    ///
    /// # Panics
    /// When an operand is not a matrix, the inner sizes differ, or the dtypes do.
    #[track_caller]
    pub fn matmul(&self, other: &Tensor) -> Tensor {
        apply(MatMul, &[self, other])
    }

    /// The sum over the last axis of this tensor and the first of the other (MXNet's `nd.dot`): the matrix product
    /// of matrices, the inner product of vectors, a product with each row of anything larger. With a scalar on
    /// either side it is the product.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// assert_eq!(tensor([1.0, 2.0]).dot(&tensor([3.0, 4.0])).item(), 11.0);
    /// assert_eq!(Tensor::zeros([5, 4, 3]).dot(&Tensor::zeros([3, 2])).shape(), [5, 4, 2]);
    /// ```
    ///
    /// # Panics
    /// When the two axes differ in size, or the dtypes differ.
    #[track_caller]
    pub fn dot(&self, other: &Tensor) -> Tensor {
        let (left, right) = (self.shape(), other.shape());
        match (left.rank(), right.rank()) {
            (2, 2) if left[1] == right[0] => return apply(MatMul, &[self, other]),
            (0, _) | (_, 0) => return self.mul(other),
            _ => {}
        }
        if let Err(error) = check_inner("dot", left, right) {
            refuse(error);
        }
        let inner = right[0];
        let sizes: SmallVec<[usize; 2 * MAX_RANK]> =
            left[..left.rank() - 1].iter().chain(&right[1..]).copied().collect();
        // An explicit count, since -1 cannot be found where a size is 0.
        let count = |sizes: &[usize]| sizes.iter().product::<usize>();
        let rows = self.reshape([count(&left[..left.rank() - 1]), inner]);
        let columns = other.reshape([inner, count(&right[1..])]);
        rows.matmul(&columns).reshape(Shape::new(&sizes))
    }
}
