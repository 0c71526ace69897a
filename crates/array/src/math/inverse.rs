//! `asin`, `acos`, `atan`, `atan2`: the angle of a point.
//!
//! With the larger coordinate as divisor, the tangent is at most 1, where a polynomial serves; the rest is symmetry.
//! The point of `asin` and `acos` lies on the unit circle; sqrt((1 - x) (1 + x)) does not cancel. They are NaN outside
//! [-1, 1]. Odd functions keep the sign of 0.

use super::polynomial_short;
use std::f64::consts::{FRAC_PI_2, PI};

// (atan x - x) / x^3 of x^2, for |x| <= 1; within 2^-33.9.
const ATAN_SHORT: [f64; 12] = [
    -0.3333333332694414,
    0.19999998154086215,
    -0.14285624891483525,
    0.11109392308322223,
    -0.09073553118976409,
    0.0758665283364667,
    -0.06246315194128317,
    0.047294798621813336,
    -0.02991311194551696,
    0.014072923344697239,
    -0.0042216579909296476,
    0.0005930437556365282,
];

/// The angle of the point (x, y), for a y that is not negative, in [0, pi].
#[inline(always)]
fn angle(y: f64, x: f64) -> f64 {
    let size = x.abs();
    let steep = y > size;
    let tangent = if steep { size } else { y } / if steep { y } else { size };
    let z = tangent * tangent;
    let low = tangent + tangent * z * polynomial_short(z, &ATAN_SHORT);
    let right = if steep { FRAC_PI_2 - low } else { low };
    if x < 0.0 { PI - right } else { right }
}

/// The angle with this tangent, within 0.51 units in the last place.
#[inline(always)]
pub fn atan_single(x: f32) -> f32 {
    (angle(f64::from(x).abs(), 1.0) as f32).copysign(x)
}

/// The angle with this sine, within 0.51 units in the last place.
#[inline(always)]
pub fn asin_single(x: f32) -> f32 {
    let size = f64::from(x).abs();
    (angle(size, ((1.0 - size) * (1.0 + size)).sqrt()) as f32).copysign(x)
}

/// The angle with this cosine, within 0.51 units in the last place.
#[inline(always)]
pub fn acos_single(x: f32) -> f32 {
    let x = f64::from(x);
    angle(((1.0 - x) * (1.0 + x)).sqrt(), x) as f32
}

/// The angle of the point (x, y), within 0.51 units in the last place. Coordinates that are both infinite count as
/// equal; where both are 0 only their signs count.
#[inline(always)]
pub fn atan2_single(y: f32, x: f32) -> f32 {
    let (height, width) = (f64::from(y).abs(), f64::from(x).abs());
    let both = |size: f64| height == size && width == size;
    let (origin, corner) = (both(0.0), both(f64::INFINITY));
    let height = if corner { 1.0 } else { height };
    let width = if corner | origin { 1.0 } else { width };
    (angle(height, width.copysign(x.into())) as f32).copysign(y)
}
