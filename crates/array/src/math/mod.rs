//! Exponentials, logarithms, angles: formulas made of what vector registers can do.
//!
//! A function that branches on its argument, or looks a number up in a table, is computed one element at a time. The
//! ones here add, multiply, divide, shift and select, so that a loop over them becomes a loop over vector registers,
//! whichever there are; none uses a fused multiply-add, so all of them give the same bits.
//!
//! # Two precisions
//!
//! What ends in `_single` takes and gives f32. It computes in f64 with a short polynomial, exact to 30 bits or more, and
//! rounds once, to f32: that is within 0.53 units in the last place everywhere (0.5 is what the nearest number has),
//! and subnormal numbers, overflow and underflow need no care, since f64 has room for all of them. `exp_single` alone is
//! computed in f32, within 0.73 units (0.78 where the result is subnormal). What ends in `_short` is that computation in
//! f64. The other functions are those of f64, within 1 unit.
//!
//! `tests/functions.rs` measures all of this; `tests/golden/coefficients.py` makes the polynomials.
//!
//! # Sources
//!
//! Reduction of arguments by constants in parts, and approximation on what is left: Cody and Waite, "Software manual
//! for the elementary functions", 1980. Sums and products with their rounding errors: Muller and others, "Handbook of
//! floating-point arithmetic", 2nd edition, 2018, chapter 4. What is particular is said in each file.

mod error_function;
mod exponential;
mod hyperbolic;
mod inverse;
mod logarithm;
mod power;
mod trigonometric;

pub use error_function::{erf_single, erfc_single, normal_cdf, normal_cdf_single};
pub use exponential::{exp, exp_m1, exp_m1_single, exp_single, exp2, exp2_single};
pub use hyperbolic::{
    acosh_single, asinh_single, atanh_single, cosh, cosh_single, sinh, sinh_single, tanh, tanh_single,
};
pub use inverse::{acos_single, asin_single, atan_single, atan2_single};
pub use logarithm::{ln, ln_1p, ln_1p_single, ln_single, log2, log2_single, log10, log10_single};
pub use power::{cbrt_single, hypot_single, pow_single};
pub use trigonometric::{cos_single, sin_single, tan_single};

/// Added to a number below 2^51 it leaves no room for a fraction, and the low bits of the sum are those of the whole
/// number in two's complement.
const WHOLE: f64 = 6_755_399_441_055_744.0; // 1.5 * 2^52

/// The nearest whole number, for sizes below 2^51.
#[inline(always)]
fn round(x: f64) -> f64 {
    (x + WHOLE) - WHOLE
}

/// 2^k for a whole k from -1023, where it is 0, to 1023.
#[inline(always)]
fn power_of_two(k: f64) -> f64 {
    f64::from_bits((k + (WHOLE + 1023.0)).to_bits() << 52)
}

/// y 2^k, where 2^k itself may be too large or too small: |k| up to 2046.
#[inline(always)]
fn scale(y: f64, k: f64) -> f64 {
    let half = round(0.5 * k);
    y * power_of_two(half) * power_of_two(k - half)
}

/// A polynomial by Horner's rule, lowest power first.
#[inline(always)]
fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let mut sum = coefficients[N - 1];
    let mut i = N - 1;
    while i > 0 {
        i -= 1;
        sum = sum * x + coefficients[i];
    }
    sum
}

/// The same by Horner's rule over four terms at a time, which do not wait for each other (Estrin, "Organization of computer
/// systems: the fixed plus variable structure computer", 1960). What is computed for f32 has digits to spare for the
/// other rounding.
#[inline(always)]
fn polynomial_short<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    let square = x * x;
    let fourth = square * square;
    let two = |i: usize| match coefficients.get(i + 1) {
        Some(next) => coefficients[i] + next * x,
        None => coefficients[i],
    };
    let four = |i: usize| if i + 2 < N { two(i) + two(i + 2) * square } else { two(i) };
    let mut i = (N - 1) / 4 * 4;
    let mut sum = four(i);
    while i > 0 {
        i -= 4;
        sum = four(i) + sum * fourth;
    }
    sum
}

/// A sum, and what was lost in rounding it (Knuth's, which asks for no order).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// x, or the end of the range that it exceeds; NaN stays NaN.
#[inline(always)]
fn limit<T: PartialOrd>(x: T, low: T, high: T) -> T {
    let x = if x < low { low } else { x };
    if x > high { high } else { x }
}
