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
    const SAVES: Saves = Saves::ALL;

    /// Only the exponential of what is below 0 is taken, so that nothing overflows.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let small = (-x.abs()).exp();
        S::select(x.less(S::ZERO), small, S::ONE) / (S::ONE + small)
    }

    /// The slope is y (1 - y), where 1 - y is the sigmoid of -x: subtracting would leave 0 wherever y rounds
    /// to 1.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (call.output() * (-call.input(0)).sigmoid())
    }
}

impl Tensor {
    /// Elementwise `1 / (1 + e^-x)`, in (0, 1). NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0]).sigmoid().item(), 0.5);
    /// ```
    #[doc(alias = "expit")]
    #[doc(alias = "logistic")]
    #[inline]
    #[track_caller]
    pub fn sigmoid(&self) -> Tensor {
        Sigmoid.apply(self)
    }
}
