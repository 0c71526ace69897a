//! `atan2`: the angle of a point.

use ndgrad_array::Scalar;

use super::{Call, Saves, Zip};
use crate::{Operand, Tensor};

/// Elementwise angle of the point (y, x), y first.
#[derive(Clone, Copy, Debug, Default)]
pub struct Atan2;

impl Zip for Atan2 {
    const NAME: &'static str = "atan2";
    const DOC: &'static str = "Elementwise angle of the point (y, x), y first.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.5, 3.0];

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        x.atan2(y)
    }

    /// x / (x^2 + y^2), divided twice, since the squares may overflow; 0 at the origin.
    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let [y, x] = [call.input(0), call.input(1)];
        let length = y.hypot(&x);
        let length = length.masked_fill(&length.equal(0), 1);
        head * (x / &length / &length)
    }

    /// -y / (x^2 + y^2).
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        let [y, x] = [call.input(0), call.input(1)];
        let length = y.hypot(&x);
        let length = length.masked_fill(&length.equal(0), 1);
        -(head * (y / &length / &length))
    }
}

impl Tensor {
    /// Elementwise angle of the point with the ordinate `self` and the abscissa `x`, in [-pi, pi]; signs of
    /// zeros and infinities count as in IEEE 754. The gradient at the origin is 0. Shapes stretch to a common
    /// one; dtypes must be equal; a number takes the tensor's dtype.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// use std::f32::consts::FRAC_PI_2;
    /// let [y, x] = [tensor([0.0, 1.0]), tensor([1.0, 0.0])];
    /// assert_eq!(y.atan2(x).to_vec::<f32>(), [0.0, FRAC_PI_2]);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not stretch, or the dtypes differ.
    #[doc(alias = "arctan2")]
    #[doc(alias = "angle")]
    #[inline]
    #[track_caller]
    pub fn atan2(&self, x: impl Operand) -> Tensor {
        Atan2.apply(self, &x.beside(self))
    }
}
