//! `erf`: the error function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise error function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Erf;

impl Map for Erf {
    const NAME: &'static str = "erf";
    const DOC: &'static str = "Elementwise error function.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.erf()
    }

    /// The slope is 2 / sqrt(pi) e^(-x^2).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (std::f64::consts::FRAC_2_SQRT_PI * (-call.input(0).square()).exp())
    }
}

impl Tensor {
    /// Elementwise error function, in (-1, 1): the probability that a normal number of variance 1/2 lies
    /// within x of 0. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).erf().to_vec::<f32>(), [0.0, 0.8427008]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn erf(&self) -> Tensor {
        Erf.apply(self)
    }
}
