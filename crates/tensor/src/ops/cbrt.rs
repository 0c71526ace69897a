//! `cbrt`: the cube root.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise cube root.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cbrt;

impl Map for Cbrt {
    const NAME: &'static str = "cbrt";
    const DOC: &'static str = "Elementwise cube root.";
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.cbrt()
    }

    /// The slope is 1 / (3 y^2).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head / (3.0 * call.output().square())
    }
}

impl Tensor {
    /// Elementwise cube root, of negative numbers too. Its slope at 0 is infinite.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([27.0, -8.0]).cbrt().to_vec::<f32>(), [3.0, -2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn cbrt(&self) -> Tensor {
        Cbrt.apply(self)
    }
}
