//! `tan`: the tangent.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise tangent of an angle in radians.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tan;

impl Map for Tan {
    const NAME: &'static str = "tan";
    const DOC: &'static str = "Elementwise tangent of an angle in radians.";
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [-1.2, 1.2];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.tan()
    }

    /// The slope is 1 + y^2.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (1.0 + call.output().square())
    }
}

impl Tensor {
    /// Elementwise tangent of an angle in radians. NaN for infinities.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).tan().to_vec::<f32>(), [0.0, 1.5574077]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn tan(&self) -> Tensor {
        Tan.apply(self)
    }
}
