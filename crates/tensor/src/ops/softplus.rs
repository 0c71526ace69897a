//! `softplus`: a smooth `relu`.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise `log(1 + e^x)`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softplus;

impl Map for Softplus {
    const NAME: &'static str = "softplus";
    const DOC: &'static str = "Elementwise `log(1 + e^x)`.";
    const SAVES: Saves = Saves::INPUTS;

    /// max(x, 0) + log(1 + e^-|x|): Mächler, "Accurately Computing log(1 - exp(-|a|))", 2012.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.less(S::ZERO), S::ZERO, x) + (-x.abs()).exp().ln_1p()
    }

    /// The slope is the sigmoid of x.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).sigmoid()
    }
}

impl Tensor {
    /// Elementwise `log(1 + e^x)`, without overflow and without losing what is tiny. NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([0.0, 1e9]).softplus().to_vec::<f32>(), [std::f32::consts::LN_2, 1e9]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn softplus(&self) -> Tensor {
        Softplus.apply(self)
    }
}
