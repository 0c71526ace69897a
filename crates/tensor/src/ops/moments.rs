//! `var` and `std`: how far elements lie from their mean.

use ndgrad_array::DTypes;

use super::axes::count_along;
use super::mean::mean;
use super::{Axes, FoldOp, Norm, Sum, apply};
use crate::{Integers, Tensor};

/// The distances from the mean.
///
/// The mean is taken twice, the second time of what the first left over by rounding: the first is then a shift by a
/// constant, from which no gradient comes, and no digits cancel (the corrected two-pass algorithm: Chan, Golub and
/// LeVeque, "Algorithms for computing the sample variance", The American Statistician 37, 1983).
#[track_caller]
fn centered(x: &Tensor, axes: &Axes) -> Tensor {
    let near = x - mean(&x.detach(), axes.clone(), true);
    let rest = mean(&near, axes.clone(), true);
    near - rest
}

/// What the squares are divided by: NaN or infinite results where it is 0, as in NumPy.
fn divisor(count: usize, ddof: usize) -> f64 {
    count.saturating_sub(ddof) as f64
}

#[track_caller]
fn var(x: &Tensor, axes: Axes, keepdims: bool, ddof: usize) -> Tensor {
    let count = count_along("var", DTypes::FLOATS, x, &axes);
    let squares = centered(x, &axes).square();
    apply(FoldOp { fold: Sum, axes, keepdims }, &[&squares]) / divisor(count, ddof)
}

#[track_caller]
fn std(x: &Tensor, axes: Axes, keepdims: bool, ddof: usize) -> Tensor {
    let count = count_along("std", DTypes::FLOATS, x, &axes);
    let distances = centered(x, &axes);
    apply(Norm { order: 2.0, axes, keepdims }, &[&distances]) / divisor(count, ddof).sqrt()
}

impl Tensor {
    /// The variance of all elements, as a scalar: the sum of the squared distances from the mean, divided by the count
    /// less `ddof`, the degrees of freedom that are used up (0 for a whole population, 1 for a sample). NaN of none.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0, 3.0, 6.0]).var(0).item(), 3.5);
    /// assert_eq!(tensor([[1.0, 3.0], [1.0, 1.0]]).var_axes(1, 1).to_vec::<f32>(), [2.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats: convert whole numbers first.
    #[track_caller]
    pub fn var(&self, ddof: usize) -> Tensor {
        var(self, Axes::All, false, ddof)
    }

    /// [`Tensor::var`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::var`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn var_axes(&self, axes: impl Integers, ddof: usize) -> Tensor {
        var(self, Axes::Some(axes.integers()), false, ddof)
    }

    /// [`Tensor::var_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::var_axes`].
    #[track_caller]
    pub fn var_keepdims(&self, axes: impl Integers, ddof: usize) -> Tensor {
        var(self, Axes::Some(axes.integers()), true, ddof)
    }

    /// The standard deviation of all elements, as a scalar: the square root of [`Tensor::var`], without overflow
    /// between. Where it is 0 its gradient is 0.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 5.0]).std(0).item(), 2.0);
    /// assert_eq!(tensor([[1.0, 3.0], [1.0, 1.0]]).std_axes(1, 0).to_vec::<f32>(), [1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats: convert whole numbers first.
    #[track_caller]
    pub fn std(&self, ddof: usize) -> Tensor {
        std(self, Axes::All, false, ddof)
    }

    /// [`Tensor::std`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::std`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn std_axes(&self, axes: impl Integers, ddof: usize) -> Tensor {
        std(self, Axes::Some(axes.integers()), false, ddof)
    }

    /// [`Tensor::std_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::std_axes`].
    #[track_caller]
    pub fn std_keepdims(&self, axes: impl Integers, ddof: usize) -> Tensor {
        std(self, Axes::Some(axes.integers()), true, ddof)
    }
}
