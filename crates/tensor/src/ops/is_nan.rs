//! `is_nan`: which numbers are none.

use crate::Tensor;

impl Tensor {
    /// Whether each element is NaN, as bool; false for whole numbers and bool.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, f64::NAN]).is_nan().to_vec::<bool>(), [false, true]);
    /// ```
    #[track_caller]
    pub fn is_nan(&self) -> Tensor {
        self.not_equal(self)
    }
}
