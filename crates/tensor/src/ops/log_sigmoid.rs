//! `log_sigmoid`: the logarithm of the sigmoid.

use ndgrad_array::DTypes;

use super::{accept, check_dtype};
use crate::Tensor;

impl Tensor {
    /// Elementwise `log(sigmoid(x))`, which is `-softplus(-x)`: without overflow, and without losing what is tiny. NaN
    /// stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([-1e9, 0.0]).log_sigmoid().to_vec::<f32>(), [-1e9, -std::f32::consts::LN_2]);
    /// ```
    #[track_caller]
    pub fn log_sigmoid(&self) -> Tensor {
        accept(check_dtype("log_sigmoid", DTypes::FLOATS, &self.spec()));
        -(-self).softplus()
    }
}
