//! `relu`: what is above 0.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise larger one of x and 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Relu;

impl Map for Relu {
    const NAME: &'static str = "relu";
    const DOC: &'static str = "Elementwise larger one of x and 0.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.less(S::ZERO), S::ZERO, x)
    }

    /// The slope is 1 above 0, else 0, at 0 too.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        call.output().greater(0).choose(head, 0)
    }
}

impl Tensor {
    /// Elementwise larger one of x and 0. NaN stays NaN. The slope at 0 is 0.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, -0.5]).relu().to_vec::<f32>(), [3.0, 0.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn relu(&self) -> Tensor {
        Relu.apply(self)
    }
}
