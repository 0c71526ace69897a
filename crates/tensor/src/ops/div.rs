//! `div`: the quotient of two tensors, element by element.

use ndgrad_array::Scalar;

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise quotient.
#[derive(Clone, Copy, Debug, Default)]
pub struct Div;

impl Zip for Div {
    const NAME: &'static str = "div";
    const DOC: &'static str = "Elementwise quotient.";
    const SAVES: Saves = Saves::ALL;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x / y
    }

    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head / call.input(1)
    }

    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        -(head * call.output() / call.input(1))
    }
}

impl Tensor {
    /// Elementwise quotient. The operator `/`. Shapes stretch to a common one; dtypes must be
    /// equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!((tensor([1.0, 2.0]) / 4.0).to_vec::<f32>(), [0.25, 0.5]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn div(&self, other: impl Operand) -> Tensor {
        Div.apply(self, &other.beside(self))
    }
}
