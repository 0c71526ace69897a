//! `pow`, `cbrt`, `hypot`.

use super::exponential::exp2_short;
use super::limit;
use super::logarithm::ln_short;
use std::f64::consts::LOG2_E;

/// 2^51: from here on every f64 is even or rounds to itself.
const LARGE: f64 = 2_251_799_813_685_248.0;

/// Whether a number that came from f32 has no fraction; infinity counts, NaN does not.
#[inline(always)]
fn is_whole(x: f64) -> bool {
    (x.abs() >= LARGE) | (super::round(x) == x)
}

/// x^y, within 0.51 units in the last place: 2^(y log2 x).
///
/// x^0 and 1^y are 1, even of NaN. A negative x has a power for whole y alone, which is negative where y is odd; zeros
/// and infinities go with the limits, and -1 to an infinite power is 1 (IEEE 754, 9.2.1).
#[inline(always)]
pub fn pow_single(x: f32, y: f32) -> f32 {
    let (x, y) = (f64::from(x), f64::from(y));
    let size = x.abs();
    let power = exp2_short(limit(ln_short(size) * LOG2_E * y, -400.0, 400.0));
    // 0 infinity and such are no powers of 1.
    let power = if (size == 1.0) & !y.is_nan() { 1.0 } else { power };
    let (whole, odd) = (is_whole(y), is_whole(y) & !is_whole(0.5 * y));
    let power = if odd { power.copysign(x) } else { power };
    let power = if (x < 0.0) & (x > f64::NEG_INFINITY) & !whole { f64::NAN } else { power };
    (if (y == 0.0) | (x == 1.0) { 1.0 } else { power }) as f32
}

/// The cube root, within 0.503 units in the last place: 2^(log2 x / 3). Keeps the sign of 0.
#[inline(always)]
pub fn cbrt_single(x: f32) -> f32 {
    let thirds = ln_short(f64::from(x).abs()) * (LOG2_E / 3.0);
    (exp2_short(limit(thirds, -200.0, 200.0)) as f32).copysign(x)
}

/// The distance of (x, y) from the origin, within 0.5001 units in the last place. Infinite where a coordinate is, even
/// if the other is NaN.
#[inline(always)]
pub fn hypot_single(x: f32, y: f32) -> f32 {
    let (width, height) = (f64::from(x), f64::from(y));
    let far = (x.abs() == f32::INFINITY) | (y.abs() == f32::INFINITY);
    (if far { f64::INFINITY } else { (width * width + height * height).sqrt() }) as f32
}
