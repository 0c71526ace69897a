//! `sub`: the difference of two tensors.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise difference.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sub;

impl Zip for Sub {
    const NAME: &'static str = "sub";
    const DOC: &'static str = "Elementwise difference.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x - y
    }

    fn left(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        head.clone()
    }

    fn right(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        -head
    }
}

impl Tensor {
    /// Elementwise difference. The operator `-`. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((1.0 - tensor([1.0, 2.0])).to_vec::<f32>(), [0.0, -1.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn sub(&self, other: impl Operand) -> Tensor {
        Sub.apply(self, &other.beside(self))
    }
}
