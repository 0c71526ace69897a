//! `sigmoid`: squash to (0, 1).

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
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

    /// The slope is y (1 - y).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let y = call.output();
        head * (&y * (1.0 - &y))
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
