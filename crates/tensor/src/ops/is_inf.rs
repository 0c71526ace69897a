//! `is_inf`: which numbers are infinite.

use crate::Tensor;

impl Tensor {
    /// Whether each element is infinite, of either sign, as bool; false for whole numbers and bool.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, f64::NEG_INFINITY]).is_inf().to_vec::<bool>(), [false, true]);
    /// ```
    #[track_caller]
    pub fn is_inf(&self) -> Tensor {
        match self.dtype().is_float() {
            true => self.detach().abs().equal(f64::INFINITY),
            false => self.not_equal(self),
        }
    }
}
