//! `greater_equal`: whether one number is not less than another.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x >= y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct GreaterEqual;

impl Compare for GreaterEqual {
    const NAME: &'static str = "greater_equal";
    const DOC: &'static str = "Elementwise `x >= y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        y.less(x) | y.equal(x)
    }
}

impl Tensor {
    /// Elementwise `x >= y`, as bool: false if either is NaN. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0, 3.0]).greater_equal(2.0).to_vec::<bool>(), [false, true, true]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "ge")]
    #[track_caller]
    pub fn greater_equal(&self, other: impl Operand) -> Tensor {
        GreaterEqual.apply(self, &other.beside(self))
    }
}
