//! `any`: whether one element is true, of all or along some axes.

use ndgrad_array::{DType, DTypes, Scalar};

use super::{Fold, Folded};
use crate::{Integers, Tensor};

/// Whether any element along some axes is true or not 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Any;

impl Fold for Any {
    const NAME: &'static str = "any";
    const DOC: &'static str = "Whether any element along some axes is true or not 0.";
    const DTYPES: DTypes = DTypes::ALL;
    const AS: Option<DType> = Some(DType::Bool);
    const DIFFERENTIABLE: bool = false;

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        S::ZERO
    }

    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        S::select(left.equal(S::ZERO), right, left)
    }

    fn gradient(self, _: &Folded<'_>, _: &Tensor) -> Tensor {
        unreachable!("answers are not recorded")
    }
}

impl Tensor {
    /// Whether any element is true, or a number other than 0 (NaN is one); false of none. A scalar of bool.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, 0], [2, 3]]).any().to_vec::<bool>(), [true]);
    /// ```
    #[track_caller]
    pub fn any(&self) -> Tensor {
        Any.all(self)
    }

    /// [`Tensor::any`] along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, 0], [2, 3]]).any_axes(0).to_vec::<bool>(), [true, true]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn any_axes(&self, axes: impl Integers) -> Tensor {
        Any.along(self, axes)
    }

    /// [`Tensor::any_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::any_axes`].
    #[track_caller]
    pub fn any_keepdims(&self, axes: impl Integers) -> Tensor {
        Any.keepdims(self, axes)
    }
}
