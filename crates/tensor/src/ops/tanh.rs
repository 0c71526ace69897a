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

    /// The slope is 1 / cosh^2 x: 1 - y^2 would be 0 wherever y rounds to 1.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).cosh().reciprocal().square()
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
