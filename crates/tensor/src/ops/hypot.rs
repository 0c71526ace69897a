//! `hypot`: the distance of a point from the origin.

use ndgrad_array::Scalar;

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise `sqrt(x^2 + y^2)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hypot;

impl Zip for Hypot {
    const NAME: &'static str = "hypot";
    const DOC: &'static str = "Elementwise `sqrt(x^2 + y^2)`.";
    const SAVES: Saves = Saves::ALL;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x.hypot(y)
    }

    /// x / length, and 0 at the origin.
    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let length = call.output();
        head * (call.input(0) / length.masked_fill(&length.equal(0), 1))
    }

    /// y / length, and 0 at the origin.
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let length = call.output();
        head * (call.input(1) / length.masked_fill(&length.equal(0), 1))
    }
}

impl Tensor {
    /// Elementwise `sqrt(x^2 + y^2)`, without overflow between. Infinite if either is, even beside NaN. The
    /// gradient at the origin is 0. Shapes stretch to a common one; dtypes must be equal; a number takes the
    /// tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, 0.0]).hypot(tensor([4.0, 0.0])).to_vec::<f32>(), [5.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[inline]
    #[track_caller]
    pub fn hypot(&self, other: impl Operand) -> Tensor {
        Hypot.apply(self, &other.beside(self))
    }
}
