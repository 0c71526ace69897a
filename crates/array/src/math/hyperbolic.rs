//! `sinh`, `cosh`, `tanh` and their inverses.
//!
//! Odd functions are computed of the absolute value, so they keep the sign of 0. `sinh` and `cosh` are half the sum or
//! difference of e^x and its reciprocal, `tanh` is E / (E + 2) with E = e^2x - 1; where that would cancel there is a
//! polynomial. `sinh` and `cosh` overflow above 710.4758600739439 (f32: 89.41599). The inverses are logarithms
//! (Kahan, "Branch cuts for complex elementary functions", 1987, section 6, on the real line).

use super::exponential::{exp_m1_short, exp_parts, exp_short, half_exp_m1};
use super::logarithm::ln_1p_short;
use super::{limit, polynomial, power_of_two, round};

// (sinh x - x) / x^3 of x^2, for |x| <= 1; within 2^-61.3.
const SINH: [f64; 7] = [
    0.16666666666666666,
    0.008333333333333299,
    0.00019841269841324198,
    2.7557319191381816e-06,
    2.5052117695907823e-08,
    1.6057679623801638e-10,
    7.746178593018827e-13,
];

/// Where `sinh` and `cosh` are largest.
const LARGEST: f64 = 710.4758600739439;

/// e^x / 2 in two parts, and e^-x / 2, for x from 0 to 711.
#[inline(always)]
fn halves(x: f64) -> (f64, f64, f64) {
    let (high, low, k) = exp_parts(x);
    let first = round(0.5 * k);
    let (one, two) = (power_of_two(first), power_of_two(k - first - 1.0));
    let (high, low) = (high * one * two, low * one * two);
    (high, low, 0.25 / (high + low))
}

/// y, or infinity where x is too large; NaN stays NaN.
#[inline(always)]
fn below_largest(x: f64, y: f64) -> f64 {
    if x <= LARGEST { y } else { x * f64::INFINITY }
}

/// The hyperbolic sine, within 0.9 units in the last place.
#[inline(always)]
pub fn sinh(x: f64) -> f64 {
    let size = x.abs();
    let square = size * size;
    let near = size + size * (square * polynomial(square, &SINH));
    let (high, low, reciprocal) = halves(limit(size, 0.0, LARGEST));
    let difference = high - reciprocal;
    let far = difference + (((high - difference) - reciprocal) + low);
    below_largest(size, if size < 1.0 { near } else { far }).copysign(x)
}

/// The hyperbolic cosine, within 0.7 units in the last place.
#[inline(always)]
pub fn cosh(x: f64) -> f64 {
    let size = x.abs();
    let (high, low, reciprocal) = halves(limit(size, 0.0, LARGEST));
    let sum = high + reciprocal;
    below_largest(size, sum + (((high - sum) + reciprocal) + low))
}

/// The hyperbolic tangent, within 1 units in the last place.
#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    let size = x.abs();
    let (half, low) = half_exp_m1(limit(2.0 * size, 0.0, 60.0));
    let divisor = half + 1.0;
    let y = half / divisor;
    // What was lost in dividend and divisor; the reciprocal of the divisor is 1 - y.
    let y = y + (low - y * (low + ((1.0 - divisor) + half))) * (1.0 - y);
    (if size < 2f64.powi(-28) { size } else { y }).copysign(x)
}

/// The hyperbolic sine, within 0.51 units in the last place: (E + E / (E + 1)) / 2 with E = e^x - 1.
#[inline(always)]
pub fn sinh_single(x: f32) -> f32 {
    let grown = exp_m1_short(limit(f64::from(x).abs(), 0.0, 200.0));
    ((0.5 * (grown + grown / (grown + 1.0))) as f32).copysign(x)
}

/// The hyperbolic cosine, within 0.503 units in the last place.
#[inline(always)]
pub fn cosh_single(x: f32) -> f32 {
    let power = exp_short(limit(x.into(), -200.0, 200.0));
    (0.5 * (power + 1.0 / power)) as f32
}

/// The hyperbolic tangent, within 0.51 units in the last place.
#[inline(always)]
pub fn tanh_single(x: f32) -> f32 {
    let grown = exp_m1_short(limit(2.0 * f64::from(x).abs(), 0.0, 60.0));
    ((grown / (grown + 2.0)) as f32).copysign(x)
}

/// The inverse of `sinh`, within 0.501 units in the last place.
#[inline(always)]
pub fn asinh_single(x: f32) -> f32 {
    // No square of an f32 overflows f64; that of infinity would make NaN.
    let size = limit(f64::from(x).abs(), 0.0, 1e39);
    let y = ln_1p_short(size + size * size / (1.0 + (size * size + 1.0).sqrt()));
    ((if x.abs() == f32::INFINITY { f64::INFINITY } else { y }) as f32).copysign(x)
}

/// The inverse of `cosh`, within 0.501 units in the last place; NaN below 1.
#[inline(always)]
pub fn acosh_single(x: f32) -> f32 {
    let above = f64::from(x) - 1.0;
    let y = ln_1p_short(above + (above * (above + 2.0)).sqrt());
    (if above < 0.0 { f64::NAN } else { y }) as f32
}

/// The inverse of `tanh`, within 0.501 units in the last place; infinite at 1 and -1, NaN beyond.
#[inline(always)]
pub fn atanh_single(x: f32) -> f32 {
    let size = f64::from(x).abs();
    ((0.5 * ln_1p_short(2.0 * size / (1.0 - size))) as f32).copysign(x)
}
