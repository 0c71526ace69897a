//! `cosh`: the hyperbolic cosine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise hyperbolic cosine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cosh;

impl Map for Cosh {
    const NAME: &'static str = "cosh";
    const DOC: &'static str = "Elementwise hyperbolic cosine.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.cosh()
    }

    /// The slope is sinh x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).sinh()
    }
}

impl Tensor {
    /// Elementwise hyperbolic cosine, `(e^x + e^-x) / 2`. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).cosh().to_vec::<f32>(), [1.0, 1.5430807]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn cosh(&self) -> Tensor {
        Cosh.apply(self)
    }
}
