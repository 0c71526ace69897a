//! `MultinomialFit`: what multinomial regression found out.

use crate::glm::Iteration;
use crate::inference::{Inference, TermEstimate, Test};
use crate::solution::Alias;

/// Multinomial logistic regression, fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct MultinomialFit {
    /// The names of the classes. The first is the baseline that the others are compared with.
    pub classes: Vec<String>,
    /// The sum of the weights of each class's rows.
    pub class_weights: Vec<f64>,
    /// The names of all columns, those that were left out included.
    pub names: Vec<String>,
    /// The estimates of the second class, then of the third, and so on, named `class: term`: by how much the logarithm of the
    /// odds of the class, against the first, grows per unit of the term. Statistics are z; all estimates vary together.
    pub inference: Inference,
    /// The columns that have a coefficient, in the order of a class's terms, which an intercept comes before.
    pub columns: Vec<usize>,
    /// Whether the first term of a class is an intercept.
    pub intercept: bool,
    /// The columns that were left out, and what each depends on.
    pub aliases: Vec<Alias>,
    /// The number of rows; those of weight 0 do not count.
    pub rows: u64,
    /// The sum of the weights.
    pub weight: f64,
    /// The number of parameters, those of all classes.
    pub rank: usize,
    /// Minus twice the log-likelihood.
    pub deviance: f64,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// That of the model of the intercepts alone; without an intercept, of equal probabilities.
    pub null_log_likelihood: f64,
    /// Whether all coefficients but the intercepts could be 0, by the ratio of these likelihoods; `None` where there are none.
    pub likelihood_ratio: Option<Test>,
    /// Akaike's criterion, `2 k - 2 log-likelihood`.
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

impl MultinomialFit {
    /// McFadden's pseudo R2, `1 - log-likelihood / that of the null model`.
    pub fn mc_fadden_r2(&self) -> f64 {
        1.0 - self.log_likelihood / self.null_log_likelihood
    }

    /// The terms of a class, counted from 0; none for the first.
    ///
    /// # Panics
    /// If there is no such class.
    #[track_caller]
    pub fn class(&self, class: usize) -> &[TermEstimate] {
        assert!(class < self.classes.len(), "multinomial: class {class} of {}", self.classes.len());
        let size = self.rank / (self.classes.len() - 1);
        if class == 0 { &[] } else { &self.inference.terms[(class - 1) * size..][..size] }
    }

    /// The probability of each class for a row of all columns.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn probabilities(&self, row: &[f64]) -> Vec<f64> {
        assert_eq!(row.len(), self.names.len(), "fit: a row has a number for each column");
        let ones = std::iter::repeat_n(1.0, usize::from(self.intercept));
        let own: Vec<f64> = ones.chain(self.columns.iter().map(|&j| row[j])).collect();
        let estimates: Vec<f64> = self.inference.terms.iter().map(|term| term.estimate).collect();
        probabilities(&own, &estimates, self.classes.len())
    }
}

/// The probabilities of the classes, given the numbers that coefficients are multiplied by and the coefficients of each
/// class but the first.
pub(super) fn probabilities(row: &[f64], coefficients: &[f64], classes: usize) -> Vec<f64> {
    let size = coefficients.len() / (classes - 1);
    let of = |class: usize| coefficients[class * size..][..size].iter().zip(row).map(|(b, x)| b * x).sum();
    let predictors: Vec<f64> = std::iter::once(0.0).chain((0..classes - 1).map(of)).collect();
    let highest = predictors.iter().copied().fold(0.0, f64::max);
    let factors: Vec<f64> = predictors.iter().map(|predictor| libm::exp(predictor - highest)).collect();
    let total: f64 = factors.iter().sum();
    factors.into_iter().map(|factor| factor / total).collect()
}
