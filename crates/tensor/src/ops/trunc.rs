//! `trunc`: a number without its fraction.

use ndgrad_array::{DTypes, Scalar};

use super::map::is_whole;
use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise number without its fraction.
#[derive(Clone, Copy, Debug, Default)]
pub struct Trunc;

impl Map for Trunc {
    const NAME: &'static str = "trunc";
    const DOC: &'static str = "Elementwise number without its fraction.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;
    const DOMAIN: [f64; 2] = [0.1, 0.4];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        if is_whole::<S>() { x } else { x.trunc() }
    }

    /// The slope is 0, at the steps too.
    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        Tensor::zeros_like(head)
    }
}

impl Tensor {
    /// Elementwise number without its fraction: the nearest whole number towards 0. Infinities and NaN stay;
    /// zero keeps its sign. The gradient is 0 everywhere. Integers stay as they are.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.7, -1.7]).trunc().to_vec::<f32>(), [1.0, -1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn trunc(&self) -> Tensor {
        Trunc.apply(self)
    }
}
