//! `erfc`: 1 less the error function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise 1 less the error function, without cancellation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Erfc;

impl Map for Erfc {
    const NAME: &'static str = "erfc";
    const DOC: &'static str = "Elementwise 1 less the error function, without cancellation.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.erfc()
    }

    /// The slope is -2 / sqrt(pi) e^(-x^2).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (-std::f64::consts::FRAC_2_SQRT_PI * (-call.input(0).square()).exp())
    }
}

impl Tensor {
    /// Elementwise `1 - erf(x)`, in (0, 2), without cancellation for large x. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 5.0]).erfc().to_vec::<f32>(), [1.0, 1.5374598e-12]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn erfc(&self) -> Tensor {
        Erfc.apply(self)
    }
}
