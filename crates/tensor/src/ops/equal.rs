//! `equal`: whether two numbers are equal.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x == y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct Equal;

impl Compare for Equal {
    const NAME: &'static str = "equal";
    const DOC: &'static str = "Elementwise `x == y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.equal(y)
    }
}

impl Tensor {
    /// Elementwise `x == y`, as bool: false if either is NaN. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0]).equal(2.0).to_vec::<bool>(), [false, true]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "eq")]
    #[track_caller]
    pub fn equal(&self, other: impl Operand) -> Tensor {
        Equal.apply(self, &other.beside(self))
    }
}
