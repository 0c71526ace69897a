//! `less`: whether one number is less than another.

use ndgrad_array::Scalar;

use super::Compare;
use crate::{Operand, Tensor};

/// Elementwise `x < y`, as bool.
#[derive(Clone, Copy, Debug, Default)]
pub struct Less;

impl Compare for Less {
    const NAME: &'static str = "less";
    const DOC: &'static str = "Elementwise `x < y`, as bool.";

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        x.less(y)
    }
}

impl Tensor {
    /// Elementwise `x < y`, as bool: false if either is NaN, and false is less than true. Shapes stretch to a common
    /// one; dtypes must be equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0]).less(1.5).to_vec::<bool>(), [true, false]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[track_caller]
    pub fn less(&self, other: impl Operand) -> Tensor {
        Less.apply(self, &other.beside(self))
    }
}
