//! `sum`: all elements, or those along some axes, added up.

use ndgrad_array::{MAX_RANK, Scalar, Shape};
use smallvec::SmallVec;

use super::{Fold, Folded};
use crate::{Integers, Tensor};

/// Adds up the elements along some axes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum;

impl Fold for Sum {
    const NAME: &'static str = "sum";
    const DOC: &'static str = "The elements along some axes, added up.";

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        S::ZERO
    }

    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        left + right
    }

    /// Every element had a share of 1: the head, stretched.
    fn gradient(self, call: &Folded<'_>, head: &Tensor) -> Tensor {
        head.broadcast_to(call.shape())
    }
}

impl Tensor {
    /// The sum of all elements, as a scalar; 0 of none. Blocks of 1,024 are added up as a tree, so the error
    /// grows with the logarithm of the count.
    ///
    /// The dtype is kept, and sums of whole numbers wrap around: where NumPy would widen them silently, convert first
    /// with `x.to_dtype(DType::I64)`. How many are true of bool says [`Tensor::count_nonzero`].
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).sum().item(), 10.0);
    /// ```
    ///
    /// # Panics
    /// For bool.
    #[track_caller]
    pub fn sum(&self) -> Tensor {
        Sum.all(self)
    }

    /// [`Tensor::sum`] along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum_axes(0).to_vec::<f32>(), [4.0, 6.0]);
    /// assert_eq!(x.sum_axes([0, -1]).item(), 10.0);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice; for bool.
    #[track_caller]
    pub fn sum_axes(&self, axes: impl Integers) -> Tensor {
        Sum.along(self, axes)
    }

    /// [`Tensor::sum_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::sum_axes`].
    #[track_caller]
    pub fn sum_keepdims(&self, axes: impl Integers) -> Tensor {
        Sum.keepdims(self, axes)
    }

    /// What is too much in a gradient that was computed for a stretched operand, summed away.
    pub(crate) fn sum_to(&self, shape: Shape) -> Tensor {
        let own = self.shape();
        let added = own.rank() - shape.rank();
        let too_much = |&axis: &usize| axis < added || shape[axis - added] != own[axis];
        let axes: SmallVec<[usize; MAX_RANK]> = (0..own.rank()).filter(too_much).collect();
        let sum = self.sum_axes(&axes[..]);
        if sum.shape() == shape { sum } else { sum.reshape(shape) }
    }
}
