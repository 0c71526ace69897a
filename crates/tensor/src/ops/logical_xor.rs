//! `logical_xor`: whether exactly one of two is true.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `either x or y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogicalXor;

impl Compare for LogicalXor {
    const NAME: &'static str = "logical_xor";
    const DOC: &'static str = "Elementwise `either x or y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.equal(S::ZERO) ^ y.equal(S::ZERO)
    }
}

impl Tensor {
    /// Elementwise `either x or y`, as bool; of tensors of bool the operator `^`. What is not 0 counts as
    /// true, NaN too. Shapes stretch to a common one; dtypes must be equal; a number takes the tensor's
    /// dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((tensor([true, true]) ^ tensor([true, false])).to_vec::<bool>(), [false, true]);
    /// assert_eq!(tensor([2.0, 0.0]).logical_xor(1.0).to_vec::<bool>(), [false, true]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[track_caller]
    pub fn logical_xor(&self, other: impl Operand) -> Tensor {
        LogicalXor.apply(self, &other.beside(self))
    }
}
