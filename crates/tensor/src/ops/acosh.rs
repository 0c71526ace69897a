//! `acosh`: the inverse of the hyperbolic cosine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise inverse of the hyperbolic cosine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Acosh;

impl Map for Acosh {
    const NAME: &'static str = "acosh";
    const DOC: &'static str = "Elementwise inverse of the hyperbolic cosine.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [1.5, 4.0];

    /// What `libm` gives for large negative numbers is not NaN.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.less(S::ONE), S::NAN, x.acosh())
    }

    /// The slope is 1 / sqrt(x^2 - 1), in two factors: x^2 may overflow, and cancels near 1.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        head / ((&x - 1.0).sqrt() * (x + 1.0).sqrt())
    }
}

impl Tensor {
    /// Elementwise inverse of the hyperbolic cosine. NumPy's `arccosh`. NaN below 1.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0]).acosh().to_vec::<f32>(), [0.0, 1.316958]);
    /// ```
    #[doc(alias = "arccosh")]
    #[inline]
    #[track_caller]
    pub fn acosh(&self) -> Tensor {
        Acosh.apply(self)
    }
}
