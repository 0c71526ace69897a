//! `hard_sigmoid`: a sigmoid of three straight lines.

use ndgrad_array::DTypes;

use super::{accept, check_dtype};
use crate::Tensor;

impl Tensor {
    /// Elementwise `(x + 3) / 6`, but not below 0 nor above 1 (Howard et al., "Searching for MobileNetV3", 2019). NaN
    /// stays NaN. The gradient passes at the two corners.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([-9.0, 0.0, 1.5]).hard_sigmoid().to_vec::<f32>(), [0.0, 0.5, 0.75]);
    /// ```
    #[track_caller]
    pub fn hard_sigmoid(&self) -> Tensor {
        accept(check_dtype("hard_sigmoid", DTypes::FLOATS, &self.spec()));
        (self + 3.0).clip(0.0, 6.0) / 6.0
    }
}
