//! `mul`: the product of two tensors, element by element.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise product.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mul;

impl Zip for Mul {
    const NAME: &'static str = "mul";
    const DOC: &'static str = "Elementwise product.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x * y
    }

    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(1)
    }

    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0)
    }
}

impl Tensor {
    /// Elementwise product. The operator `*`. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((tensor([1.0, 2.0]) * tensor([3.0, 4.0])).to_vec::<f32>(), [3.0, 8.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn mul(&self, other: impl Operand) -> Tensor {
        Mul.apply(self, &other.beside(self))
    }
}
