//! `selu`: an `elu` that keeps mean 0 and variance 1.

use ndgrad_array::DTypes;

use super::{accept, check_dtype};
use crate::Tensor;

/// The solution of equation (14) in the paper, to the last digit of an f64.
const ALPHA: f64 = 1.673_263_242_354_377_2;
const SCALE: f64 = 1.050_700_987_355_480_5;

impl Tensor {
    /// Elementwise `scale * elu(alpha)`, with the two constants that keep mean 0 and variance 1 (Klambauer, Unterthiner,
    /// Mayr and Hochreiter, "Self-Normalizing Neural Networks", 2017). NaN stays NaN.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, f64::NEG_INFINITY]).selu().to_vec::<f32>(), [1.050701, -1.7580993]);
    /// ```
    #[track_caller]
    pub fn selu(&self) -> Tensor {
        accept(check_dtype("selu", DTypes::FLOATS, &self.spec()));
        SCALE * self.elu(ALPHA)
    }
}
