//! `argmax`: where the largest element stands.

use ndgrad_array::Scalar;

use super::{ArgOp, Extreme};
use crate::Tensor;

/// Prefers the largest element.
#[derive(Clone, Copy, Debug, Default)]
pub struct Largest;

/// The position of the largest element along an axis.
pub type ArgMax = ArgOp<Largest>;

impl Extreme for Largest {
    const NAME: &'static str = "argmax";
    const DOC: &'static str = "The position of the largest element along an axis, as i64.";

    #[inline(always)]
    fn before<S: Scalar>(self, x: S, y: S) -> S::Mask {
        y.less(x)
    }
}

impl Tensor {
    /// The position of the largest of all elements in row-major order, counted from 0, as a scalar of i64. Of equal ones
    /// it is the first; the first NaN, if there is one, as in NumPy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 5.0], [3.0, 4.0]]);
    /// assert_eq!(x.argmax().item(), x.reshape([4]).argmax_axis(0).item());
    /// assert_eq!(x.argmax_axis(1).to_vec::<i64>(), [1, 1]);
    /// ```
    ///
    /// # Panics
    /// When there are no elements; for bool.
    #[track_caller]
    pub fn argmax(&self) -> Tensor {
        Largest.of_all(self)
    }

    /// [`Tensor::argmax`] along an axis (counted from the end if negative), which goes.
    ///
    /// # Panics
    /// When there is no such axis, or no elements along it; for bool.
    #[track_caller]
    pub fn argmax_axis(&self, axis: isize) -> Tensor {
        Largest.along(self, axis, false)
    }

    /// [`Tensor::argmax_axis`], where the axis stays with size 1, as [`Tensor::gather`] takes it.
    ///
    /// # Panics
    /// As [`Tensor::argmax_axis`].
    #[track_caller]
    pub fn argmax_keepdims(&self, axis: isize) -> Tensor {
        Largest.along(self, axis, true)
    }
}
