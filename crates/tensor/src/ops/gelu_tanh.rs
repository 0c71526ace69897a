//! `gelu_tanh`: `gelu`, approximated by a hyperbolic tangent.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves, Sigmoid};
use crate::Tensor;

/// 2 sqrt(2 / pi)
const SLANT: f64 = 2.0 * std::f64::consts::SQRT_2 * 0.5 * std::f64::consts::FRAC_2_SQRT_PI;
const CUBIC: f64 = 0.044715;

/// Elementwise `gelu`, approximated by a hyperbolic tangent.
#[derive(Clone, Copy, Debug, Default)]
pub struct GeluTanh;

impl Map for GeluTanh {
    const NAME: &'static str = "gelu_tanh";
    const DOC: &'static str = "Elementwise `gelu`, approximated by a hyperbolic tangent.";
    const SAVES: Saves = Saves::INPUTS;

    /// (1 + tanh u) / 2 is the sigmoid of v = 2u, which does not cancel.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let slant = S::literal(SLANT) * x * (S::ONE + S::literal(CUBIC) * x * x);
        S::select(x.equal(S::LOWEST), S::ZERO, x * Sigmoid.value(slant))
    }

    /// With s = sigmoid(v) the slope is s + x s (1 - s) v'. Beyond 40 it does not change, but an infinite x
    /// would make NaN.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0).clip(-40.0, 40.0);
        let square = CUBIC * x.square();
        let slant = SLANT * &x * (1.0 + &square);
        let steep = SLANT * (1.0 + 3.0 * square);
        head * (slant.sigmoid() * (1.0 + x * (-slant).sigmoid() * steep))
    }
}

impl Tensor {
    /// Elementwise `x/2 (1 + tanh u)` with `u = sqrt(2/pi) (x + 0.044715 x^3)`, which is near
    /// [`Tensor::gelu`] (Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016). 0 at -inf; NaN stays
    /// NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).gelu_tanh().to_vec::<f32>(), [0.0, 0.841192]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn gelu_tanh(&self) -> Tensor {
        GeluTanh.apply(self)
    }
}
