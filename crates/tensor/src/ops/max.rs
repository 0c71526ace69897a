//! `max`: the largest element, of all or along some axes.

use ndgrad_array::Scalar;

use super::elements::where_equal;
use super::{Fold, Folded, Saves};
use crate::{Integers, Tensor};

/// The largest element along some axes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Max;

impl Fold for Max {
    const NAME: &'static str = "max";
    const DOC: &'static str = "The largest element along some axes.";
    const SAVES: Saves = Saves::ALL;
    const NOTHING: Option<&'static str> = Some("of no elements none is the largest");

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        S::LOWEST
    }

    /// NaN on either side stays.
    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        S::select(left.equal(left), S::select(right.less(left), left, right), left)
    }

    /// The head, whole, for each element that is the largest.
    fn gradient(self, call: &Folded<'_>, head: &Tensor) -> Tensor {
        head * where_equal(&call.input(), &call.output())
    }
}

impl Tensor {
    /// The largest of all elements, as a scalar. NaN if one of them is NaN.
    ///
    /// Of several equal ones each receives the whole gradient (some frameworks share it out among them).
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).max().item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// When there are no elements; for bool.
    #[track_caller]
    pub fn max(&self) -> Tensor {
        Max.all(self)
    }

    /// [`Tensor::max`] along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 4.0], [3.0, 2.0]]).max_axes(0).to_vec::<f32>(), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, one is named twice, or there are no elements along them; for bool.
    #[track_caller]
    pub fn max_axes(&self, axes: impl Integers) -> Tensor {
        Max.along(self, axes)
    }

    /// [`Tensor::max_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::max_axes`].
    #[track_caller]
    pub fn max_keepdims(&self, axes: impl Integers) -> Tensor {
        Max.keepdims(self, axes)
    }
}
