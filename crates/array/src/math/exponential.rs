//! `exp`, `exp2`, `exp_m1`.
//!
//! With k the whole number nearest to x / ln 2, e^x = 2^k e^r with |r| <= ln 2 / 2, and e^r = 1 + r + r^2 q(r).
//! In f64, r is a sum of two numbers, and so is the result until its last rounding. For f32, 2^x = 2^k 2^f with f = x - k, and
//! e^x is 2^(x / ln 2): f64 has digits enough to multiply first. `exp` of f32 alone is computed in f32, in the way of f64, which
//! is twice the numbers in a register: softmax and much else wait for it.
//!
//! At infinities: infinity, 0 (`exp_m1`: -1). NaN stays NaN. Above 709.782712893384 (f32: 88.72284) the result is
//! infinity; it is subnormal from -708.4 (-87.34) on and 0 from -745.1332 (-103.98) on. `exp_m1` keeps the sign of 0.

use super::{WHOLE, limit, polynomial, polynomial_short, power_of_two, round, scale, two_sum};
use std::f64::consts::{LN_2, LOG2_E};

/// ln 2 in two parts; the high one has 42 bits, so its product with a k of 11 bits is exact.
const LN_2_HIGH: f64 = 0.6931471805598903;
const LN_2_LOW: f64 = 5.497923018708371e-14;
/// ln 2 in two parts; the high one has 27 bits, so its product with a number of 26 bits is exact.
const LN_2_SHORT: f64 = 0.693147175014019;
const LN_2_REST: f64 = 5.5459262969660605e-09;
/// ln 2 in two parts for f32; the high one has 10 bits, so its product with a k of 8 bits is exact.
const LN_2_HIGH_SINGLE: f32 = 355.0 / 512.0;
const LN_2_LOW_SINGLE: f32 = -0.00021219444;

// (e^r - 1 - r) / r^2, for |r| <= ln 2 / 2; within 2^-59.3.
const EXP: [f64; 11] = [
    0.5,
    0.1666666666666667,
    0.04166666666666667,
    0.008333333333326141,
    0.0013888888888883752,
    0.00019841269874800683,
    2.4801587325533502e-05,
    2.75572554255029e-06,
    2.7557273661174726e-07,
    2.5105206475334834e-08,
    2.091467944897855e-09,
];
// (e^r - 1 - r) / r^2 for f32, for |r| <= ln 2 / 2; within 2^-29.4.
const EXP_SINGLE: [f32; 6] = [0.5, 0.16666667, 0.041666465, 0.0083333109, 0.0013933644, 0.00019890984];
// (2^f - 1) / f, for |f| <= 1/2; within 2^-32.5.
const EXP2_SHORT: [f64; 7] = [
    LN_2,
    0.24022650922288757,
    0.055504108839096185,
    0.009618056678524637,
    0.001333350238616277,
    0.0001546144469856913,
    1.5297323760701075e-05,
];

/// k and the two parts of r.
#[inline(always)]
fn reduce(x: f64) -> (f64, f64, f64) {
    let k = round(x * LOG2_E);
    let (high, low) = (x - k * LN_2_HIGH, k * LN_2_LOW);
    let r = high - low;
    (k, r, (high - r) - low)
}

/// e^(r + rest) in two parts, for |r| <= 0.35 and a rest in the last places of r.
#[inline(always)]
fn reduced(r: f64, rest: f64) -> (f64, f64) {
    let sum = 1.0 + r;
    (sum, (r - (sum - 1.0)) + (rest + r * r * polynomial(r, &EXP)))
}

/// e^x in two parts that both are to be scaled by 2^k, and k.
#[inline(always)]
pub(super) fn exp_parts(x: f64) -> (f64, f64, f64) {
    let (k, r, rest) = reduce(x);
    let (high, low) = reduced(r, rest);
    (high, low, k)
}

/// e^x, within 0.6 units in the last place.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let (high, low, k) = exp_parts(limit(x, -746.0, 710.0));
    scale(high + low, k)
}

