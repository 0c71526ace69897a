//! What the data say about each coefficient: estimates with their errors, tests and intervals.

mod covariance;
mod test;

pub use covariance::{Covariance, CovarianceKind};
pub use test::Test;

use crate::distribution::Distribution;
use ndgrad_array::OperationError;

/// Estimates of the terms of a model, with what is needed to judge them.
///
/// ```
/// use ndgrad_linear::{Covariance, CovarianceKind, Distribution, Inference};
///
/// let covariance = Covariance { kind: CovarianceKind::Classical, size: 1, matrix: vec![0.25] };
/// let inference = Inference::new(["slope"], &[1.5], covariance, Distribution::T(8.0), 0.95);
/// let slope = &inference.terms[0];
/// assert_eq!((slope.std_error, slope.statistic), (0.5, 3.0));
/// assert!((slope.p_value - 0.01707).abs() < 1e-5);
/// assert!((slope.lower - 0.34700).abs() < 1e-5 && (slope.upper - 2.65300).abs() < 1e-5);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Inference {
    /// One for each term that has an estimate, the intercept first if there is one.
    pub terms: Vec<TermEstimate>,
    /// How the estimates vary together, in the order of the terms.
    pub covariance: Covariance,
    /// What the statistics are compared with: t with the residual degrees of freedom, or the normal distribution.
    pub distribution: Distribution,
    /// The probability that an interval is meant to cover the true coefficient, such as 0.95.
    pub level: f64,
}

/// A coefficient, how certain it is, and whether it could as well be 0.
#[derive(Clone, Debug, PartialEq)]
pub struct TermEstimate {
    /// `(intercept)`, `flipper_length_mm`, `species[Chinstrap]`.
    pub term: String,
    /// The coefficient, in the target's units per unit of the term.
    pub estimate: f64,
    /// Its standard error, in the same units; NaN where no degree of freedom is left.
    pub std_error: f64,
    /// The estimate over its standard error.
    pub statistic: f64,
    /// The probability of a statistic at least this far from 0 if the true coefficient were 0.
    pub p_value: f64,
    /// The lower end of the confidence interval.
    pub lower: f64,
    /// The upper end of the confidence interval.
    pub upper: f64,
}

/// The level, if it is one.
///
/// # Panics
/// If it does not lie between 0 and 1.
#[track_caller]
pub(crate) fn checked_level(method: &str, level: f64) -> f64 {
    if !(level > 0.0 && level < 1.0) {
        let error = OperationError::new(method, "the level must lie between 0 and 1")
            .operand("level", level, "")
            .remedy("95 % is 0.95");
        panic!("{error}");
    }
    level
}

impl Inference {
    /// The name of an intercept among the terms.
    pub const INTERCEPT: &'static str = "(intercept)";

    /// Tests and intervals of these estimates.
    ///
    /// # Panics
    /// If there is not one name for each estimate and each row of the covariance, or the level is not within 0 and 1.
    #[track_caller]
    pub fn new(
        names: impl IntoIterator<Item = impl Into<String>>,
        estimates: &[f64],
        covariance: Covariance,
        distribution: Distribution,
        level: f64,
    ) -> Inference {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let size = covariance.size;
        if names.len() != estimates.len() || size != estimates.len() || covariance.matrix.len() != size * size
        {
            let error =
                OperationError::new("inference", "each estimate needs a name and a row of the covariance")
                    .operand("names", names.len(), "")
                    .operand("estimates", estimates.len(), "")
                    .operand(
                        "covariance",
                        format!("{size} x {size}"),
                        format!("{} numbers", covariance.matrix.len()),
                    );
            panic!("{error}");
        }
        let level = checked_level("inference", level);
        let reach = distribution.upper_quantile(0.5 * (1.0 - level));
        let terms = names.into_iter().zip(estimates).enumerate().map(|(i, (term, &estimate))| {
            let std_error = covariance.std_error(i);
            let statistic = estimate / std_error;
            TermEstimate {
                term,
                estimate,
                std_error,
                statistic,
                p_value: distribution.two_sided(statistic),
                lower: estimate - reach * std_error,
                upper: estimate + reach * std_error,
            }
        });
        Inference { terms: terms.collect(), covariance, distribution, level }
    }

    /// What the statistics are: `"t"` or `"z"`.
    pub fn statistic(&self) -> &'static str {
        self.distribution.statistic()
    }

    /// The same estimates with intervals of another level.
    ///
    /// # Panics
    /// As [`Inference::new`].
    #[track_caller]
    pub fn at_level(&self, level: f64) -> Inference {
        let names = self.terms.iter().map(|term| &term.term);
        let estimates: Vec<f64> = self.terms.iter().map(|term| term.estimate).collect();
        Inference::new(names, &estimates, self.covariance.clone(), self.distribution, level)
    }
}
