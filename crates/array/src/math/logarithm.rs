//! `ln`, `log2`, `log10`, `ln_1p`.
//!
//! With x = 2^e m and m in [sqrt 1/2, sqrt 2), ln x = e ln 2 + ln m. With f = m - 1 and s = f / (2 + f), ln m is
//! ln (1 + s) / (1 - s) = 2 s + s R(s^2), and 2 s = f - s f, so that f itself, which is exact, is the largest term
//! (Tang, "Table-driven implementation of the logarithm function", ACM TOMS 16, 1990, and others before).
//!
//! At 0: -infinity; below: NaN; at infinity: infinity. NaN stays NaN. Subnormal numbers are scaled first. The
//! logarithm of 1 is 0. `ln_1p` keeps the sign of 0.

use super::{WHOLE, polynomial, polynomial_short, two_sum};
use std::f64::consts::{FRAC_1_SQRT_2, LN_2, LOG2_E, LOG10_E};

/// ln 2 in two parts; the high one has 42 bits, so its product with an exponent of 11 bits is exact.
const LN_2_HIGH: f64 = 0.6931471805598903;
const LN_2_LOW: f64 = 5.497923018708371e-14;

// R(z) / z, for z = s^2 up to 0.0295; within 2^-51.5 and 2^-37.0.
const LN: [f64; 7] = [
    0.666666666666667,
    0.39999999999899505,
    0.2857142862597575,
    0.22222211134751835,
    0.18182889128412458,
    0.15331721495826012,
    0.1461645097955211,
];
const LN_SHORT: [f64; 5] =
    [0.666666666673751, 0.39999998797332925, 0.28571754536866334, 0.22191400769876132, 0.19362654888385172];

/// e and m of a positive finite number that is not subnormal.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    const LEAST: u64 = FRAC_1_SQRT_2.to_bits();
    const MANTISSA: u64 = (1 << 52) - 1;
    // The exponent of x / sqrt 1/2, by carries into it.
    let shifted = x.to_bits().wrapping_add(1f64.to_bits() - LEAST);
    let m = f64::from_bits((shifted & MANTISSA) + LEAST);
    // A whole number below 2^51 in the low bits of 1.5 * 2^52.
    let e = f64::from_bits((shifted >> 52) | WHOLE.to_bits()) - (WHOLE + 1023.0);
    (e, m)
}

/// [`split`], also of subnormal numbers.
#[inline(always)]
fn split_any(x: f64) -> (f64, f64) {
    let subnormal = x < f64::MIN_POSITIVE;
    let (e, m) = split(if subnormal { x * 2f64.powi(54) } else { x });
    (if subnormal { e - 54.0 } else { e }, m)
}

/// f, f^2 / 2, and what is to be added to f - f^2 / 2 to give ln (1 + f).
#[inline(always)]
fn parts(m: f64) -> (f64, f64, f64) {
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let half_square = 0.5 * f * f;
    (f, half_square, s * (half_square + z * polynomial(z, &LN)))
}

/// y, where x has a logarithm; what x gives elsewhere.
#[inline(always)]
fn checked(x: f64, y: f64) -> f64 {
    let y = if x < f64::INFINITY { y } else { x };
    let y = if x < 0.0 { f64::NAN } else { y };
    if x == 0.0 { f64::NEG_INFINITY } else { y }
}

/// The logarithm of x + rest, for a rest in the last place of x.
#[inline(always)]
fn ln_of(x: f64, rest: f64) -> f64 {
    let (e, m) = split_any(x);
    let (f, half_square, more) = parts(m);
    let low = e * LN_2_LOW + rest / x;
    checked(x, e * LN_2_HIGH - ((half_square - (more + low)) - f))
}

/// The natural logarithm, within 0.9 units in the last place.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    let (e, m) = split_any(x);
    let (f, half_square, more) = parts(m);
    checked(x, e * LN_2_HIGH - ((half_square - (more + e * LN_2_LOW)) - f))
}

/// ln (1 + x), within 0.9 units in the last place: the sum in two parts.
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let (sum, rest) = two_sum(1.0, x);
    let y = ln_of(sum, rest);
    if x.abs() < 2f64.powi(-54) { x } else { y }
}

/// A logarithm to another base: `per_e` in two parts, the high one of 26 bits, times the natural one, and `per_octave`
/// in two parts, the high one of 42 bits, for each doubling.
#[inline(always)]
fn scaled_logarithm(x: f64, per_e: [f64; 2], per_octave: [f64; 2]) -> f64 {
    let (e, m) = split_any(x);
    let (f, half_square, more) = parts(m);
    // The logarithm of m in two parts, the high one of 21 bits.
    let high = f64::from_bits((f - half_square).to_bits() & (!0 << 32));
    let low = ((f - high) - half_square) + more;
    let product = high * per_e[0];
    let rest = e * per_octave[1] + (low + high) * per_e[1] + low * per_e[0];
    let octaves = e * per_octave[0];
    let sum = octaves + product;
    checked(x, ((octaves - sum) + product + rest) + sum)
}

/// The logarithm to base 2, within 0.6 units in the last place; exact at powers of 2.
#[inline(always)]
pub fn log2(x: f64) -> f64 {
    scaled_logarithm(x, [1.4426950216293335, 1.9259629911266175e-08], [1.0, 0.0])
}

/// The logarithm to base 10, within 0.6 units in the last place.
#[inline(always)]
pub fn log10(x: f64) -> f64 {
    let per_octave = [0.30102999566395283, 2.8363394551044964e-14];
    scaled_logarithm(x, [0.4342944771051407, 4.798111141615973e-09], per_octave)
}

/// The natural logarithm for f32: within 2^-42, of numbers that are not subnormal.
#[inline(always)]
pub(super) fn ln_short(x: f64) -> f64 {
    let (e, m) = split(x);
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    checked(x, e * LN_2 + s * (2.0 + z * polynomial_short(z, &LN_SHORT)))
}

/// ln (1 + x) for f32, within 2^-42.
#[inline(always)]
pub(super) fn ln_1p_short(x: f64) -> f64 {
    let (sum, rest) = two_sum(1.0, x);
    let y = ln_short(sum);
    if y.abs() < f64::INFINITY { y + rest / sum } else { y }
}

/// The natural logarithm, within 0.501 units in the last place.
#[inline(always)]
pub fn ln_single(x: f32) -> f32 {
    ln_short(x.into()) as f32
}

/// The logarithm to base 2, within 0.501 units in the last place; exact at powers of 2.
#[inline(always)]
pub fn log2_single(x: f32) -> f32 {
    (ln_short(x.into()) * LOG2_E) as f32
}

/// The logarithm to base 10, within 0.501 units in the last place.
#[inline(always)]
pub fn log10_single(x: f32) -> f32 {
    (ln_short(x.into()) * LOG10_E) as f32
}

/// ln (1 + x), within 0.501 units in the last place.
#[inline(always)]
pub fn ln_1p_single(x: f32) -> f32 {
    let y = ln_1p_short(x.into()) as f32;
    if x == 0.0 { x } else { y }
}
