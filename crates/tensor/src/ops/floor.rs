//! `floor`: the whole number not above.

use ndgrad_array::{DTypes, Scalar};

use super::map::is_whole;
use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise largest whole number not above x.
#[derive(Clone, Copy, Debug, Default)]
pub struct Floor;

impl Map for Floor {
    const NAME: &'static str = "floor";
    const DOC: &'static str = "Elementwise largest whole number not above x.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;
    const DOMAIN: [f64; 2] = [0.1, 0.4];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        if is_whole::<S>() { x } else { x.floor() }
    }

    /// The slope is 0, at the steps too.
    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        Tensor::zeros_like(head)
    }
}

impl Tensor {
    /// Elementwise largest whole number not above x. Infinities and NaN stay; zero keeps its sign. The
    /// gradient is 0 everywhere. Integers stay as they are.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.7, -1.2]).floor().to_vec::<f32>(), [1.0, -2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn floor(&self) -> Tensor {
        Floor.apply(self)
    }
}
