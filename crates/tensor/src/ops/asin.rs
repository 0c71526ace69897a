//! `asin`: the angle with this sine.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise angle in [-pi/2, pi/2] with this sine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asin;

impl Map for Asin {
    const NAME: &'static str = "asin";
    const DOC: &'static str = "Elementwise angle in [-pi/2, pi/2] with this sine.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [-0.7, 0.7];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.asin()
    }

    /// The slope is 1 / sqrt(1 - x^2), from two factors, since x^2 would cancel near 1.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        head * ((1.0 - &x) * (1.0 + &x)).rsqrt()
    }
}

impl Tensor {
    /// Elementwise angle in [-pi/2, pi/2] with this sine. NumPy's `arcsin`. NaN outside [-1, 1]; the slope is
    /// infinite at its ends.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1.0]).asin().to_vec::<f32>(), [0.0, std::f32::consts::FRAC_PI_2]);
    /// ```
    #[doc(alias = "arcsin")]
    #[inline]
    #[track_caller]
    pub fn asin(&self) -> Tensor {
        Asin.apply(self)
    }
}
