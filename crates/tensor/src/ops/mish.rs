//! `mish`: x, weighted by the tanh of its softplus.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `x tanh(softplus(x))`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mish;

impl Map for Mish {
    const NAME: &'static str = "mish";
    const DOC: &'static str = "Elementwise `x tanh(softplus(x))`.";
    const SAVES: Saves = Saves::INPUTS;

    /// tanh(log u) = (u^2 - 1) / (u^2 + 1), with u = 1 + e^x, divided by e^2x where that could overflow.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let small = (-x.abs()).exp();
        let two = S::literal(2.0);
        let below = small * (small + two);
        let above = S::ONE + two * small;
        let weight = S::select(x.less(S::ZERO), below / (below + two), above / (above + two * small * small));
        S::select(x.equal(S::LOWEST), S::ZERO, x * weight)
    }

    /// With t = tanh(softplus(x)) the slope is t + x (1 - t^2) sigmoid(x). Beyond 800 it does not change, but
    /// an infinite x would make NaN.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0).clip(-800.0, 800.0);
        let weight = x.softplus().tanh();
        head * (&weight + &x * (1.0 - weight.square()) * x.sigmoid())
    }
}

impl Tensor {
    /// Elementwise `x tanh(log(1 + e^x))` (Misra, "Mish", 2019). 0 at -inf; NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 50.0]).mish().to_vec::<f32>(), [0.0, 50.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn mish(&self) -> Tensor {
        Mish.apply(self)
    }
}
