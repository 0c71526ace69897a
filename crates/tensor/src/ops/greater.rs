//! `greater`: whether one number is more than another.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x > y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct Greater;

impl Compare for Greater {
    const NAME: &'static str = "greater";
    const DOC: &'static str = "Elementwise `x > y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        y.less(x)
    }
}

impl Tensor {
    /// Elementwise `x > y`, as bool: false if either is NaN. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0, 3.0]).greater(2.0).to_vec::<bool>(), [false, false, true]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "gt")]
    #[track_caller]
    pub fn greater(&self, other: impl Operand) -> Tensor {
        Greater.apply(self, &other.beside(self))
    }
}
