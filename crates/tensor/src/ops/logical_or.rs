//! `logical_or`: whether one of two is true.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x or y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogicalOr;

impl Compare for LogicalOr {
    const NAME: &'static str = "logical_or";
    const DOC: &'static str = "Elementwise `x or y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        !x.equal(S::ZERO) | !y.equal(S::ZERO)
    }
}

impl Tensor {
    /// Elementwise `x or y`, as bool; of tensors of bool the operator `|`. What is not 0 counts as true, NaN
    /// too. Shapes stretch to a common one; dtypes must be equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((tensor([true, false]) | tensor([false, false])).to_vec::<bool>(), [true, false]);
    /// assert_eq!(tensor([2.0, 0.0]).logical_or(0.0).to_vec::<bool>(), [true, false]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[track_caller]
    pub fn logical_or(&self, other: impl Operand) -> Tensor {
        LogicalOr.apply(self, &other.beside(self))
    }
}
