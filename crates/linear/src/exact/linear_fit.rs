//! `LinearFit`: what exact least squares found out about rows with named columns.

use crate::distribution::Distribution;
use crate::exact::answer::Answer;
use crate::inference::{Covariance, CovarianceKind, Inference, Test};
use crate::solution::Alias;
use ndgrad_array::Result;
use std::f64::consts::TAU;

/// Least squares of rows, with the statistics that need no further look at them. Those that do are in
/// [`diagnostics`](crate::diagnostics).
#[derive(Clone, Debug)]
pub struct LinearFit {
    /// The names of all columns, those that were left out included.
    pub names: Vec<String>,
    /// The estimates, with errors of the classical covariance.
    pub inference: Inference,
    /// The columns that were left out, and what each depends on.
    pub aliases: Vec<Alias>,
    /// The number of rows; those of weight 0 do not count.
    pub rows: u64,
    /// The sum of their weights: their number where there are none.
    pub weight: f64,
    /// Whether rows had weights.
    pub weighted: bool,
    /// The number of parameters that the data determine, the intercept included.
    pub rank: usize,
    /// Rows less rank.
    pub degrees_of_freedom: usize,
    /// The weighted sum of the squared residuals, in the target's units squared.
    pub residual_sum_of_squares: f64,
    /// The weighted sum of the squares of the target about its mean; about 0 where there is no intercept.
    pub total_sum_of_squares: f64,
    /// The residual standard deviation, in the target's units, of a row of weight 1; `None` without degrees of freedom.
    pub deviation: Option<f64>,
    /// The part of the total sum of squares that is explained; `None` where that sum is 0.
    pub r2: Option<f64>,
    /// `1 - (1 - r2) (n - 1) / (n - k)`, with n instead of `n - 1` where there is no intercept.
    pub adjusted_r2: Option<f64>,
    /// Whether all coefficients but the intercept could be 0; `None` where there are none, or without degrees of freedom.
    pub f_test: Option<Test>,
    /// The largest log-likelihood with normal errors whose variances are in inverse ratio to the weights.
    pub log_likelihood: f64,
    /// Akaike's criterion, `2 k - 2 log-likelihood`; the variance is not counted in k, as statsmodels has it (R counts it).
    pub aic: f64,
    /// The Bayesian (Schwarz's) criterion, `k ln(n) - 2 log-likelihood`.
    pub bic: f64,
    /// An estimate of the 2-norm condition number of the columns that were kept, centred if there is an intercept and scaled
    /// to length one.
    pub condition: f64,
    /// How many digits of the coefficients can be trusted if the data were rounded at the sixteenth, as decimal fractions
    /// are in `f64`: 16 less the logarithm of the condition number. The solver itself loses none of these.
    pub digits: f64,
    /// By how much the dependency on the others inflates the variance of each coefficient, without the intercept, in the order
    /// of the terms: 1 where a column is independent of them. Without an intercept columns are compared about 0, not their means.
    pub variance_inflation: Vec<f64>,
    pub(crate) answer: Answer,
}

/// The digits of `f64`.
const DIGITS: f64 = 15.95;

impl LinearFit {
    pub(crate) fn new(names: Vec<String>, answer: Answer, level: f64) -> Result<LinearFit> {
        let estimates = answer.estimates()?;
        let (rank, freedom) = (answer.rank(), answer.degrees_of_freedom());
        let (squares, total) = (answer.squares, answer.total);
        let (n, k, df) = (answer.rows as f64, rank as f64, freedom as f64);
        let model = rank - answer.ones;
        let squared = |scaled: f64| answer.frame.target(answer.frame.target(scaled));
        // ln of what the scale of the target does to its squares.
        let log_unit = 2.0 * f64::from(answer.frame.y_exponent) * std::f64::consts::LN_2;
        let log_variance = libm::log(squares / n) + log_unit;
        let log_likelihood = 0.5 * (answer.log_weights - n * (libm::log(TAU) + log_variance + 1.0));
        let r2 = (total > 0.0).then(|| 1.0 - squares / total);
        let f_test = (model > 0 && freedom > 0).then(|| {
            let statistic = (total - squares) / model as f64 / (squares / df);
            Test::above(statistic, Distribution::F(model as f64, df))
        });
        let covariance = Covariance {
            kind: CovarianceKind::Classical,
            size: rank,
            matrix: answer.covariance(|place| answer.inverse[place], answer.variance()),
        };
        let distribution = Distribution::T(if freedom > 0 { df } else { f64::NAN });
        let variance_inflation = (answer.ones..rank)
            .map(|i| answer.triangle.length(answer.ones, i).powi(2) * answer.inverse[i * rank + i])
            .collect();
        Ok(LinearFit {
            inference: Inference::new(answer.terms(&names), &estimates, covariance, distribution, level),
            aliases: answer.aliases.clone(),
            rows: answer.rows,
            weight: answer.weight,
            weighted: answer.weighted,
            rank,
            degrees_of_freedom: freedom,
            residual_sum_of_squares: squared(squares),
            total_sum_of_squares: squared(total),
            deviation: (freedom > 0).then(|| answer.frame.target(answer.variance().sqrt())),
            r2,
            adjusted_r2: r2
                .filter(|_| freedom > 0)
                .map(|r2| 1.0 - (1.0 - r2) * (n - answer.ones as f64) / df),
            f_test,
            log_likelihood,
            aic: 2.0 * k - 2.0 * log_likelihood,
            bic: k * libm::log(n) - 2.0 * log_likelihood,
            condition: answer.condition,
            digits: (DIGITS - libm::log10(answer.condition)).clamp(0.0, DIGITS),
            variance_inflation,
            names,
            answer,
        })
    }

    /// Whether the model has an intercept.
    pub fn has_intercept(&self) -> bool {
        self.answer.ones == 1
    }

    /// The columns of the data that have a coefficient, in the order of the terms, which an intercept comes before.
    pub fn columns(&self) -> &[usize] {
        &self.answer.kept
    }

    /// The numbers that the terms' estimates are multiplied by for a row of all columns: a 1 for the intercept, if there is
    /// one, and those of the columns that were kept. With [`Covariance::variance_of`] they give the variance of the mean
    /// there; a new observation has that of the residuals, divided by its weight, besides.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn design_row(&self, row: &[f64]) -> Vec<f64> {
        assert_eq!(row.len(), self.names.len(), "fit: a row has a number for each column");
        let kept = self.answer.kept.iter().map(|&j| row[j]);
        std::iter::repeat_n(1.0, self.answer.ones).chain(kept).collect()
    }

    /// The mean of the target for a row of all columns, an offset not included.
    ///
    /// # Panics
    /// As [`design_row`](Self::design_row).
    #[track_caller]
    pub fn predict(&self, row: &[f64]) -> f64 {
        self.design_row(row).iter().zip(&self.inference.terms).map(|(x, term)| x * term.estimate).sum()
    }
}

impl Answer {
    /// The names of the parameters.
    pub fn terms<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = &'a str> {
        let columns = self.kept.iter().map(|&j| &*names[j]);
        std::iter::repeat_n(Inference::INTERCEPT, self.ones).chain(columns)
    }

    /// A matrix of scaled parameters times `factor`, in the units of the data.
    pub fn covariance(&self, scaled: impl Fn(usize) -> f64, factor: f64) -> Vec<f64> {
        let rank = self.rank();
        let places = (0..rank * rank).map(|place| (place / rank, place % rank, scaled(place) * factor));
        places.map(|(i, j, value)| self.in_units(i, self.in_units(j, value))).collect()
    }
}
