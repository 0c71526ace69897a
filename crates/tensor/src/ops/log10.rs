//! `log10`: the logarithm to base 10.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise logarithm to base 10.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log10;

impl Map for Log10 {
    const NAME: &'static str = "log10";
    const DOC: &'static str = "Elementwise logarithm to base 10.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.3, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.log10()
    }

    /// The slope is 1 / (x ln 10).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * std::f64::consts::LOG10_E / call.input(0)
    }
}

impl Tensor {
    /// Elementwise logarithm to base 10. -inf at 0, NaN below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([100.0, 1.0]).log10().to_vec::<f32>(), [2.0, 0.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn log10(&self) -> Tensor {
        Log10.apply(self)
    }
}
