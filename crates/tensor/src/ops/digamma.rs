//! `digamma`: the slope of the logarithm of the gamma function.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise slope of the logarithm of the gamma function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Digamma;

impl Map for Digamma {
    const NAME: &'static str = "digamma";
    const DOC: &'static str = "Elementwise slope of the logarithm of the gamma function.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.7, 3.0];

    /// By recurrence to 10 and beyond, then by the asymptotic series; below 0 by reflection (Abramowitz and Stegun,
    /// "Handbook of Mathematical Functions", 6.3.5, 6.3.18 and 6.3.7).
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let below = x.less(S::ZERO);
        let mut y = S::select(below, S::ONE - x, x);
        let mut sum = S::ZERO;
        for _ in 0..10 {
            let low = y.less(S::literal(10.0));
            sum = S::select(low, sum + S::ONE / y, sum);
            y = S::select(low, y + S::ONE, y);
        }
        let inverse = S::ONE / y;
        let square = inverse * inverse;
        let series = SERIES.iter().rev().fold(S::ZERO, |sum, &term| (sum + S::literal(term)) * square);
        let above = y.ln() - (S::literal(0.5) * inverse + series) - sum;
        // The cotangent has period 1: at the exact distance from the nearest whole number nothing is lost.
        let rest = x - x.round_even();
        let pi = S::literal(std::f64::consts::PI);
        let reflected = above - pi / (pi * rest).tan();
        let reflected = S::select(rest.equal(S::ZERO), S::NAN, reflected);
        S::select(below, reflected, above)
    }

    /// The slope is the trigamma function.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).polygamma(1)
    }
}

/// The Bernoulli numbers B(2k), each divided by 2k.
const SERIES: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 120.0,
    1.0 / 252.0,
    -1.0 / 240.0,
    1.0 / 132.0,
    -691.0 / 32760.0,
    1.0 / 12.0,
    -3617.0 / 8160.0,
];

impl Tensor {
    /// Elementwise slope of the logarithm of the gamma function, the polygamma function of order 0. Infinite at 0, with
    /// the sign opposite to the zero's; NaN at negative whole numbers and -inf.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert!((tensor([1.0]).digamma().item() + 0.5772157).abs() < 1e-6);
    /// ```
    #[doc(alias = "psi")]
    #[inline]
    #[track_caller]
    pub fn digamma(&self) -> Tensor {
        Digamma.apply(self)
    }
}
