//! `atan`: the angle with this tangent.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise angle in (-pi/2, pi/2) with this tangent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Atan;

impl Map for Atan {
    const NAME: &'static str = "atan";
    const DOC: &'static str = "Elementwise angle in (-pi/2, pi/2) with this tangent.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.atan()
    }

    /// The slope is 1 / (1 + x^2).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head / (1.0 + call.input(0).square())
    }
}

impl Tensor {
    /// Elementwise angle in (-pi/2, pi/2) with this tangent. NumPy's `arctan`. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).atan().to_vec::<f32>(), [0.0, std::f32::consts::FRAC_PI_4]);
    /// ```
    #[doc(alias = "arctan")]
    #[inline]
    #[track_caller]
    pub fn atan(&self) -> Tensor {
        Atan.apply(self)
    }
}
