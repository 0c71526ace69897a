//! `rsqrt`: 1 divided by the square root.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `1 / sqrt(x)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rsqrt;

impl Map for Rsqrt {
    const NAME: &'static str = "rsqrt";
    const DOC: &'static str = "Elementwise `1 / sqrt(x)`.";
    const SAVES: Saves = Saves::OUTPUT;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::ONE / x.sqrt()
    }

    /// The slope is -y^3 / 2.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let y = call.output();
        head * (-0.5 * &y * y.square())
    }
}

impl Tensor {
    /// Elementwise `1 / sqrt(x)`. Infinite at 0, NaN below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([4.0, 0.25]).rsqrt().to_vec::<f32>(), [0.5, 2.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn rsqrt(&self) -> Tensor {
        Rsqrt.apply(self)
    }
}
