//! `less_equal`: whether one number is not more than another.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x <= y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct LessEqual;

impl Compare for LessEqual {
    const NAME: &'static str = "less_equal";
    const DOC: &'static str = "Elementwise `x <= y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.less(y) | x.equal(y)
    }
}

impl Tensor {
    /// Elementwise `x <= y`, as bool: false if either is NaN. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0, 3.0]).less_equal(2.0).to_vec::<bool>(), [true, true, false]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "le")]
    #[track_caller]
    pub fn less_equal(&self, other: impl Operand) -> Tensor {
        LessEqual.apply(self, &other.beside(self))
    }
}
