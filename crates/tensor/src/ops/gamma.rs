//! `gamma`: the gamma function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise gamma function: `(x - 1)!` of whole numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Gamma;

impl Map for Gamma {
    const NAME: &'static str = "gamma";
    const DOC: &'static str = "Elementwise gamma function: `(x - 1)!` of whole numbers.";
    const SAVES: Saves = Saves::ALL;
    const DOMAIN: [f64; 2] = [0.7, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.gamma()
    }

    /// The slope is y digamma(x).
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * (call.output() * call.input(0).digamma())
    }
}

impl Tensor {
    /// Elementwise gamma function: `(x - 1)!` of whole numbers. Infinite at 0, with the sign of the zero, and
    /// beyond 35 (f32) or 171 (f64); NaN at negative whole numbers and -inf.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([5.0, 0.5]).gamma().to_vec::<f32>(), [24.0, 1.7724539]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn gamma(&self) -> Tensor {
        Gamma.apply(self)
    }
}
