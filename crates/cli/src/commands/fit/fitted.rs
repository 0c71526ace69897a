//! `Fitted`: what all fits of one linear predictor have in common.

use ndgrad::linear::{
    Alias, Covariance, CovarianceKind, DescentState, DesignInfo, Distribution, Family, FittedModel,
    GeneralizedFit, HuberFit, Inference, LinearFit, Link, Loss, PathPoint, PenalizedPath, QuantileFit,
};

/// A fitted model of a design, whatever it was fitted by.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// How the target scatters about its mean.
    pub family: Family,
    /// How the mean follows from the linear predictor.
    pub link: Link,
    /// What a row costs.
    pub cost: Cost,
    /// The estimates and their errors.
    pub inference: Inference,
    /// The covariance where the family is taken at its word, if leverages follow from it.
    pub classical: Option<Covariance>,
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
    /// The variance of a target of weight 1 whose family has the variance 1; NaN where it is not known.
    pub dispersion: f64,
    /// The condition number of the columns; NaN where it is not known.
    pub condition: f64,
    /// By how much dependency inflates the variance of each coefficient but the intercept's, where that is known.
    pub inflation: Vec<f64>,
}

/// What a row costs that is not foreseen exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cost {
    /// Its deviance: the squared error where the target is normal.
    Deviance,
    /// The squared error up to this size, and from there on in proportion to the error.
    Huber(f64),
    /// The check loss of this quantile.
    Check(f64),
}

/// Estimates of which no errors are known.
pub fn without_errors(terms: impl IntoIterator<Item = String>, estimates: &[f64], level: f64) -> Inference {
    let size = estimates.len();
    let unknown = Covariance { kind: CovarianceKind::Classical, size, matrix: vec![f64::NAN; size * size] };
    Inference::new(terms, estimates, unknown, Distribution::Normal, level)
}

/// What is known of a model that is nothing but its estimates.
struct Bare<'a> {
    names: &'a [String],
    intercept: bool,
    estimates: &'a [f64],
    link: Link,
    family: Family,
    rows: u64,
    level: f64,
}

impl Bare<'_> {
    fn fitted(self) -> Fitted {
        let terms = self.intercept.then(|| Inference::INTERCEPT.to_string()).into_iter();
        let terms = terms.chain(self.names.iter().cloned());
        Fitted {
            family: self.family,
            link: self.link,
            cost: Cost::Deviance,
            inference: without_errors(terms, self.estimates, self.level),
            classical: None,
            names: self.names.to_vec(),
            columns: (0..self.names.len()).collect(),
            intercept: self.intercept,
            aliases: Vec::new(),
            rows: self.rows,
            dispersion: f64::NAN,
            condition: f64::NAN,
            inflation: Vec::new(),
        }
    }
}

impl From<&LinearFit> for Fitted {
    fn from(fit: &LinearFit) -> Fitted {
        Fitted {
            family: Family::Gaussian,
            link: Link::Identity,
            cost: Cost::Deviance,
            inference: fit.inference.clone(),
            classical: Some(fit.inference.covariance.clone()),
            names: fit.names.clone(),
            columns: fit.columns().to_vec(),
            intercept: fit.has_intercept(),
            aliases: fit.aliases.clone(),
            rows: fit.rows,
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
            cost: Cost::Deviance,
            inference: fit.inference.clone(),
            classical: Some(fit.inference.covariance.clone()),
            names: fit.names.clone(),
            columns: fit.columns.clone(),
            intercept: fit.intercept,
            aliases: fit.aliases.clone(),
            rows: fit.rows,
            dispersion: fit.dispersion,
            condition: fit.condition,
            inflation: Vec::new(),
        }
    }
}

impl From<&HuberFit> for Fitted {
    fn from(fit: &HuberFit) -> Fitted {
        Fitted {
            family: Family::Gaussian,
            link: Link::Identity,
            cost: Cost::Huber(fit.threshold * fit.scale),
            inference: fit.inference.clone(),
            classical: None,
            names: fit.names.clone(),
            columns: fit.columns.clone(),
            intercept: fit.inference.terms.len() > fit.columns.len(),
            aliases: fit.aliases.clone(),
            rows: fit.rows,
            dispersion: fit.scale * fit.scale,
            condition: f64::NAN,
            inflation: Vec::new(),
        }
    }
}

