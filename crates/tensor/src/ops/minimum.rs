//! `minimum`: the smaller of two numbers.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise smaller one of two numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Minimum;

impl Zip for Minimum {
    const NAME: &'static str = "minimum";
    const DOC: &'static str = "Elementwise smaller one of two numbers.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        S::select(y.less(x) | !y.equal(y), y, x)
    }

    /// 1 where x <= y: a tie goes to the left.
    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        call.input(0).greater(call.input(1)).choose(0, head)
    }

    /// 1 where the right one is taken.
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        call.input(0).greater(call.input(1)).choose(head, 0)
    }
}

impl Tensor {
    /// Elementwise smaller one of two numbers. NaN if either is, as NumPy has it. Equal numbers: the left
    /// one, and its is the gradient. Shapes stretch to a common one; dtypes must be equal; a number takes the
    /// tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 5.0]).minimum(3.0).to_vec::<f32>(), [1.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn minimum(&self, other: impl Operand) -> Tensor {
        Minimum.apply(self, &other.beside(self))
    }
}
