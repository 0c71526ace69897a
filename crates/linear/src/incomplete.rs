//! The regularized incomplete gamma and beta functions, both tails of each to nearly all digits.
//!
//! A tail is a prefactor times a series or continued fraction that only adds. The prefactor is written as C. Loader
//! does ("Fast and accurate computation of binomial probabilities", 2000): by how far the argument lies from the
//! mean and by the error of Stirling's formula, neither of which cancels where parameters are large.

use std::f64::consts::TAU;

/// Both tails of a distribution at one point: what lies below, and what lies above.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tails {
    pub below: f64,
    pub above: f64,
}

impl Tails {
    fn below(below: f64) -> Tails {
        Tails { below, above: 1.0 - below }
    }

    /// The same point seen from the other side.
    pub fn turned(self) -> Tails {
        Tails { below: self.above, above: self.below }
    }
}

/// A term that is this small changes no sum of at least one.
const NOTHING: f64 = 0.25 * f64::EPSILON;

/// `P(a, x)` and `Q(a, x)`, for `a > 0` and `x >= 0`.
///
/// NIST Digital Library of Mathematical Functions, 8.11.4 (series) and 8.9.2 (continued fraction).
pub(crate) fn gamma(a: f64, x: f64) -> Tails {
    if x <= 0.0 || x.is_infinite() {
        return Tails::below(if x > 0.0 { 1.0 } else { 0.0 });
    }
    let factor = gamma_factor(a, x);
    if x < a + 1.0 {
        let (mut term, mut sum, mut k) = (1.0 / a, 1.0 / a, a);
        while term > NOTHING * sum {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        Tails::below(factor * sum)
    } else {
        let fraction = continued_fraction(x + 1.0 - a, |k| (-k * (k - a), x + 2.0 * k + 1.0 - a));
        Tails::below(factor / fraction).turned()
    }
}

/// `x^a e^-x / gamma(a)`, for both above 0.
pub(crate) fn gamma_factor(a: f64, x: f64) -> f64 {
    (a / TAU).sqrt() * libm::exp(-stirling_error(a) - deviance(a, x))
}

/// `I_x(a, b)` and what is left to 1, for `a` and `b` above 0 and `x + y = 1`: both are given, so that neither loses
/// digits beside 1.
///
/// A. R. DiDonato, A. H. Morris, "Algorithm 708: significant digit computation of the incomplete beta function ratios",
/// ACM TOMS 18 (1992): the continued fraction, whose terms do not cancel.
pub(crate) fn beta(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x <= 0.0 || y <= 0.0 {
        return Tails::below(if x > 0.0 { 1.0 } else { 0.0 });
    }
    let n = a + b;
    // How far x lies below the mean, from the smaller parameter.
    let distance = if a > b { n * y - b } else { a - n * x };
    if distance < 0.0 {
        return beta(b, a, y, x).turned();
    }
    let fraction = continued_fraction(a / (a + 1.0) * (distance + 1.0), |m| {
        let share = m * (b - m) * x / (a + 2.0 * m - 1.0);
        let factor = (a + m - 1.0) / (a + 2.0 * m - 1.0) * (n + m - 1.0) * x;
        (factor * share, m + share + (a + m) / (a + 2.0 * m + 1.0) * (distance + 1.0 + m * (1.0 + y)))
    });
    Tails::below(beta_factor(a, b, x, y) / fraction)
}

/// `x^a y^b / B(a, b)`, for `a`, `b`, `x` and `y` above 0 and `x + y = 1`.
pub(crate) fn beta_factor(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let error = stirling_error(n) - stirling_error(a) - stirling_error(b);
    (a / n * b / TAU).sqrt() * libm::exp(error - deviance(a, n * x) - deviance(b, n * y))
}

/// `first + p1 / (q1 + p2 / (q2 + ...))`, where `step(k)` gives `p` and `q`, by the method of Lentz as I. J. Thompson
/// and A. R. Barnett modified it ("Coulomb and Bessel functions of complex arguments and order", Journal of
/// Computational Physics 64, 1986).
fn continued_fraction(first: f64, step: impl Fn(f64) -> (f64, f64)) -> f64 {
    let away = |x: f64| if x == 0.0 { 1e-300 } else { x };
    let mut value = away(first);
    let (mut c, mut d, mut k) = (value, 0.0, 1.0);
    // Where parameters are large, about as many steps as their root are needed.
    while k < 1e7 {
        let (p, q) = step(k);
        d = 1.0 / away(q + p * d);
        c = away(q + p / c);
        let factor = c * d;
        value *= factor;
        if (factor - 1.0).abs() <= 2.0 * f64::EPSILON || p == 0.0 {
            break;
        }
        k += 1.0;
    }
    value
}

/// `x ln(x / mean) + mean - x`, for both above 0.
fn deviance(x: f64, mean: f64) -> f64 {
    let difference = x - mean;
    if difference.abs() >= 0.1 * (x + mean) {
        return x * libm::log(x / mean) - difference;
    }
    // With v = (x - mean) / (x + mean), ln(x / mean) = 2 (v + v^3/3 + v^5/5 + ...).
    let v = difference / (x + mean);
    let (mut power, mut sum, mut k) = (2.0 * x * v, difference * v, 1.0);
    loop {
        power *= v * v;
        k += 2.0;
        let next = sum + power / k;
        if next == sum {
            return sum;
        }
        sum = next;
    }
}

/// `ln gamma(x)` less Stirling's `(x - 1/2) ln x - x + ln(2 pi) / 2`, for `x > 0`.
///
/// NIST Digital Library of Mathematical Functions, 5.11.1.
pub(crate) fn stirling_error(x: f64) -> f64 {
    if x < 16.0 {
        // One step up is x ln(1 + 1/x) + ln(1 + 1/x)/2 - 1, for which what is added has to be smaller than what is
        // wanted; below 16 the plain difference is as good.
        return libm::lgamma(x) - ((x - 0.5) * libm::log(x) - x + 0.5 * libm::log(TAU));
    }
    // B(2k) / (2k (2k - 1))
    const TERMS: [f64; 8] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
        -3617.0 / 122_400.0,
    ];
    let square = 1.0 / (x * x);
    TERMS.iter().rev().fold(0.0, |sum, term| sum * square + term) / x
}
