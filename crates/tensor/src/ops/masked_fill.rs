//! `masked_fill`: another number wherever a mask is true.

use crate::{Operand, Tensor};

impl Tensor {
    /// `value` where `mask`, a tensor of bool, is true, the tensor's elements elsewhere. All stretch to a common shape.
    /// The gradient is 0 where the mask is true.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([1.0, f64::NAN, 3.0]);
    /// assert_eq!(x.masked_fill(&x.is_nan(), 0).to_vec::<f32>(), [1.0, 0.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When the mask is not of bool, the shapes do not stretch, or the dtypes of value and tensor differ.
    #[track_caller]
    pub fn masked_fill(&self, mask: &Tensor, value: impl Operand) -> Tensor {
        mask.choose(&*value.beside(self), self)
    }
}
