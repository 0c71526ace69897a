//! `neg`: the opposite number.

use ndgrad_array::Scalar;

use super::{Map, Saves};
use crate::Tensor;

/// Elementwise `-x`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neg;

impl Map for Neg {
    const NAME: &'static str = "neg";
    const DOC: &'static str = "Elementwise `-x`.";
    const SAVES: Saves = Saves::NONE;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        -x
    }

    /// -1
    fn slope(self, x: &Tensor, _: &Tensor) -> Tensor {
        -Tensor::ones_like(x)
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
