//! `argmin`: where the smallest element stands.

use ndgrad_array::Scalar;

use super::{ArgOp, Extreme};
use crate::Tensor;

/// Prefers the smallest element.
#[derive(Clone, Copy, Debug, Default)]
pub struct Smallest;

/// The position of the smallest element along an axis.
pub type ArgMin = ArgOp<Smallest>;

impl Extreme for Smallest {
    const NAME: &'static str = "argmin";
    const DOC: &'static str = "The position of the smallest element along an axis, as i64.";

    #[inline(always)]
    fn before<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.less(y)
    }
}

impl Tensor {
    /// The position of the smallest of all elements in row-major order, counted from 0, as a scalar of i64. Of equal ones
    /// it is the first; the first NaN, if there is one, as in NumPy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 5.0], [3.0, 4.0]]);
    /// assert_eq!(x.argmin().item(), x.reshape([4]).argmin_axis(0).item());
    /// assert_eq!(x.argmin_axis(1).to_vec::<i64>(), [0, 0]);
    /// ```
    ///
    /// # Panics
    /// When there are no elements; for bool.
    #[track_caller]
    pub fn argmin(&self) -> Tensor {
        Smallest.of_all(self)
    }

    /// [`Tensor::argmin`] along an axis (counted from the end if negative), which goes.
    ///
    /// # Panics
    /// When there is no such axis, or no elements along it; for bool.
    #[track_caller]
    pub fn argmin_axis(&self, axis: isize) -> Tensor {
        Smallest.along(self, axis, false)
    }

    /// [`Tensor::argmin_axis`], where the axis stays with size 1, as [`Tensor::gather`] takes it.
    ///
    /// # Panics
    /// As [`Tensor::argmin_axis`].
    #[track_caller]
    pub fn argmin_keepdims(&self, axis: isize) -> Tensor {
        Smallest.along(self, axis, true)
    }
}
