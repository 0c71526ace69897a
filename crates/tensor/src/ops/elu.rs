//! `elu`: what is above 0, and an exponential below.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise x above 0, `alpha (e^x - 1)` below.
#[derive(Clone, Copy, Debug)]
pub struct Elu {
    /// The limit at -inf is `-alpha`.
    pub alpha: f64,
}

impl Default for Elu {
    fn default() -> Elu {
        Elu { alpha: 1.0 }
    }
}

impl Map for Elu {
    const NAME: &'static str = "elu";
    const DOC: &'static str = "Elementwise x above 0, `alpha (e^x - 1)` below.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [-3.0, -0.2];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.less(S::ZERO), S::literal(self.alpha) * x.exp_m1(), x)
    }

    /// The slope is 1 above 0, else alpha e^x, at 0 too. The exponential of what is above 0 is not taken: it may be
    /// infinite, and 0 times infinity would be the second gradient.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        x.greater(0).choose(head, head * (self.alpha * x.minimum(0).exp()))
    }
}

impl Tensor {
    /// Elementwise x above 0, `alpha (e^x - 1)` below, without cancellation near 0 (Clevert, Unterthiner and Hochreiter,
    /// "Exponential Linear Units", 2015). NaN stays NaN. At 0 the gradient is `alpha`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, f64::NEG_INFINITY]).elu(2.0).to_vec::<f32>(), [3.0, -2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn elu(&self, alpha: f64) -> Tensor {
        Elu { alpha }.apply(self)
    }
}
