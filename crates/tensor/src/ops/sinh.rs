//! `sinh`: the hyperbolic sine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise hyperbolic sine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sinh;

impl Map for Sinh {
    const NAME: &'static str = "sinh";
    const DOC: &'static str = "Elementwise hyperbolic sine.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.sinh()
    }

    /// The slope is cosh x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).cosh()
    }
}

impl Tensor {
    /// Elementwise hyperbolic sine, `(e^x - e^-x) / 2`. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).sinh().to_vec::<f32>(), [0.0, 1.1752012]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn sinh(&self) -> Tensor {
        Sinh.apply(self)
    }
}
