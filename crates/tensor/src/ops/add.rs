//! `add`: the sum of two tensors.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise sum.
#[derive(Clone, Copy, Debug, Default)]
pub struct Add;

impl Zip for Add {
    const NAME: &'static str = "add";
    const DOC: &'static str = "Elementwise sum.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::NONE;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x + y
    }

    fn left(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        head.clone()
    }

    fn right(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        head.clone()
    }
}

impl Tensor {
    /// Elementwise sum. The operator `+`. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((tensor([1.0, 2.0]) + tensor([[10.0], [20.0]])).to_vec::<f32>(), [11.0, 12.0, 21.0, 22.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn add(&self, other: impl Operand) -> Tensor {
        Add.apply(self, &other.beside(self))
    }
}
