//! `log1p`: the natural logarithm of 1 and a number.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `log(1 + x)`, without cancellation near 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log1p;

impl Map for Log1p {
    const NAME: &'static str = "log1p";
    const DOC: &'static str = "Elementwise `log(1 + x)`, without cancellation near 0.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [-0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.ln_1p()
    }

    /// The slope is 1 / (1 + x).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head / (1.0 + call.input(0))
    }
}

impl Tensor {
    /// Elementwise `log(1 + x)`, without cancellation near 0. -inf at -1, NaN below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1e-10, 0.0]).log1p().to_vec::<f32>(), [1e-10, 0.0]);
    /// ```
    #[doc(alias = "ln_1p")]
    #[inline]
    #[track_caller]
    pub fn log1p(&self) -> Tensor {
        Log1p.apply(self)
    }
}
