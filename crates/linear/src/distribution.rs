//! `Distribution`: the laws that statistics of a regression are compared with.

use std::f64::consts::{FRAC_1_SQRT_2, TAU};

use crate::incomplete::{self, Tails};

/// A continuous distribution: its density, both tails and quantiles.
///
/// Tails and quantiles have a relative error of about 1e-13, far out, too: `survival(x)` is not `1 - cdf(x)`, which would
/// have no digit left there. Degrees of freedom are any numbers above 0, whole or not; with others all is NaN.
///
/// ```
/// use ndgrad_linear::Distribution;
///
/// assert!((Distribution::Normal.quantile(0.975) - 1.959963984540054).abs() < 1e-14);
/// let t = Distribution::T(10.0);
/// assert!((t.two_sided(2.228138851986274) - 0.05).abs() < 1e-14);
/// assert_eq!(t.cdf(0.0), 0.5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Standard normal: mean 0, deviation 1.
    Normal,
    /// Student's t with these degrees of freedom.
    T(f64),
    /// Fisher's F with these degrees of freedom, the numerator's and the denominator's.
    F(f64, f64),
    /// Chi-squared with these degrees of freedom.
    ChiSquared(f64),
}

impl Distribution {
    /// The letter of a statistic that has this distribution: z, t, F or chi2.
    pub fn statistic(self) -> &'static str {
        match self {
            Distribution::Normal => "z",
            Distribution::T(_) => "t",
            Distribution::F(..) => "F",
            Distribution::ChiSquared(_) => "chi2",
        }
    }

    /// The probability of at most `x`.
    pub fn cdf(self, x: f64) -> f64 {
        self.tails(x).below
    }

    /// The probability of more than `x`, with all its digits where that is small.
    pub fn survival(self, x: f64) -> f64 {
        self.tails(x).above
    }

    /// The probability of something as far from 0 as `x`, on either side: the p-value of a z or t statistic.
    pub fn two_sided(self, x: f64) -> f64 {
        match self {
            Distribution::Normal | Distribution::T(_) => 2.0 * self.survival(x.abs()),
            Distribution::F(..) | Distribution::ChiSquared(_) => self.survival(x.abs()),
        }
    }

    /// The number that lies above a part `p` of the distribution; NaN unless `p` is within 0 and 1.
    pub fn quantile(self, p: f64) -> f64 {
        // A half or more is subtracted from 1 without rounding.
        if p == 0.0 {
            self.lowest()
        } else if p <= 0.5 {
            self.place(p, |tails| tails.below >= p)
        } else {
            self.upper_quantile(1.0 - p)
        }
    }

    /// The number that lies below a part `q` of the distribution; for a small `q` more exact than `quantile(1 - q)`.
    pub fn upper_quantile(self, q: f64) -> f64 {
        if q == 0.0 {
            f64::INFINITY
        } else if q <= 0.5 {
            self.place(q, |tails| tails.above <= q)
        } else {
            self.quantile(1.0 - q)
        }
    }

    /// The density at `x`; of F and chi-squared, for `x` above 0.
    pub fn density(self, x: f64) -> f64 {
        match self {
            Distribution::Normal => libm::exp(-0.5 * x * x) / TAU.sqrt(),
            Distribution::T(freedom) => {
                // gamma(a + 1/2) / gamma(a) by Stirling's formula for both.
                let a = 0.5 * freedom;
                let error = incomplete::stirling_error(a + 0.5) - incomplete::stirling_error(a);
                let ratio = error + a * libm::log1p(0.5 / a) - 0.5;
                libm::exp(ratio - (a + 0.5) * libm::log1p(x * x / freedom)) / TAU.sqrt()
            }
            _ if x <= 0.0 => 0.0,
            Distribution::F(m, n) => {
                let (share, rest) = shares(m * x, n);
                incomplete::beta_factor(0.5 * m, 0.5 * n, share, rest) / x
            }
            Distribution::ChiSquared(freedom) => incomplete::gamma_factor(0.5 * freedom, 0.5 * x) / x,
        }
    }

    fn tails(self, x: f64) -> Tails {
        if x.is_nan() || !self.is_valid() {
            return Tails { below: f64::NAN, above: f64::NAN };
        }
        match self {
            Distribution::Normal => Tails {
                below: 0.5 * libm::erfc(-x * FRAC_1_SQRT_2),
                above: 0.5 * libm::erfc(x * FRAC_1_SQRT_2),
            },
            Distribution::T(freedom) if freedom.is_infinite() => Distribution::Normal.tails(x),
            Distribution::T(freedom) => {
                // The probability of less than |x| is the incomplete beta function of x^2 / (x^2 + freedom).
                let (inside, outside) = shares(x * x, freedom);
                let within = incomplete::beta(0.5, 0.5 * freedom, inside, outside);
                let tail = 0.5 * within.above;
                // Near 0 the part within is the small one.
                let body = 0.5 + 0.5 * within.below;
                if x < 0.0 { Tails { below: tail, above: body } } else { Tails { below: body, above: tail } }
            }
            _ if x <= 0.0 => Tails { below: 0.0, above: 1.0 },
            Distribution::F(m, n) => {
                let (x_share, rest) = shares(m * x, n);
                incomplete::beta(0.5 * m, 0.5 * n, x_share, rest)
            }
            Distribution::ChiSquared(freedom) => incomplete::gamma(0.5 * freedom, 0.5 * x),
        }
    }

    fn is_valid(self) -> bool {
        match self {
            Distribution::Normal => true,
            Distribution::T(freedom) => freedom > 0.0,
            Distribution::F(m, n) => m > 0.0 && n > 0.0 && m.is_finite() && n.is_finite(),
            Distribution::ChiSquared(freedom) => freedom > 0.0 && freedom.is_finite(),
        }
    }

    fn lowest(self) -> f64 {
        match self {
            Distribution::Normal | Distribution::T(_) => f64::NEG_INFINITY,
            Distribution::F(..) | Distribution::ChiSquared(_) => 0.0,
        }
    }

    /// The first number whose tails are `beyond` the share `p` of one of them: halves what is left of the numbers that
    /// there are, 64 times, so that no start has to be guessed and none fails to converge.
    fn place(self, p: f64, beyond: impl Fn(Tails) -> bool) -> f64 {
        if !(0.0..=1.0).contains(&p) || !self.is_valid() {
            return f64::NAN;
        }
        let (mut low, mut high) = (ordinal(self.lowest()), ordinal(f64::INFINITY));
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            if beyond(self.tails(from_ordinal(middle as i64))) { high = middle } else { low = middle }
        }
        from_ordinal(high as i64)
    }
}

/// `a / (a + b)` and `b / (a + b)`.
fn shares(a: f64, b: f64) -> (f64, f64) {
    if a > b {
        let ratio = b / a;
        (1.0 / (1.0 + ratio), ratio / (1.0 + ratio))
    } else {
        let ratio = a / b;
        (ratio / (1.0 + ratio), 1.0 / (1.0 + ratio))
    }
}

/// The place of a number among all `f64` in order.
fn ordinal(x: f64) -> i128 {
    let bits = x.to_bits() as i64;
    i128::from(if bits < 0 { i64::MIN.wrapping_sub(bits) } else { bits })
}

fn from_ordinal(place: i64) -> f64 {
    f64::from_bits(if place < 0 { i64::MIN.wrapping_sub(place) } else { place } as u64)
}
