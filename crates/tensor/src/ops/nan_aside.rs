//! `nansum`, `nanprod`: reductions that leave NaN aside; `count_nonzero`: how many elements are there to speak of.

use ndgrad_array::{DType, DTypes};

use super::axes::count_along;
use super::{Axes, FoldOp, Prod, Sum, apply};
use crate::{Integers, Tensor};

#[track_caller]
fn nansum(x: &Tensor, axes: Axes, keepdims: bool) -> Tensor {
    count_along("nansum", DTypes::FLOATS, x, &axes);
    apply(FoldOp { fold: Sum, axes, keepdims }, &[&x.replace_nan(0.0)])
}

#[track_caller]
fn nanprod(x: &Tensor, axes: Axes, keepdims: bool) -> Tensor {
    count_along("nanprod", DTypes::FLOATS, x, &axes);
    apply(FoldOp { fold: Prod, axes, keepdims }, &[&x.replace_nan(1.0)])
}

#[track_caller]
fn count_nonzero(x: &Tensor, axes: Axes, keepdims: bool) -> Tensor {
    count_along("count_nonzero", DTypes::ALL, x, &axes);
    let ones = x.to_dtype(DType::Bool).to_dtype(DType::I64);
    apply(FoldOp { fold: Sum, axes, keepdims }, &[&ones])
}

impl Tensor {
    /// The sum of all elements but NaN, as a scalar; 0 of none. No gradient reaches a NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, f64::NAN, 3.0]).nansum().item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats.
    #[track_caller]
    pub fn nansum(&self) -> Tensor {
        nansum(self, Axes::All, false)
    }

    /// [`Tensor::nansum`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::nansum`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn nansum_axes(&self, axes: impl Integers) -> Tensor {
        nansum(self, Axes::Some(axes.integers()), false)
    }

    /// [`Tensor::nansum_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::nansum_axes`].
    #[track_caller]
    pub fn nansum_keepdims(&self, axes: impl Integers) -> Tensor {
        nansum(self, Axes::Some(axes.integers()), true)
    }

    /// The product of all elements but NaN, as a scalar; 1 of none. No gradient reaches a NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([2.0, f64::NAN, 3.0]).nanprod().item(), 6.0);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats.
    #[track_caller]
    pub fn nanprod(&self) -> Tensor {
        nanprod(self, Axes::All, false)
    }

    /// [`Tensor::nanprod`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::nanprod`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn nanprod_axes(&self, axes: impl Integers) -> Tensor {
        nanprod(self, Axes::Some(axes.integers()), false)
    }

    /// [`Tensor::nanprod_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::nanprod_axes`].
    #[track_caller]
    pub fn nanprod_keepdims(&self, axes: impl Integers) -> Tensor {
        nanprod(self, Axes::Some(axes.integers()), true)
    }

    /// How many elements are true, or numbers other than 0 (NaN is one), as a scalar of i64.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[true, false], [true, true]]).count_nonzero().item(), 3.0);
    /// assert_eq!(tensor([[1, 0], [2, 3]]).count_nonzero_axes(0).to_vec::<i64>(), [2, 1]);
    /// ```
    #[track_caller]
    pub fn count_nonzero(&self) -> Tensor {
        count_nonzero(self, Axes::All, false)
    }

    /// [`Tensor::count_nonzero`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn count_nonzero_axes(&self, axes: impl Integers) -> Tensor {
        count_nonzero(self, Axes::Some(axes.integers()), false)
    }

    /// [`Tensor::count_nonzero_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::count_nonzero_axes`].
    #[track_caller]
    pub fn count_nonzero_keepdims(&self, axes: impl Integers) -> Tensor {
        count_nonzero(self, Axes::Some(axes.integers()), true)
    }
}
