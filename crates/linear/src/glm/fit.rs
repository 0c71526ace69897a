//! `GeneralizedFit`: what a generalized linear model found out.

use super::family::Family;
use super::link::Link;
use crate::inference::Inference;
use crate::solution::Alias;

/// One step of an iterative fit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Iteration {
    /// Counted from 1.
    pub number: usize,
    /// The deviance after it, or what else was minimized.
    pub deviance: f64,
    /// How much the step before it promised to lower the deviance by, times two: the squared length of the step in standard
    /// errors, where the dispersion is 1.
    pub decrement: f64,
    /// How often the step was halved because the deviance would have grown.
    pub halvings: usize,
}

/// A generalized linear model, fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneralizedFit {
    /// How the target scatters about its mean.
    pub family: Family,
    /// How the mean follows from the linear predictor.
    pub link: Link,
    /// The names of all columns, those that were left out included.
    pub names: Vec<String>,
    /// The estimates, on the scale of the linear predictor. Statistics are z, or t where the dispersion is estimated, as R
    /// has it.
    pub inference: Inference,
    /// The columns that have a coefficient, in the order of the terms, which an intercept comes before.
    pub columns: Vec<usize>,
    /// Whether the first of the terms is an intercept.
    pub intercept: bool,
    /// The columns that were left out, and what each depends on.
    pub aliases: Vec<Alias>,
    /// The number of rows; those of weight 0 do not count.
    pub rows: u64,
    /// The sum of the weights.
    pub weight: f64,
    /// The number of parameters, the intercept included.
    pub rank: usize,
    /// Rows less rank.
    pub degrees_of_freedom: usize,
    /// Twice what the log-likelihood lacks to that of a perfect fit, times the dispersion.
    pub deviance: f64,
    /// The same for the model of the intercept (and offset) alone; without an intercept, of nothing.
    pub null_deviance: f64,
    /// Rows less the intercept.
    pub null_degrees_of_freedom: usize,
    /// The sum of the squared residuals, each over its variance.
    pub pearson: f64,
    /// The factor of the variance: 1 for binomial and Poisson targets, `pearson / degrees_of_freedom` for the others.
    pub dispersion: f64,
    /// The log-likelihood; for gamma and normal targets at the dispersion `deviance / weight`, as R has it.
    pub log_likelihood: f64,
    /// The log-likelihood of the null model.
    pub null_log_likelihood: f64,
    /// Akaike's criterion, `2 k - 2 log-likelihood`; a dispersion is not counted in k, as statsmodels has it (R counts it).
    pub aic: f64,
    /// The Bayesian (Schwarz's) criterion, `k ln(n) - 2 log-likelihood`.
    pub bic: f64,
    /// An estimate of the condition number of the weighted columns, centred if there is an intercept and scaled to length one.
    pub condition: f64,
    /// The steps.
    pub iterations: Vec<Iteration>,
    /// Whether the last step was as short as the tolerance; if not, estimates are only where the iterations ended.
    pub converged: bool,
}

impl GeneralizedFit {
    /// McFadden's pseudo R2, `1 - log-likelihood / that of the null model`.
    pub fn mc_fadden_r2(&self) -> f64 {
        1.0 - self.log_likelihood / self.null_log_likelihood
    }

    /// Cox and Snell's pseudo R2, `1 - exp(2 (null - log-likelihood) / n)`.
    pub fn cox_snell_r2(&self) -> f64 {
        -libm::expm1(2.0 * (self.null_log_likelihood - self.log_likelihood) / self.rows as f64)
    }

    /// The part of the null deviance that is explained.
    pub fn explained_deviance(&self) -> f64 {
        1.0 - self.deviance / self.null_deviance
    }

    /// The linear predictor of a row of all columns, an offset not included.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn predictor(&self, row: &[f64]) -> f64 {
        self.design_row(row).iter().zip(&self.inference.terms).map(|(x, term)| x * term.estimate).sum()
    }

    /// The mean of the target for a row of all columns and an offset (0 for none).
    ///
    /// # Panics
    /// As [`GeneralizedFit::predictor`].
    #[track_caller]
    pub fn mean(&self, row: &[f64], offset: f64) -> f64 {
        self.link.mean(self.predictor(row) + offset)
    }

    /// The numbers that the terms' estimates are multiplied by for a row of all columns: for
    /// [`Covariance::variance_of`](crate::Covariance::variance_of) of the linear predictor.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn design_row(&self, row: &[f64]) -> Vec<f64> {
        assert_eq!(row.len(), self.names.len(), "fit: a row has a number for each column");
        let kept = self.columns.iter().map(|&j| row[j]);
        std::iter::repeat_n(1.0, usize::from(self.intercept)).chain(kept).collect()
    }
}
