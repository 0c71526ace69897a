//! `exp2`: 2 to the power of a number.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `2^x`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exp2;

impl Map for Exp2 {
    const NAME: &'static str = "exp2";
    const DOC: &'static str = "Elementwise `2^x`.";
    const SAVES: Saves = Saves::OUTPUT;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.exp2()
    }

    /// The slope is y ln 2.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (std::f64::consts::LN_2 * call.output())
    }
}

impl Tensor {
    /// Elementwise `2^x`. Infinite from 128 on (f32), NaN for NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, -1.0]).exp2().to_vec::<f32>(), [8.0, 0.5]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn exp2(&self) -> Tensor {
        Exp2.apply(self)
    }
}