impl From<&QuantileFit> for Fitted {
    fn from(fit: &QuantileFit) -> Fitted {
        Fitted {
            family: Family::Gaussian,
            link: Link::Identity,
            cost: Cost::Check(fit.quantile),
            inference: fit.inference.clone(),
            classical: None,
            names: fit.names.clone(),
            columns: fit.columns.clone(),
            intercept: fit.inference.terms.len() > fit.columns.len(),
            aliases: fit.aliases.clone(),
            rows: fit.rows,
            dispersion: f64::NAN,
            condition: f64::NAN,
            inflation: Vec::new(),
        }
    }
}

impl Fitted {
    /// A fit of a penalized path.
    pub fn penalized(path: &PenalizedPath, point: &PathPoint, level: f64) -> Fitted {
        let ones = path.intercept.then_some(point.intercept).into_iter();
        let estimates: Vec<f64> = ones.chain(point.coefficients.iter().copied()).collect();
        let (names, intercept, rows) = (&path.names, path.intercept, path.rows);
        let (link, family) = (Link::Identity, Family::Gaussian);
        Bare { names, intercept, estimates: &estimates, link, family, rows, level }.fitted()
    }

    /// Where descent has come to.
    pub fn descent(state: &DescentState, loss: Loss, rows: u64, level: f64) -> Fitted {
        let (names, intercept, link) = (&state.names, state.intercept, loss.link());
        let family = loss.family();
        let cost = match loss {
            Loss::Huber(threshold) => Cost::Huber(threshold),
            Loss::Quantile(quantile) => Cost::Check(quantile),
            _ => Cost::Deviance,
        };
        let bare = Bare { names, intercept, estimates: &state.estimates(), link, family, rows, level };
        Fitted { cost, ..bare.fitted() }
    }

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

    /// Whether the estimates have standard errors.
    pub fn has_errors(&self) -> bool {
        self.inference.covariance.matrix.iter().all(|entry| !entry.is_nan())
    }

    /// The model, as it is saved.
    pub fn model(&self, design: DesignInfo) -> FittedModel {
        let normal =
            (self.family, self.link, self.cost) == (Family::Gaussian, Link::Identity, Cost::Deviance);
        FittedModel {
            columns: self.columns.clone(),
            coefficients: self.inference.terms.iter().map(|term| term.estimate).collect(),
            family: self.family,
            link: self.link,
            quantile: match self.cost {
                Cost::Check(quantile) => Some(quantile),
                _ => None,
            },
            covariance: self.has_errors().then(|| self.inference.covariance.clone()),
            deviation: (normal && self.dispersion.is_finite()).then(|| self.dispersion.sqrt()),
            degrees_of_freedom: match self.inference.distribution {
                Distribution::T(freedom) => Some(freedom),
                _ => None,
            },
            rows: self.rows,
            design,
        }
    }

    /// The number of coefficients.
    pub fn rank(&self) -> usize {
        self.inference.terms.len()
    }

    /// What a row of weight 1 costs, given its target and its linear predictor.
    pub fn loss(&self, actual: f64, predictor: f64) -> f64 {
        let error = actual - predictor;
        match self.cost {
            Cost::Deviance => self.family.unit_deviance(actual, self.link, predictor),
            Cost::Huber(threshold) if error.abs() > threshold => threshold * (2.0 * error.abs() - threshold),
            Cost::Huber(_) => error * error,
            Cost::Check(quantile) => error * (if error < 0.0 { quantile - 1.0 } else { quantile }),
        }
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

    /// Half the width of the interval of the linear predictor for a row of the design; NaN where it has no errors.
    pub fn half_interval(&self, design: &[f64]) -> f64 {
        let reach = self.inference.distribution.upper_quantile(0.5 * (1.0 - self.inference.level));
        let variance = self.inference.covariance.variance_of(design);
        reach * if variance < 0.0 { 0.0 } else { variance.sqrt() }
    }

    /// How many digits of the coefficients the data determine, if they were rounded at the sixteenth.
    pub fn digits(&self) -> f64 {
        const ALL: f64 = 15.95;
        (ALL - self.condition.log10()).clamp(0.0, ALL)
    }
}
