//! `acos`: the angle with this cosine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise angle in [0, pi] with this cosine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Acos;

impl Map for Acos {
    const NAME: &'static str = "acos";
    const DOC: &'static str = "Elementwise angle in [0, pi] with this cosine.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [-0.7, 0.7];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.acos()
    }

    /// The slope is -1 / sqrt(1 - x^2), from two factors, since x^2 would cancel near 1.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        -(head * ((1.0 - &x) * (1.0 + &x)).rsqrt())
    }
}

impl Tensor {
    /// Elementwise angle in [0, pi] with this cosine. NumPy's `arccos`. NaN outside [-1, 1]; the slope is
    /// infinite at its ends.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0]).acos().item(), 0.0);
    /// ```
    #[doc(alias = "arccos")]
    #[inline]
    #[track_caller]
    pub fn acos(&self) -> Tensor {
        Acos.apply(self)
    }
}
