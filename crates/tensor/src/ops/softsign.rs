//! `softsign`: squash to (-1, 1), slowly.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `x / (1 + |x|)`, in (-1, 1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Softsign;

impl Map for Softsign {
    const NAME: &'static str = "softsign";
    const DOC: &'static str = "Elementwise `x / (1 + |x|)`, in (-1, 1).";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let size = x.abs();
        S::select(size.equal(S::HIGHEST), S::ONE.copysign(x), x / (S::ONE + size))
    }

    /// The slope is 1 / (1 + |x|)^2.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (1.0 + call.input(0).abs()).reciprocal().square()
    }
}

impl Tensor {
    /// Elementwise `x / (1 + |x|)`, in (-1, 1). -1 and 1 at the infinities; NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, -3.0]).softsign().to_vec::<f32>(), [0.5, -0.75]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn softsign(&self) -> Tensor {
        Softsign.apply(self)
    }
}
