//! `pow`: one number to the power of another.

use ndgrad_array::{DTypes, Scalar};

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise `x^y`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pow;

impl Zip for Pow {
    const NAME: &'static str = "pow";
    const DOC: &'static str = "Elementwise `x^y`.";
    const DTYPES: DTypes = DTypes::NUMBERS;
    const SAVES: Saves = Saves::ALL;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x.pow(y)
    }

    /// y x^(y - 1). At 0^0 the infinite power is not taken, so that its product with 0 is 0, in further
    /// gradients too.
    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let [x, y] = [call.input(0), call.input(1)];
        let none = x.equal(0).logical_and(y.equal(0));
        head * (&y * x.pow(y.masked_fill(&none, 1) - 1))
    }

    /// x^y log x. At x = 0 with y from 0 on the infinite logarithm is not taken.
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let [x, y] = [call.input(0), call.input(1)];
        let none = x.equal(0).logical_and(y.greater_equal(0));
        head * (call.output() * x.masked_fill(&none, 1).log())
    }
}

impl Tensor {
    /// Elementwise `x^y`; `0^0` is 1, as is 1 to the power of NaN. NaN for negative x, unless y is whole.
    /// Whole numbers wrap around; to a negative power they are 0, but for 1 and -1. Shapes stretch to a
    /// common one; dtypes must be equal; a number takes the tensor's dtype.
    ///
    /// The slope in x is `y x^(y - 1)`, and 0 for `0^0`. The slope in y is `x^y log x`: 0 for x = 0 and y
    /// from 0 on, NaN for negative x.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, -2.0]).pow(2).to_vec::<f32>(), [9.0, 4.0]);
    /// assert_eq!(tensor([4.0, 0.0]).pow(0.5).to_vec::<f32>(), [2.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "power")]
    #[doc(alias = "powf")]
    #[doc(alias = "powi")]
    #[inline]
    #[track_caller]
    pub fn pow(&self, exponent: impl Operand) -> Tensor {
        Pow.apply(self, &exponent.beside(self))
    }
}
