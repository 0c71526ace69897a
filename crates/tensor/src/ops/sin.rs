//! `sin`: the sine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise sine of an angle in radians.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sin;

impl Map for Sin {
    const NAME: &'static str = "sin";
    const DOC: &'static str = "Elementwise sine of an angle in radians.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.sin()
    }

    /// The slope is cos x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).cos()
    }
}

impl Tensor {
    /// Elementwise sine of an angle in radians. NaN for infinities.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).sin().to_vec::<f32>(), [0.0, 0.84147096]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn sin(&self) -> Tensor {
        Sin.apply(self)
    }
}
