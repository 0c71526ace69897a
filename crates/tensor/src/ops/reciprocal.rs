//! `reciprocal`: 1 divided by a number.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `1 / x`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reciprocal;

impl Map for Reciprocal {
    const NAME: &'static str = "reciprocal";
    const DOC: &'static str = "Elementwise `1 / x`.";
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::ONE / x
    }

    /// The slope is -y^2.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        -(head * call.output().square())
    }
}

impl Tensor {
    /// Elementwise `1 / x`. Infinite at 0, with the sign of the zero; NaN stays NaN. Correctly rounded.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([4.0, -0.5]).reciprocal().to_vec::<f32>(), [0.25, -2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn reciprocal(&self) -> Tensor {
        Reciprocal.apply(self)
    }
}
