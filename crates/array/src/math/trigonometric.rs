//! `sin`, `cos`, `tan`.
//!
//! The angle in turns, x / 2 pi, less the nearest quarter of a turn, leaves a polynomial on [-pi/4, pi/4]. An f32 may be
//! as large as 2^128, so 1 / 2 pi is needed to 205 bits, but of its pieces of 29 bits only four matter to any one x:
//! with those before them, x is whole turns (Payne and Hanek, "Radian reduction for trigonometric functions", ACM
//! SIGNUM Newsletter 18, 1983). The products, of 24 by 29 bits, are exact in f64.
//!
//! At infinities and NaN: NaN. `sin` and `tan` keep the sign of 0.

use super::{WHOLE, polynomial_short, round, two_sum};
use std::f64::consts::TAU;

/// 1 / 2 pi, in pieces that end at bit 31, 60, 89, ... behind the point.
const PER_TURN: [f64; 7] = [
    0.15915494272485375,
    3.6704158115630214e-10,
    5.690025167992954e-19,
    1.4703036846932608e-27,
    2.5867171752090537e-36,
    9.458140877728297e-46,
    9.301187196294348e-54,
];

// (sin x - x) / x^3 and (cos x - 1 + x^2 / 2) / x^4 of x^2, for |x| <= pi/4; within 2^-35.1 and 2^-28.9.
const SIN_SHORT: [f64; 4] =
    [-0.16666666663855279, 0.008333331874706047, -0.00019840086733136276, 2.724992551149805e-06];
const COS_SHORT: [f64; 3] = [0.04166666465949648, -0.0013888303034781209, 2.4547941844446252e-05];

/// Quarters of a turn, in the lowest two bits, and the angle that is left, of a number without sign.
#[inline(always)]
fn reduce(size: f64) -> (u64, f64) {
    let mut pieces = [PER_TURN[0], PER_TURN[1], PER_TURN[2], PER_TURN[3]];
    // From these sizes on one piece more makes whole turns alone.
    for (first, least) in [(1, 54), (2, 83), (3, 112)] {
        let beyond = size >= 2f64.powi(least);
        for (i, piece) in pieces.iter_mut().enumerate() {
            *piece = if beyond { PER_TURN[first + i] } else { *piece };
        }
    }
    let part = |turns: f64| turns - round(turns);
    let (turns, lost) = two_sum(part(size * pieces[0]), part(size * pieces[1]));
    // The others are below 2^-6 and 2^-35 of a turn.
    let (more, rest) = (size * pieces[2], size * pieces[3]);
    let quarters = 4.0 * (turns + more) + WHOLE;
    let left = ((turns - 0.25 * (quarters - WHOLE)) + more) + (lost + rest);
    (quarters.to_bits(), left * TAU)
}

/// The sine and the cosine of an angle in [-pi/4, pi/4], within 2^-30.
#[inline(always)]
fn sin_cos(x: f64) -> (f64, f64) {
    let z = x * x;
    (x + x * z * polynomial_short(z, &SIN_SHORT), (1.0 - 0.5 * z) + z * z * polynomial_short(z, &COS_SHORT))
}

/// The sine of a reduced angle and this many quarters of a turn.
#[inline(always)]
fn turned(quarters: u64, left: f64) -> f64 {
    let (sin, cos) = sin_cos(left);
    let value = if quarters & 1 == 0 { sin } else { cos };
    f64::from_bits(value.to_bits() ^ ((quarters & 2) << 62))
}

/// The sine, within 0.52 units in the last place.
#[inline(always)]
pub fn sin_single(x: f32) -> f32 {
    let (quarters, left) = reduce(f64::from(x).abs());
    let sign = f64::from(x).to_bits() & (1 << 63);
    f64::from_bits(turned(quarters, left).to_bits() ^ sign) as f32
}

/// The cosine, within 0.52 units in the last place.
#[inline(always)]
pub fn cos_single(x: f32) -> f32 {
    let (quarters, left) = reduce(f64::from(x).abs());
    turned(quarters.wrapping_add(1), left) as f32
}

/// The tangent, within 0.54 units in the last place.
#[inline(always)]
pub fn tan_single(x: f32) -> f32 {
    let (quarters, left) = reduce(f64::from(x).abs());
    let (sin, cos) = sin_cos(left);
    let even = quarters & 1 == 0;
    let y = (if even { sin } else { -cos }) / (if even { cos } else { sin });
    f64::from_bits(y.to_bits() ^ (f64::from(x).to_bits() & (1 << 63))) as f32
}
