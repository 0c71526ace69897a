//! `leaky_relu`: what is above 0, and a little of what is below.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise x above 0, x times a small slope below.
#[derive(Clone, Copy, Debug)]
pub struct LeakyRelu {
    /// The slope below 0.
    pub slope: f64,
}

impl Default for LeakyRelu {
    fn default() -> LeakyRelu {
        LeakyRelu { slope: 0.01 }
    }
}

impl Map for LeakyRelu {
    const NAME: &'static str = "leaky_relu";
    const DOC: &'static str = "Elementwise x above 0, x times a small slope below.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.2, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.less(S::ZERO), S::literal(self.slope) * x, x)
    }

    /// The slope is 1 above 0, else the small one, at 0 too.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        call.input(0).greater(0).choose(head, self.slope * head)
    }
}

impl Tensor {
    /// Elementwise x above 0, `slope * x` below (Maas, Hannun and Ng, "Rectifier Nonlinearities Improve Neural Network
    /// Acoustic Models", 2013). NaN stays NaN. At 0 the gradient takes `slope`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3.0, -2.0]).leaky_relu(0.5).to_vec::<f32>(), [3.0, -1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn leaky_relu(&self, slope: f64) -> Tensor {
        LeakyRelu { slope }.apply(self)
    }
}
