//! `atanh`: the inverse of the hyperbolic tangent.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise inverse of the hyperbolic tangent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Atanh;

impl Map for Atanh {
    const NAME: &'static str = "atanh";
    const DOC: &'static str = "Elementwise inverse of the hyperbolic tangent.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [-0.7, 0.7];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.atanh()
    }

    /// The slope is 1 / (1 - x^2), in two factors, since x^2 would cancel near 1.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        head / ((1.0 - &x) * (1.0 + &x))
    }
}

impl Tensor {
    /// Elementwise inverse of the hyperbolic tangent. NumPy's `arctanh`. Infinite at -1 and 1, NaN beyond.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 0.5]).atanh().to_vec::<f32>(), [0.0, 0.54930615]);
    /// ```
    #[doc(alias = "arctanh")]
    #[inline]
    #[track_caller]
    pub fn atanh(&self) -> Tensor {
        Atanh.apply(self)
    }
}
