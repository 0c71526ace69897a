//! `expm1`: the exponential function less 1.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `e^x - 1`, without cancellation near 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Expm1;

impl Map for Expm1 {
    const NAME: &'static str = "expm1";
    const DOC: &'static str = "Elementwise `e^x - 1`, without cancellation near 0.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.exp_m1()
    }

    /// The slope is e^x, not y + 1, which would cancel for large negative x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).exp()
    }
}

impl Tensor {
    /// Elementwise `e^x - 1`, without cancellation near 0. -1 at -inf; NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1e-10, 0.0]).expm1().to_vec::<f32>(), [1e-10, 0.0]);
    /// ```
    #[doc(alias = "exp_m1")]
    #[inline]
    #[track_caller]
    pub fn expm1(&self) -> Tensor {
        Expm1.apply(self)
    }
}
