//! `cos`: the cosine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise cosine of an angle in radians.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cos;

impl Map for Cos {
    const NAME: &'static str = "cos";
    const DOC: &'static str = "Elementwise cosine of an angle in radians.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.cos()
    }

    /// The slope is -sin x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        -(head * call.input(0).sin())
    }
}

impl Tensor {
    /// Elementwise cosine of an angle in radians. NaN for infinities.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).cos().to_vec::<f32>(), [1.0, 0.5403023]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn cos(&self) -> Tensor {
        Cos.apply(self)
    }
}
