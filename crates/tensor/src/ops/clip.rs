//! `clip`: numbers brought between two others.

use crate::{Operand, Tensor};

impl Tensor {
    /// Elementwise `low` where x is below it, `high` where x is above it, else x: `x.maximum(low).minimum(high)`, as NumPy
    /// has it, so that NaN stays NaN, and `high` wins over a `low` that is above it. Numbers or tensors, which
    /// stretch. For one limit alone there are [`Tensor::maximum`] and [`Tensor::minimum`].
    ///
    /// The gradient passes between the limits and at them, and is 0 beyond.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([-5.0, 0.5, 5.0]).clip(-1.0, 1.0).to_vec::<f32>(), [-1.0, 0.5, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "clamp")]
    #[track_caller]
    pub fn clip(&self, low: impl Operand, high: impl Operand) -> Tensor {
        self.maximum(low).minimum(high)
    }
}
