//! `sign`: on which side of 0 a number lies.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise -1, 0 or 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sign;

impl Map for Sign {
    const NAME: &'static str = "sign";
    const DOC: &'static str = "Elementwise -1, 0 or 1.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.less(S::ZERO), -S::ONE, S::select(S::ZERO.less(x), S::ONE, x))
    }

    /// The slope is 0, at 0 too.
    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        Tensor::zeros_like(head)
    }
}

impl Tensor {
    /// Elementwise -1, 0 or 1. 0 (of either sign) and NaN stay as they are.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, 0.0, -0.5]).sign().to_vec::<f32>(), [1.0, 0.0, -1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn sign(&self) -> Tensor {
        Sign.apply(self)
    }
}
