//! `not_equal`: whether two numbers differ.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x != y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct NotEqual;

impl Compare for NotEqual {
    const NAME: &'static str = "not_equal";
    const DOC: &'static str = "Elementwise `x != y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        !x.equal(y)
    }
}

impl Tensor {
    /// Elementwise `x != y`, as bool: true if either is NaN. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0]).not_equal(2.0).to_vec::<bool>(), [true, false]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "ne")]
    #[track_caller]
    pub fn not_equal(&self, other: impl Operand) -> Tensor {
        NotEqual.apply(self, &other.beside(self))
    }
}
