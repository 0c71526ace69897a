//! `log2`: the logarithm to base 2.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise logarithm to base 2.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log2;

impl Map for Log2 {
    const NAME: &'static str = "log2";
    const DOC: &'static str = "Elementwise logarithm to base 2.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.3, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.log2()
    }

    /// The slope is 1 / (x ln 2).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * std::f64::consts::LOG2_E / call.input(0)
    }
}

impl Tensor {
    /// Elementwise logarithm to base 2. -inf at 0, NaN below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([8.0, 0.5]).log2().to_vec::<f32>(), [3.0, -1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn log2(&self) -> Tensor {
        Log2.apply(self)
    }
}
