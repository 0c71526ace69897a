//! `sqrt`: the square root.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise square root.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sqrt;

impl Map for Sqrt {
    const NAME: &'static str = "sqrt";
    const DOC: &'static str = "Elementwise square root.";
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.sqrt()
    }

    /// The slope is 1 / (2 y).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (0.5 / call.output())
    }
}

impl Tensor {
    /// Elementwise square root. NaN below 0. Correctly rounded.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([9.0, 0.0]).sqrt().to_vec::<f32>(), [3.0, 0.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn sqrt(&self) -> Tensor {
        Sqrt.apply(self)
    }
}
