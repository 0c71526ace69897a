//! `replace_nan`: another number in the place of every NaN.

use ndgrad_array::Scalar;

use super::elements::where_equal;
use super::{Call, Map, Saves};
use crate::Tensor;

/// Another number in the place of every NaN.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReplaceNan {
    /// What stands for NaN.
    pub value: f64,
}

impl Map for ReplaceNan {
    const NAME: &'static str = "replace_nan";
    const DOC: &'static str = "Another number in the place of every NaN.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.equal(x), x, S::literal(self.value))
    }

    /// The slope is 1, and 0 at NaN, which alone differs from itself.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let x = call.input(0);
        head * where_equal(&x, &x)
    }
}

impl Tensor {
    /// `value` in the place of every NaN; other numbers, infinities among them, stay. No gradient reaches a NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, f64::NAN]).replace_nan(-1.0).to_vec::<f32>(), [1.0, -1.0]);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats.
    #[track_caller]
    pub fn replace_nan(&self, value: f64) -> Tensor {
        ReplaceNan { value }.apply(self)
    }
}
