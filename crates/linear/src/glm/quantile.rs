//! Quantile residuals: normal numbers, where a model is right, whatever its family.

use super::Family;
use crate::distribution::Distribution;

/// The probabilities of less than a number or it, and of more.
#[derive(Clone, Copy)]
struct Tails {
    below: f64,
    above: f64,
}

const NOTHING_BELOW: Tails = Tails { below: 0.0, above: 1.0 };
const NOTHING_ABOVE: Tails = Tails { below: 1.0, above: 0.0 };

impl Family {
    /// The quantile residual of a target of this mean, weight and dispersion: what a standard normal number would be that is as
    /// unlikely. Counts and outcomes have steps; the place within the target's step is `place`, from 0 to 1, which should be
    /// drawn at random (P. K. Dunn, G. K. Smyth, "Randomized quantile residuals", Journal of Computational and Graphical
    /// Statistics 5, 1996).
    ///
    /// The weight of a binomial target is the number of its trials; that of a Poisson target does not count.
    ///
    /// ```
    /// use ndgrad_linear::Family;
    /// // The outcome 1 of probability 0.5 lies in the upper half of all.
    /// assert!(Family::Binomial.quantile_residual(1.0, 0.5, 1.0, 1.0, 0.0).abs() < 1e-15);
    /// assert!(Family::Binomial.quantile_residual(1.0, 0.5, 1.0, 1.0, 0.9) > 1.5);
    /// ```
    pub fn quantile_residual(self, y: f64, mean: f64, weight: f64, dispersion: f64, place: f64) -> f64 {
        let [less, most] = match self {
            Family::Gaussian => return (y - mean) * (weight / dispersion).sqrt(),
            Family::Binomial => {
                let successes = weight * y;
                [successes - 1.0, successes].map(|count| binomial(count, weight, mean))
            }
            Family::Poisson => [y - 1.0, y].map(|count| poisson(count, mean)),
            Family::Gamma => {
                let shape = weight / dispersion;
                let of = tails(Distribution::ChiSquared(2.0 * shape), 2.0 * shape * y / mean);
                [of, of]
            }
        };
        // The smaller of both tails has all digits.
        let below = less.below + place * (most.below - less.below);
        let above = most.above + (1.0 - place) * (less.above - most.above);
        match below <= 0.5 {
            true => Distribution::Normal.quantile(below),
            false => Distribution::Normal.upper_quantile(above),
        }
    }
}

fn tails(distribution: Distribution, x: f64) -> Tails {
    Tails { below: distribution.cdf(x), above: distribution.survival(x) }
}

/// By F (M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 1964, 26.5.24 and 26.6.2).
fn binomial(count: f64, trials: f64, probability: f64) -> Tails {
    if count < 0.0 {
        return NOTHING_BELOW;
    }
    if count >= trials {
        return NOTHING_ABOVE;
    }
    let (failures, more) = (trials - count, count + 1.0);
    let f = (1.0 - probability) * more / (failures * probability);
    tails(Distribution::F(2.0 * failures, 2.0 * more), f)
}

/// By chi squared (same source, 26.4.21).
fn poisson(count: f64, mean: f64) -> Tails {
    if count < 0.0 {
        return NOTHING_BELOW;
    }
    let Tails { below, above } = tails(Distribution::ChiSquared(2.0 * (count + 1.0)), 2.0 * mean);
    Tails { below: above, above: below }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17.1: `norm.ppf(low + place * (high - low))` with `binom.cdf`, `poisson.cdf` and `gamma.cdf`, for the third
    /// `norm.isf` of `poisson.sf`.
    #[test]
    fn residuals_are_those_of_scipy() {
        let cases = [
            (Family::Binomial, 3.0 / 7.0, 0.3, 7.0, 1.0, 0.25, 0.5353414774053147),
            (Family::Binomial, 0.0, 0.8, 1.0, 1.0, 0.5, -1.2815515655446004),
            (Family::Poisson, 30.0, 4.0, 1.0, 1.0, 0.75, 8.358967882053188),
            (Family::Poisson, 0.0, 2.5, 1.0, 1.0, 0.1, -2.3995107063267556),
            (Family::Gamma, 3.0, 2.0, 1.0, 0.4, 0.3, 0.8926219373256769),
            (Family::Gamma, 0.05, 2.0, 2.0, 0.4, 0.3, -5.042961275951247),
            (Family::Gaussian, 3.0, 2.0, 4.0, 0.25, 0.3, 4.0),
        ];
        for (family, y, mean, weight, dispersion, place, wanted) in cases {
            let found = family.quantile_residual(y, mean, weight, dispersion, place);
            assert!((found / wanted - 1.0).abs() < 1e-10, "{family} {y}: {found}, not {wanted}");
        }
    }
}
