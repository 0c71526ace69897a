//! `log`: the natural logarithm.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise natural logarithm.
#[derive(Clone, Copy, Debug, Default)]
pub struct Log;

impl Map for Log {
    const NAME: &'static str = "log";
    const DOC: &'static str = "Elementwise natural logarithm.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.ln()
    }

    /// The slope is 1 / x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head / call.input(0)
    }
}

impl Tensor {
    /// Elementwise natural logarithm. -inf at 0, NaN below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 0.0]).log().to_vec::<f32>(), [0.0, f32::NEG_INFINITY]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn log(&self) -> Tensor {
        Log.apply(self)
    }
}
