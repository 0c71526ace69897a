//! `maximum`: the larger of two numbers.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise larger one of two numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Maximum;

impl Zip for Maximum {
    const NAME: &'static str = "maximum";
    const DOC: &'static str = "Elementwise larger one of two numbers.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        S::select(x.less(y) | !y.equal(y), y, x)
    }

    /// 1 where x >= y: a tie goes to the left.
    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        call.input(0).less(call.input(1)).choose(0, head)
    }

    /// 1 where the right one is taken.
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        call.input(0).less(call.input(1)).choose(head, 0)
    }
}

impl Tensor {
    /// Elementwise larger one of two numbers. NaN if either is, as NumPy has it. Equal numbers: the left one,
    /// and its is the gradient. Shapes stretch to a common one; dtypes must be equal; a number takes the
    /// tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 5.0]).maximum(3.0).to_vec::<f32>(), [3.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn maximum(&self, other: impl Operand) -> Tensor {
        Maximum.apply(self, &other.beside(self))
    }
}
