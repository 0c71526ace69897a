//! `tanh`: the hyperbolic tangent.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise hyperbolic tangent, in (-1, 1).
#[derive(Clone, Copy, Debug, Default)]
pub struct Tanh;

impl Map for Tanh {
    const NAME: &'static str = "tanh";
    const DOC: &'static str = "Elementwise hyperbolic tangent, in (-1, 1).";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.tanh()
    }

    /// The slope is 1 - y^2, which would be 0 wherever y rounds to 1. With s = sigmoid(2x) it is 4 s (1 - s).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let twice = 2.0 * call.input(0);
        head * (4.0 * twice.sigmoid() * (-twice).sigmoid())
    }
}

impl Tensor {
    /// Elementwise hyperbolic tangent, in (-1, 1). NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 100.0]).tanh().to_vec::<f32>(), [0.0, 1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn tanh(&self) -> Tensor {
        Tanh.apply(self)
    }
}
