//! `silu`: x, weighted by its sigmoid.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves, Sigmoid};
use crate::Tensor;

/// Elementwise `x sigmoid(x)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silu;

impl Map for Silu {
    const NAME: &'static str = "silu";
    const DOC: &'static str = "Elementwise `x sigmoid(x)`.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.equal(S::LOWEST), S::ZERO, x * Sigmoid.value(x))
    }

    /// With s = sigmoid(x) the slope is s (1 + x (1 - s)). Beyond 800 it does not change, but an infinite x
    /// would make NaN.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0).clip(-800.0, 800.0);
        head * (x.sigmoid() * (1.0 + &x * (-&x).sigmoid()))
    }
}

impl Tensor {
    /// Elementwise `x sigmoid(x)`, also known as swish (Elfwing, Uchibe and Doya, "Sigmoid-Weighted Linear
    /// Units", 2017). 0 at -inf; NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).silu().to_vec::<f32>(), [0.0, 0.7310586]);
    /// ```
    #[doc(alias = "swish")]
    #[inline]
    #[track_caller]
    pub fn silu(&self) -> Tensor {
        Silu.apply(self)
    }
}
