//! `is_finite`: which numbers are neither infinite nor NaN.

use crate::Tensor;

impl Tensor {
    /// Whether each element is neither infinite nor NaN, as bool; true for whole numbers and bool.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, f64::NAN]).is_finite().to_vec::<bool>(), [true, false]);
    /// ```
    #[track_caller]
    pub fn is_finite(&self) -> Tensor {
        match self.dtype().is_float() {
            true => self.detach().abs().less(f64::INFINITY),
            false => self.equal(self),
        }
    }
}
