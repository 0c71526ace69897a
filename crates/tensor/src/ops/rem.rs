//! `rem`: the remainder of a division.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise remainder, with the sign of the divisor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rem;

impl Zip for Rem {
    const NAME: &'static str = "rem";
    const DOC: &'static str = "Elementwise remainder, with the sign of the divisor.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [1.0, 3.0];

    /// The rest of Rust's `%` is exact and has the sign of x. Whole numbers divided by 0 would be a panic: 1 stands in.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        let none = y.equal(S::ZERO);
        let rest = x % S::select(none, S::ONE, y);
        let sides = rest.less(S::ZERO) ^ y.less(S::ZERO);
        let other_side = sides & !rest.equal(S::ZERO);
        let rest = S::select(other_side, rest + y, rest);
        let rest = S::select(rest.equal(S::ZERO), S::select(y.less(S::ZERO), -S::ZERO, S::ZERO), rest);
        S::select(none, S::NAN, rest)
    }

    /// The slope is 1, at the steps too.
    fn left(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        head.clone()
    }

    /// The slope is -floor(x / y), at the steps too. The quotient without the remainder is whole but for
    /// rounding.
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let [x, y] = [call.input(0), call.input(1)];
        -(head * ((&x - x.rem(&y)) / y).round())
    }
}

impl Tensor {
    /// Elementwise remainder of `x / y`, with the sign of y: `x - y floor(x / y)`, but without rounding
    /// between, as Python and NumPy have it. The operator `%`. By 0 it is NaN, or 0 for whole numbers. Shapes
    /// stretch to a common one; dtypes must be equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((tensor([5.5, -1.0]) % 3.0).to_vec::<f32>(), [2.5, 2.0]);
    /// assert_eq!((tensor([5, -1]) % -3).to_vec::<i32>(), [-1, -1]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "mod")]
    #[doc(alias = "modulo")]
    #[doc(alias = "remainder")]
    #[inline]
    #[track_caller]
    pub fn rem(&self, other: impl Operand) -> Tensor {
        Rem.apply(self, &other.beside(self))
    }
}
