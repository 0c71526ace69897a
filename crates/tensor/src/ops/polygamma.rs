//! `polygamma`: the slopes of the digamma function, of any order.

use ndgrad_array::Scalar;

use super::{Call, Map, Saves};
use crate::Tensor;

/// Elementwise derivative of the digamma function.
#[derive(Clone, Copy, Debug)]
pub struct Polygamma {
    /// How many times the digamma function is derived: at least once.
    pub order: u32,
}

impl Default for Polygamma {
    fn default() -> Polygamma {
        Polygamma { order: 1 }
    }
}

impl Map for Polygamma {
    const NAME: &'static str = "polygamma";
    const DOC: &'static str = "Elementwise derivative, of any order, of the digamma function.";
    const SAVES: Saves = Saves::INPUTS;
    const DOMAIN: [f64; 2] = [0.7, 3.0];

    /// -(-1)^n n! times the sum of (x + k)^-(n + 1) over all k from 0 on, a Hurwitz zeta function (Abramowitz and
    /// Stegun, "Handbook of Mathematical Functions", 6.4.10).
    ///
    /// For x below 0 it is the sum over all whole k, which depends on the distance to the nearest whole number alone, less
    /// that over the negative k.
    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        let power = self.order + 1;
        let even = power.is_multiple_of(2);
        let signed = |value: S| if even { value } else { -value };
        let below = x.less(S::ZERO);
        let zeta = hurwitz(power, S::select(below, S::ONE - x, x));
        let rest = x - x.round_even();
        let all = inverse_power(power, rest) + hurwitz(power, S::ONE + rest) + signed(hurwitz(power, S::ONE - rest));
        // At a pole of an odd power the two sides differ.
        let lost = if even { S::HIGHEST } else { S::NAN };
        let reflected = S::select(rest.equal(S::ZERO), lost, all - signed(zeta));
        let factorial = (1..=self.order).fold(1.0, |product, k| product * f64::from(k));
        S::literal(factorial) * signed(S::select(below, reflected, zeta))
    }

    /// The slope is the next one.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0).polygamma(self.order + 1)
    }
}

/// The sum of (x + k)^-power over all k from 0 on, for x from 0 on: the first terms one by one, the others by the
/// formula of Euler and Maclaurin (Johansson, "Rigorous high-precision computation of the Hurwitz zeta function and its
/// derivatives", 2015, section 2). It needs more of the former for higher powers.
#[inline(always)]
fn hurwitz<S: Scalar>(power: u32, x: S) -> S {
    let count = 12 + 2 * power;
    let (mut y, mut sum) = (x, S::ZERO);
    for _ in 0..count {
        let low = y.less(S::literal(count.into()));
        sum = S::select(low, sum + inverse_power(power, y), sum);
        y = S::select(low, y + S::ONE, y);
    }
    let inverse = S::ONE / y;
    let mut rising = f64::from(power);
    let mut term = inverse;
    let mut series = S::literal(1.0 / f64::from(power - 1)) + S::literal(0.5) * inverse;
    let mut next = f64::from(power);
    let square = inverse * inverse;
    for ratio in RATIOS {
        term = if ratio == RATIOS[0] { square } else { term * square };
        series = series + S::literal(ratio * rising) * term;
        rising *= (next + 1.0) * (next + 2.0);
        next += 2.0;
    }
    sum + inverse_power(power - 1, y) * series
}

/// x^-power, by repeated multiplication.
#[inline(always)]
fn inverse_power<S: Scalar>(power: u32, x: S) -> S {
    let mut product = S::ONE;
    for _ in 0..power {
        product = product * x;
    }
    S::ONE / product
}

/// The Bernoulli numbers B(2k), each divided by (2k)!.
const RATIOS: [f64; 8] = [
    1.0 / 12.0,
    -1.0 / 720.0,
    1.0 / 30240.0,
    -1.0 / 1209600.0,
    1.0 / 47900160.0,
    -691.0 / 1307674368000.0,
    1.0 / 74724249600.0,
    -3617.0 / 10670622842880000.0,
];

impl Tensor {
    /// Elementwise derivative of the given order of the digamma function: order 1 is the trigamma function; order 0 the
    /// digamma function itself. At 0 and at negative whole numbers it is infinite where both sides agree in the
    /// sign, which is for odd orders; else NaN, but at 0. NaN at -inf.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0]).polygamma(1).to_vec::<f32>(), [1.644934]);
    /// ```
    #[doc(alias = "trigamma")]
    #[track_caller]
    pub fn polygamma(&self, order: u32) -> Tensor {
        if order == 0 { self.digamma() } else { Polygamma { order }.apply(self) }
    }
}
