//! `Fitted`: what least squares and generalized linear models have in common.

use ndgrad::linear::{Alias, Covariance, Family, GeneralizedFit, Inference, LinearFit, Link};

/// A fitted model of a design, whatever it was fitted by.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// How the target scatters about its mean.
    pub family: Family,
    /// How the mean follows from the linear predictor.
    pub link: Link,
    /// The estimates and their errors.
    pub inference: Inference,
    /// The covariance where the family is taken at its word.
    pub classical: Covariance,
    /// The names of all columns.
    pub names: Vec<String>,
    /// The columns that have a coefficient, in the order of the terms, which an intercept comes before.
    pub columns: Vec<usize>,
    /// Whether the first term is an intercept.
    pub intercept: bool,
    /// The columns that were left out.
    pub aliases: Vec<Alias>,
    /// The number of rows.
    pub rows: u64,
    /// The number of coefficients.
    pub rank: usize,
    /// The variance of a target of weight 1 whose family has the variance 1.
    pub dispersion: f64,
    /// The condition number of the columns.
    pub condition: f64,
    /// By how much dependency inflates the variance of each coefficient but the intercept's, where that is known.
    pub inflation: Vec<f64>,
}

impl From<&LinearFit> for Fitted {
    fn from(fit: &LinearFit) -> Fitted {
        Fitted {
            family: Family::Gaussian,
            link: Link::Identity,
            inference: fit.inference.clone(),
            classical: fit.inference.covariance.clone(),
            names: fit.names.clone(),
            columns: fit.columns().to_vec(),
            intercept: fit.has_intercept(),
            aliases: fit.aliases.clone(),
            rows: fit.rows,
            rank: fit.rank,
            dispersion: fit.deviation.map_or(f64::NAN, |deviation| deviation * deviation),
            condition: fit.condition,
            inflation: fit.variance_inflation.clone(),
        }
    }
}

impl From<&GeneralizedFit> for Fitted {
    fn from(fit: &GeneralizedFit) -> Fitted {
        Fitted {
            family: fit.family,
            link: fit.link,
            inference: fit.inference.clone(),
            classical: fit.inference.covariance.clone(),
            names: fit.names.clone(),
            columns: fit.columns.clone(),
            intercept: fit.intercept,
            aliases: fit.aliases.clone(),
            rows: fit.rows,
            rank: fit.rank,
            dispersion: fit.dispersion,
            condition: fit.condition,
            inflation: Vec::new(),
        }
    }
}

impl Fitted {
    /// The same model with other errors of the same estimates.
    pub fn with_inference(self, inference: Inference) -> Fitted {
        Fitted { inference, ..self }
    }

    /// The same model with other estimates, of about the same errors.
    pub fn with_estimates(mut self, estimates: &[f64]) -> Fitted {
        let Inference { terms, covariance, distribution, level } = self.inference;
        let names = terms.into_iter().map(|term| term.term);
        self.inference = Inference::new(names, estimates, covariance, distribution, level);
        self
    }

    /// The coefficients.
    pub fn estimates(&self) -> Vec<f64> {
        self.inference.terms.iter().map(|term| term.estimate).collect()
    }

    /// What the estimates are multiplied by for a row of all columns.
    pub fn design_row(&self, row: &[f64]) -> Vec<f64> {
        let kept = self.columns.iter().map(|&column| row[column]);
        std::iter::repeat_n(1.0, usize::from(self.intercept)).chain(kept).collect()
    }

    /// The linear predictor of a row of all columns, an offset not included.
    pub fn predictor(&self, row: &[f64]) -> f64 {
        let (ones, estimates) = (usize::from(self.intercept), &self.inference.terms);
        let sum = if self.intercept { estimates[0].estimate } else { 0.0 };
        self.columns.iter().zip(&estimates[ones..]).fold(sum, |sum, (&j, term)| sum + row[j] * term.estimate)
    }

    /// Half the width of the interval of the linear predictor for a row of the design.
    pub fn half_interval(&self, design: &[f64]) -> f64 {
        let reach = self.inference.distribution.upper_quantile(0.5 * (1.0 - self.inference.level));
        reach * self.inference.covariance.variance_of(design).max(0.0).sqrt()
    }

    /// How many digits of the coefficients the data determine, if they were rounded at the sixteenth.
    pub fn digits(&self) -> f64 {
        const ALL: f64 = 15.95;
        (ALL - self.condition.log10()).clamp(0.0, ALL)
    }
}
