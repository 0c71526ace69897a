//! `mean`: the sum, divided by the count.

use ndgrad_array::DTypes;

use super::axes::count_along;
use super::{Axes, FoldOp, Sum, apply};
use crate::{Integers, Tensor};

#[track_caller]
pub(super) fn mean(x: &Tensor, axes: Axes, keepdims: bool) -> Tensor {
    let count = count_along("mean", DTypes::FLOATS, x, &axes);
    apply(FoldOp { fold: Sum, axes, keepdims }, &[x]) / count as f64
}

impl Tensor {
    /// The mean of all elements, as a scalar; NaN of none.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.mean().item(), 2.5);
    /// assert_eq!(x.mean_axes(0).to_vec::<f32>(), [2.0, 3.0]);
    /// assert_eq!((&x - x.mean_keepdims(1)).to_vec::<f32>(), [-0.5, 0.5, -0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats: convert whole numbers first.
    #[track_caller]
    pub fn mean(&self) -> Tensor {
        mean(self, Axes::All, false)
    }

    /// [`Tensor::mean`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::mean`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn mean_axes(&self, axes: impl Integers) -> Tensor {
        mean(self, Axes::Some(axes.integers()), false)
    }

    /// [`Tensor::mean_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::mean_axes`].
    #[track_caller]
    pub fn mean_keepdims(&self, axes: impl Integers) -> Tensor {
        mean(self, Axes::Some(axes.integers()), true)
    }
}
