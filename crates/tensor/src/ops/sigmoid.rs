//! `sigmoid`: squash to (0, 1).

use ndgrad_array::Scalar;

use super::{Map, Saves};
use crate::Tensor;

/// Elementwise `1 / (1 + e^-x)`, in (0, 1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Sigmoid;

impl Map for Sigmoid {
    const NAME: &'static str = "sigmoid";
    const DOC: &'static str = "Elementwise `1 / (1 + e^-x)`, in (0, 1).";
    const SAVES: Saves = Saves::OUTPUT;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::ONE / (S::ONE + (-x).exp())
    }

    /// y (1 - y)
    fn slope(self, _: &Tensor, y: &Tensor) -> Tensor {
        y * (1.0 - y)
    }
}

impl Tensor {
    /// Elementwise `1 / (1 + e^-x)`, in (0, 1). NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0]).sigmoid().item(), 0.5);
    /// ```
    #[inline]
    #[track_caller]
    pub fn sigmoid(&self) -> Tensor {
        Sigmoid.apply(self)
    }
}
