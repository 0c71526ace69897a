//! `square`: a number times itself.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `x * x`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Square;

impl Map for Square {
    const NAME: &'static str = "square";
    const DOC: &'static str = "Elementwise `x * x`.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x * x
    }

    /// The slope is x + x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        head * (&x + &x)
    }
}

impl Tensor {
    /// Elementwise `x * x`. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, -2.0]).square().to_vec::<f32>(), [9.0, 4.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn square(&self) -> Tensor {
        Square.apply(self)
    }
}