/// 2^x, within 0.6 units in the last place: e^(r ln 2), with the product in two parts.
#[inline(always)]
pub fn exp2(x: f64) -> f64 {
    let x = limit(x, -1076.0, 1024.0);
    let k = round(x);
    let r = x - k;
    // The first 26 bits of a number below 1/2: multiples of 2^-27.
    let high = (r + 2f64.powi(-27) * WHOLE) - 2f64.powi(-27) * WHOLE;
    let product = high * LN_2_SHORT;
    let rest = (r - high) * LN_2 + high * LN_2_REST;
    let sum = product + rest;
    let (high, low) = reduced(sum, rest - (sum - product));
    scale(high + low, k)
}

/// (e^x - 1) / 2 in two parts, for |x| from 2^-54 to 710. With h = 2^(k-1) it is (h - 1/2) + h (e^r - 1).
#[inline(always)]
pub(super) fn half_exp_m1(x: f64) -> (f64, f64) {
    let (k, r, rest) = reduce(x);
    let half = power_of_two(k - 1.0);
    let (sum, lost) = two_sum(half - 0.5, half * r);
    let small = lost + half * (rest + r * r * polynomial(r, &EXP));
    let y = sum + small;
    (y, (sum - y) + small)
}

/// e^x - 1, within 0.8 units in the last place.
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    let y = 2.0 * half_exp_m1(limit(x, -50.0, 710.0)).0;
    if x.abs() < 2f64.powi(-54) { x } else { y }
}

/// 2^f - 1 for the fraction f of x, |f| <= 1/2, and what 2^k for the whole number k = x - f adds to the bits of a number
/// that it scales: |x| <= 1000.
#[inline(always)]
fn split_short(x: f64) -> (f64, u64) {
    let shifted = x + WHOLE;
    let f = x - (shifted - WHOLE);
    (f * polynomial_short(f, &EXP2_SHORT), shifted.to_bits() << 52)
}

/// 2^x for f32: |x| <= 1000, within 2^-32.
#[inline(always)]
pub(super) fn exp2_short(x: f64) -> f64 {
    let (grown, exponent) = split_short(x);
    f64::from_bits((1.0 + grown).to_bits().wrapping_add(exponent))
}

/// e^x for f32: |x| <= 690, within 2^-32.
#[inline(always)]
pub(super) fn exp_short(x: f64) -> f64 {
    exp2_short(x * LOG2_E)
}

/// e^x - 1 for f32: |x| <= 690, within 2^-30.
#[inline(always)]
pub(super) fn exp_m1_short(x: f64) -> f64 {
    let (grown, exponent) = split_short(x * LOG2_E);
    let power = f64::from_bits(1f64.to_bits().wrapping_add(exponent));
    (power - 1.0) + power * grown
}

/// e^x, within 0.73 units in the last place, and within 0.78 where it is subnormal (all of f32 were tried).
///
/// Of 1, the high part of r, and the rest, the first two are added in two parts. 2^k is a product of two powers, both normal: of
/// half of k, whose bits are those of k shifted by one place less, and of what is missing.
#[inline(always)]
pub fn exp_single(x: f32) -> f32 {
    /// What leaves no room for a fraction, as [`WHOLE`] does, and in the low bits the whole number and the bias of two exponents.
    const WHOLE_BIASED: f32 = 12_583_166.0; // 1.5 * 2^23 + 2 * 127

    let near = limit(x, -104.0, 89.0);
    let shifted = near * std::f32::consts::LOG2_E + WHOLE_BIASED;
    let k = shifted - WHOLE_BIASED;
    let (high, low) = (near - k * LN_2_HIGH_SINGLE, k * LN_2_LOW_SINGLE);
    let r = high - low;
    let square = r * r;
    let [a, b, c, d, e, f] = EXP_SINGLE;
    let q = a + r * (b + r * ((c + d * r) + (e + f * r) * square));
    let sum = 1.0 + high;
    let y = sum + (((high - (sum - 1.0)) - low) + square * q);

    let bits = shifted.to_bits();
    let half = (bits << 22) & f32::INFINITY.to_bits();
    let missing = (bits << 23).wrapping_sub(half);
    y * f32::from_bits(half) * f32::from_bits(missing)
}

/// 2^x, within 0.503 units in the last place.
#[inline(always)]
pub fn exp2_single(x: f32) -> f32 {
    exp2_short(limit(x, -200.0, 200.0).into()) as f32
}

/// e^x - 1, within 0.51 units in the last place.
#[inline(always)]
pub fn exp_m1_single(x: f32) -> f32 {
    (exp_m1_short(limit(x, -200.0, 200.0).into()) as f32).copysign(x)
}
