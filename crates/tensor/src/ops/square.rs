//! `square`: a number times itself.

use ndgrad_array::{Binary, DTypes, Scalar};

use super::elements::combined;
use super::{Call, Map, Saves};
use crate::{Tensor, autograd};

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

    /// The slope is x + x. A gradient that has no gradient itself is one operation.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        if autograd::is_recording() { head * (&x + &x) } else { combined(TimesSlope, head, &x) }
    }
}

/// The head times the slope.
#[derive(Clone, Copy)]
struct TimesSlope;

impl Binary for TimesSlope {
    const DTYPES: DTypes = DTypes::FLOATS;

    #[inline(always)]
    fn value<S: Scalar>(self, head: S, x: S) -> S {
        head * (x + x)
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
