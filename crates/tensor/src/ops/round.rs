//! `round`: the nearest whole number.

use ndgrad_array::{DTypes, Scalar};

use super::map::is_whole;
use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise nearest whole number; of two equally near ones the even one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round;

impl Map for Round {
    const NAME: &'static str = "round";
    const DOC: &'static str = "Elementwise nearest whole number; of two equally near ones the even one.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;
    const DOMAIN: [f64; 2] = [0.1, 0.4];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        if is_whole::<S>() { x } else { x.round_even() }
    }

    /// The slope is 0, at the steps too.
    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        Tensor::zeros_like(head)
    }
}

impl Tensor {
    /// Elementwise nearest whole number; of two equally near ones the even one, as NumPy and IEEE 754 do.
    /// Infinities and NaN stay; zero keeps its sign. The gradient is 0 everywhere. Integers stay as they are.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.7, 0.5, 1.5]).round().to_vec::<f32>(), [2.0, 0.0, 2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn round(&self) -> Tensor {
        Round.apply(self)
    }
}
