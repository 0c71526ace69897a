//! `gelu`: x, weighted by the normal distribution.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `x P(X <= x)` for X normally distributed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gelu;

impl Map for Gelu {
    const NAME: &'static str = "gelu";
    const DOC: &'static str = "Elementwise `x P(X <= x)` for X normally distributed.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.equal(S::LOWEST), S::ZERO, x * x.normal_cdf())
    }

    /// The slope is P(X <= x) + x times the density. Beyond 40 neither changes, but an infinite x would make
    /// NaN.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0).clip(-40.0, 40.0);
        let below = 0.5 * (-std::f64::consts::FRAC_1_SQRT_2 * &x).erfc();
        let density = (0.5 * std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2) * (-0.5 * x.square()).exp();
        head * (below + x * density)
    }
}

impl Tensor {
    /// Elementwise `x P(X <= x)` for X normally distributed with mean 0 and variance 1, exactly: `x/2 (1 +
    /// erf(x / sqrt 2))`, by the complement, which does not cancel (Hendrycks and Gimpel, "Gaussian Error
    /// Linear Units", 2016). 0 at -inf; NaN stays NaN. [`Tensor::gelu_tanh`] is the approximation.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).gelu().to_vec::<f32>(), [0.0, 0.8413448]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn gelu(&self) -> Tensor {
        Gelu.apply(self)
    }
}
