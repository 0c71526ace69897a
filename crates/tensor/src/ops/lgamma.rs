//! `lgamma`: the logarithm of the gamma function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise logarithm of the absolute value of the gamma function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Lgamma;

impl Map for Lgamma {
    const NAME: &'static str = "lgamma";
    const DOC: &'static str = "Elementwise logarithm of the absolute value of the gamma function.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.7, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.lgamma()
    }

    /// The slope is digamma(x).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).digamma()
    }
}

impl Tensor {
    /// Elementwise logarithm of the absolute value of the gamma function. Infinite at 0, at negative whole
    /// numbers and at both infinities; NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 101.0]).lgamma().to_vec::<f32>(), [0.0, 363.73938]);
    /// ```
    #[doc(alias = "gammaln")]
    #[doc(alias = "loggamma")]
    #[inline]
    #[track_caller]
    pub fn lgamma(&self) -> Tensor {
        Lgamma.apply(self)
    }
}
