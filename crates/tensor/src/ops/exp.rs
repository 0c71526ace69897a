//! `exp`: the exponential function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `e^x`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Exp;

impl Map for Exp {
    const NAME: &'static str = "exp";
    const DOC: &'static str = "Elementwise `e^x`.";
    const SAVES: Saves = Saves::OUTPUT;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.exp()
    }

    /// The slope is y.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.output()
    }
}

impl Tensor {
    /// Elementwise `e^x`. Infinite from about 88.7 on (f32), NaN for NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).exp().to_vec::<f32>(), [1.0, std::f32::consts::E]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn exp(&self) -> Tensor {
        Exp.apply(self)
    }
}
