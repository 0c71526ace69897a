//! `all`: whether every element is true, of all or along some axes.

use ndgrad_array::{DType, DTypes, Scalar};

use super::{Fold, Folded};
use crate::{Integers, Tensor};

/// Whether all elements along some axes are true or not 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct All;

impl Fold for All {
    const NAME: &'static str = "all";
    const DOC: &'static str = "Whether all elements along some axes are true or not 0.";
    const DTYPES: DTypes = DTypes::ALL;
    const AS: Option<DType> = Some(DType::Bool);
    const DIFFERENTIABLE: bool = false;

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        S::ONE
    }

    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        S::select(left.equal(S::ZERO), left, right)
    }

    fn gradient(self, _: &Folded<'_>, _: &Tensor) -> Tensor {
        unreachable!("answers are not recorded")
    }
}

impl Tensor {
    /// Whether all elements are true, or numbers other than 0 (NaN is one); true of none. A scalar of bool.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, 0], [2, 3]]).all().to_vec::<bool>(), [false]);
    /// ```
    #[track_caller]
    pub fn all(&self) -> Tensor {
        All.all(self)
    }

    /// [`Tensor::all`] along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, 0], [2, 3]]).all_axes(0).to_vec::<bool>(), [true, false]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn all_axes(&self, axes: impl Integers) -> Tensor {
        All.along(self, axes)
    }

    /// [`Tensor::all_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::all_axes`].
    #[track_caller]
    pub fn all_keepdims(&self, axes: impl Integers) -> Tensor {
        All.keepdims(self, axes)
    }
}
