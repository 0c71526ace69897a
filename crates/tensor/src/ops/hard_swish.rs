//! `hard_swish`: x, weighted by its hard sigmoid.

use ndgrad_array::DTypes;

use super::{accept, check_dtype};
use crate::Tensor;

impl Tensor {
    /// Elementwise `x * hard_sigmoid(x)` (Howard et al., "Searching for MobileNetV3", 2019). 0 at -inf; NaN stays NaN.
    /// At the corners the gradient is that between them.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([-9.0, 1.5, 4.0]).hard_swish().to_vec::<f32>(), [0.0, 1.125, 4.0]);
    /// ```
    #[track_caller]
    pub fn hard_swish(&self) -> Tensor {
        // Below -3 the weight is 0; cut there, -inf does not meet it.
        accept(check_dtype("hard_swish", DTypes::FLOATS, &self.spec()));
        self.maximum(-3.0) * self.hard_sigmoid()
    }
}
