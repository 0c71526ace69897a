//! `matmul`: the matrix product, of one pair or many; `dot`: the same for any rank.

use ndgrad_array::{Array, Backend, DTypes, MAX_RANK, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::{Operand, Routine};
use smallvec::SmallVec;

use super::{Call, Case, Listed, Op, Saves, apply, check_dtype, refuse, same_dtype};
use crate::Tensor;

/// The products of matrices, which are the last two axes; leading axes stretch to common ones.
#[derive(Clone, Copy, Debug)]
pub struct MatMul;

impl Listed for MatMul {
    const NAME: &'static str = "matmul";
    const DOC: &'static str = "The products of matrices.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        let shapes: [[&[usize]; 2]; 14] = [
            [&[2, 3], &[3, 4]],
            [&[4, 2], &[2, 1]],
            [&[1, 3], &[3, 2]],
            [&[1, 1], &[1, 1]],
            [&[2, 0], &[0, 3]],
            [&[0, 2], &[2, 3]],
            [&[2, 2, 3], &[2, 3, 2]],
            [&[2, 3, 2], &[2, 2]],
            [&[2, 3], &[2, 3, 2]],
            [&[2, 1, 3], &[3, 2]],
            [&[2, 1, 2, 3], &[3, 3, 1]],
            [&[1, 2, 2], &[2, 2, 2]],
            [&[0, 2, 3], &[3, 2]],
            [&[2, 2, 0], &[1, 0, 2]],
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
        check_dtype("matmul", Self::DTYPES, &inputs[0])?;
        let (left, right) = (&inputs[0].shape, &inputs[1].shape);
        let ([left_batch @ .., rows, columns], [right_batch @ .., inner, _]) = (&left[..], &right[..]) else {
            return Err(OperationError::new("matmul", "both operands must be matrices")
                .operand("left", left, format!("{} axes", left.rank()))
                .operand("right", right, format!("{} axes", right.rank()))
                .remedy("reshape a vector to a column, x.reshape([-1, 1]), or use dot"));
        };
        check_inner("matmul", left, right, [*columns, *inner])?;
        if let ([], [], &[_, last]) = (left_batch, right_batch, &right[..]) {
            return Ok(inputs[0].with_shape(Shape::from([*rows, last])));
        }
        let batch = Shape::new(left_batch).broadcast(&Shape::new(right_batch)).ok_or_else(|| {
            OperationError::new("matmul", "leading axes do not stretch to common ones")
                .operand("left", left, "")
                .operand("right", right, "but for the last two, sizes must be equal or 1")
        })?;
        let sizes = batch.iter().chain([rows, &right[right.rank() - 1]]).copied();
        Ok(inputs[0].with_shape(sizes.collect()))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.matmul(inputs[0], inputs[1], out);
    }

    /// Each element is the same sum of the same products.
    fn turns(&self) -> bool {
        true
    }

    fn routine(&self, inputs: &[Operand], out: Spec) -> Option<Routine> {
        Routine::product(inputs[0], inputs[1], out)
    }

    /// Left: head x right^T. Right: left^T x head; of a right matrix that many on the left share it is the same for all
    /// their rows below each other, which sums over them on the way.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        if input == 0 {
            return head.matmul(&call.input(1).transpose());
        }
        let left = call.input(0);
        if call.shape(1).rank() > 2 || left.rank() == 2 {
            return left.transpose().matmul(head);
        }
        let rows = |x: &Tensor| {
            let columns = x.shape()[x.rank() - 1];
            // An explicit count, since -1 cannot be found where a size is 0.
            x.reshape([x.shape()[..x.rank() - 1].iter().product(), columns])
        };
        rows(&left).transpose().matmul(&rows(head))
    }
}

/// The columns of left must be as many as the rows of right.
#[inline]
fn check_inner(
    name: &str,
    left: &Shape,
    right: &Shape,
    [columns, rows]: [usize; 2],
) -> Result<(), OperationError> {
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
    /// The product of two matrices, `[m, k] x [k, n] -> [m, n]`, or of each pair of many: the matrices are the last two
    /// axes, and leading axes stretch to common ones. A product is the same bits alone and among others.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.matmul(&tensor([[10.0], [1.0]])).to_vec::<f32>(), [12.0, 34.0]);
    /// assert_eq!(Tensor::zeros([5, 1, 2, 3]).matmul(&Tensor::zeros([4, 3, 7])).shape(), [5, 4, 2, 7]);
    /// ```
    ///
    /// # Panics
    /// When an operand has fewer than two axes, the inner sizes differ, the leading axes do not stretch, or the dtypes
    /// differ.
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
        match (self.rank(), other.rank()) {
            (2, 2) if self.size_of_axis(1) == other.size_of_axis(0) => return apply(MatMul, &[self, other]),
            (0, _) | (_, 0) => return self.mul(other),
            _ => {}
        }
        let (left, right) = (self.shape(), other.shape());
        if let Err(error) = check_inner("dot", &left, &right, [left[left.rank() - 1], right[0]]) {
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
