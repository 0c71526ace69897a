//! `abs`: the distance from 0.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise distance from 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abs;

impl Map for Abs {
    const NAME: &'static str = "abs";
    const DOC: &'static str = "Elementwise distance from 0.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.abs()
    }

    /// The slope is sign x, which is 0 at 0.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).sign()
    }
}

impl Tensor {
    /// Elementwise distance from 0. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, -0.5]).abs().to_vec::<f32>(), [3.0, 0.5]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn abs(&self) -> Tensor {
        Abs.apply(self)
    }
}
