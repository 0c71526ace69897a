//! `asinh`: the inverse of the hyperbolic sine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise inverse of the hyperbolic sine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asinh;

impl Map for Asinh {
    const NAME: &'static str = "asinh";
    const DOC: &'static str = "Elementwise inverse of the hyperbolic sine.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.asinh()
    }

    /// The slope is 1 / sqrt(x^2 + 1), by `hypot`, since x^2 may overflow.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head / call.input(0).hypot(1.0)
    }
}

impl Tensor {
    /// Elementwise inverse of the hyperbolic sine. NumPy's `arcsinh`. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).asinh().to_vec::<f32>(), [0.0, 0.8813736]);
    /// ```
    #[doc(alias = "arcsinh")]
    #[inline]
    #[track_caller]
    pub fn asinh(&self) -> Tensor {
        Asinh.apply(self)
    }
}
