//! Quantiles of the standard normal distribution.

use ndgrad_array::Scalar;

/// The number below which a standard normal draw lies with probability `p`, `0 < p < 1`, to about 1e-16 relative
/// (Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37, 1988,
/// routine PPND16). Of its three quotients of polynomials one is computed, with the coefficients selected.
#[inline(always)]
pub fn inverse_normal(p: f64) -> f64 {
    let q = p - 0.5;
    let central = q.abs() <= 0.425;
    let depth = (-Scalar::ln(if q < 0.0 { p } else { 1.0 - p })).sqrt();
    let middle = depth <= 5.0;
    let r = if middle { depth - 1.6 } else { depth - 5.0 };
    let r = if central { 0.180625 - q * q } else { r };
    let polynomial = |part: usize| {
        let coefficient = |i: usize| {
            let outer = if middle { MIDDLE[part][i] } else { TAIL[part][i] };
            if central { CENTRE[part][i] } else { outer }
        };
        (0..7).rev().fold(coefficient(7), |sum, i| sum * r + coefficient(i))
    };
    let size = polynomial(0) / polynomial(1);
    if central { q * size } else { size.copysign(q) }
}

/// The standard normal number of 32 uniform bits: the quantile of the middle of the interval that they stand for, so
/// that neither 0 nor 1 occurs; within 7 units in the last place (the root of the mean square is 0.8). `!bits` gives
/// its negative.
///
/// With u from -1 to 1 it is u times a quotient of two polynomials of w = -ln (1 - u^2), so the logarithm is all that
/// the tails need (Giles, "Approximating the erfinv function", GPU Computing Gems 2, 2011, has two polynomials
/// instead). All in f32, of which a register holds twice as many as of f64.
#[inline(always)]
pub fn normal_single(bits: u32) -> f32 {
    let centred = (bits ^ 0x8000_0000) as i32;
    let from_middle = centred ^ (centred >> 31);
    let from_end = i32::MAX - from_middle;
    let middle_of = |interval: i32| interval as f32 + 0.5;
    let u = middle_of(from_middle) * 2f32.powi(-31);
    let p = middle_of(from_end) * 2f32.powi(-32);
    let w = minus_ln(4.0 * p * (1.0 - p));
    let above = SINGLE_ABOVE.iter().rev().fold(0.0, |sum, c| sum * w + c);
    let below = SINGLE_BELOW.iter().rev().fold(0.0, |sum, c| sum * w + c);
    (u * (above / below)).copysign(centred as f32)
}

/// -ln x for an x in [2^-100, 1], within 2^-23 of its size or of 2^-24, whichever is more: with x = 2^e m, m in
/// [sqrt 1/2, sqrt 2) and s = (m - 1) / (m + 1), ln m is 2 (s + s^3 / 3 + s^5 / 5 + ...).
#[inline(always)]
fn minus_ln(x: f32) -> f32 {
    const LEAST: u32 = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let shifted = x.to_bits() + (1f32.to_bits() - LEAST);
    let m = f32::from_bits((shifted & 0x007f_ffff) + LEAST);
    let e = (127 - (shifted >> 23) as i32) as f32;
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let series = ((2.0 / 9.0 * z + 2.0 / 7.0) * z + 2.0 / 5.0) * z + 2.0 / 3.0;
    e * std::f32::consts::LN_2 - (2.0 * s + s * z * series)
}

// By `tests/golden/normal_quantile.py`, within 2^-26.5 for w up to 22.
#[allow(clippy::excessive_precision)]
const SINGLE_ABOVE: [f32; 7] = [
    1.253314124291383,
    0.4475413615019422,
    0.0910723182715852,
    0.012541374088754078,
    0.0011410192222583312,
    5.972967935371714e-05,
    1.9400092145475637e-07,
];
#[allow(clippy::excessive_precision)]
const SINGLE_BELOW: [f32; 6] = [
    1.0,
    0.09528665724101228,
    0.03468853237803045,
    0.0023158996684342205,
    0.00024956278358766935,
    3.7767520198265205e-06,
];

// Digits as the paper prints them.
#[allow(clippy::excessive_precision)]
const CENTRE: [[f64; 8]; 2] = [
    [
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ],
    [
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ],
];

#[allow(clippy::excessive_precision)]
const MIDDLE: [[f64; 8]; 2] = [
    [
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ],
    [
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ],
];

#[allow(clippy::excessive_precision)]
const TAIL: [[f64; 8]; 2] = [
    [
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ],
    [
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_32_bits_are_near_those_of_53() {
        let mut worst = 0f64;
        for i in 0..200_000u32 {
            // All over, both ends, and the middle.
            for bits in [i.wrapping_mul(21_477), i, i ^ 0x8000_0000] {
                let exact = inverse_normal((f64::from(bits) + 0.5) * 2f64.powi(-32));
                let got = normal_single(bits);
                let unit = f64::from((exact.abs() as f32).next_up()) - f64::from(exact.abs() as f32);
                worst = worst.max((f64::from(got) - exact).abs() / unit);
                assert_eq!(normal_single(!bits), -got);
            }
        }
        assert!(worst < 7.0, "{worst}");
        // SciPy 1.17: ndtri(2**-33) is -6.337958.
        assert!((normal_single(0) + 6.337958).abs() < 2e-6);
    }

    /// Probability to quantile and back, with the distribution function of another source (libm's erfc).
    #[test]
    fn quantiles_invert_the_distribution() {
        for i in 1..4000 {
            let p = if i < 2000 { i as f64 / 4000.0 } else { 2f64.powi(-(i - 1990) / 40 - 1) };
            let x = inverse_normal(p);
            let back = 0.5 * libm::erfc(-x / std::f64::consts::SQRT_2);
            // The condition of the distribution function at x is about x^2.
            assert!((back / p - 1.0).abs() < 1e-14 * (1.0 + x * x), "{p}: {x}");
            assert_eq!(inverse_normal(1.0 - p), -inverse_normal(1.0 - (1.0 - p)));
        }
    }
}
