//! `neg`: the opposite number.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `-x`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neg;

impl Map for Neg {
    const NAME: &'static str = "neg";
    const DOC: &'static str = "Elementwise `-x`.";
    const DTYPES: DTypes = DTypes::SIGNED;
    const SAVES: Saves = Saves::NONE;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        -x
    }

    /// The slope is -1.
    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        -head
    }
}

impl Tensor {
    /// Elementwise `-x`. The operator `-`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((-tensor([1.0, -2.0])).to_vec::<f32>(), [-1.0, 2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn neg(&self) -> Tensor {
        Neg.apply(self)
    }
}
