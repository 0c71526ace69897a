//! `ceil`: the whole number not below.

use ndgrad_array::{DTypes, Scalar};

use super::map::is_whole;
use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise smallest whole number not below x.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ceil;

impl Map for Ceil {
    const NAME: &'static str = "ceil";
    const DOC: &'static str = "Elementwise smallest whole number not below x.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;
    const DOMAIN: [f64; 2] = [0.1, 0.4];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        if is_whole::<S>() { x } else { x.ceil() }
    }

    /// The slope is 0, at the steps too.
    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        Tensor::zeros_like(head)
    }
}

impl Tensor {
    /// Elementwise smallest whole number not below x. Infinities and NaN stay; zero keeps its sign. The
    /// gradient is 0 everywhere. Integers stay as they are.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.2, -1.7]).ceil().to_vec::<f32>(), [2.0, -1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn ceil(&self) -> Tensor {
        Ceil.apply(self)
    }
}
