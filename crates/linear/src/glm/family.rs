//! `Family`: how the target scatters about its mean.

use super::link::{Link, Mean};
use std::fmt;

/// The distribution of the target for a given mean.
///
/// Formulas: P. McCullagh, J. A. Nelder, Generalized Linear Models (2nd edition, 1989), chapter 2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// Normal, of one variance.
    #[default]
    Gaussian,
    /// 0 or 1, or the part of a row's trials that succeeded; the weight is the number of trials.
    Binomial,
    /// Counts, whose variance is the mean.
    Poisson,
    /// Positive numbers, whose deviation is in proportion to the mean.
    Gamma,
}

impl Family {
    /// All families.
    pub const ALL: [Family; 4] = [Family::Gaussian, Family::Binomial, Family::Poisson, Family::Gamma];

    /// The name, as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Family::Gaussian => "gaussian",
            Family::Binomial => "binomial",
            Family::Poisson => "poisson",
            Family::Gamma => "gamma",
        }
    }

    /// The family of this name, in letters of either case.
    pub fn from_name(name: &str) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.name().eq_ignore_ascii_case(name))
    }

    /// The link that is used if none is named: the canonical one, but the logarithm for gamma, as its canonical link, the
    /// inverse, allows means below 0.
    pub fn link(self) -> Link {
        match self {
            Family::Gaussian => Link::Identity,
            Family::Binomial => Link::Logit,
            Family::Poisson | Family::Gamma => Link::Log,
        }
    }

    /// The links that can be used.
    pub fn links(self) -> &'static [Link] {
        match self {
            Family::Gaussian | Family::Gamma => &[Link::Identity, Link::Log, Link::Inverse],
            Family::Binomial => &[Link::Logit, Link::Log, Link::Identity],
            Family::Poisson => &[Link::Log, Link::Identity],
        }
    }

    /// Whether the variance has a factor that is estimated; in the others it is 1.
    pub fn has_dispersion(self) -> bool {
        matches!(self, Family::Gaussian | Family::Gamma)
    }

    /// The variance of a target of dispersion and weight 1, whose mean this link gives for this linear predictor.
    ///
    /// ```
    /// use ndgrad_linear::{Family, Link};
    /// assert_eq!(Family::Binomial.unit_variance(Link::Logit, 0.0), 0.25);
    /// ```
    pub fn unit_variance(self, link: Link, predictor: f64) -> f64 {
        self.variance(&link.at(predictor))
    }

    /// Twice what the log-likelihood of a target of dispersion and weight 1 lacks to that of a perfect fit, at the mean that this
    /// link gives for this linear predictor: the loss of a row.
    ///
    /// ```
    /// use ndgrad_linear::{Family, Link};
    /// assert_eq!(Family::Gaussian.unit_deviance(3.0, Link::Identity, 1.0), 4.0);
    /// ```
    pub fn unit_deviance(self, y: f64, link: Link, predictor: f64) -> f64 {
        self.deviance(y, &link.at(predictor))
    }

    /// What is wrong with this target, with the remedy.
    pub(crate) fn refuse(self, y: f64) -> Option<String> {
        match self {
            Family::Binomial if !(0.0..=1.0).contains(&y) => Some(
                "logistic regression takes 0, 1, or a part of the trials between them (with the number of trials as weight)"
                    .to_string(),
            ),
            Family::Poisson if y < 0.0 => {
                Some("a count is at least 0; drop the row, or choose another family".to_string())
            }
            Family::Gamma if y <= 0.0 => {
                Some("the gamma family takes numbers above 0; drop the row, or choose another family".to_string())
            }
            _ => None,
        }
    }

    /// Whether the target can have this mean.
    pub(crate) fn allows(self, mean: &Mean) -> bool {
        let inside = match self {
            Family::Gaussian => true,
            Family::Binomial => mean.mean > 0.0 && mean.rest > 0.0,
            Family::Poisson | Family::Gamma => mean.mean > 0.0,
        };
        inside && mean.mean.is_finite() && mean.slope.is_finite()
    }

    /// The variance of a target of dispersion and weight 1.
    pub(crate) fn variance(self, mean: &Mean) -> f64 {
        match self {
            Family::Gaussian => 1.0,
            Family::Binomial => mean.mean * mean.rest,
            Family::Poisson => mean.mean,
            Family::Gamma => mean.mean * mean.mean,
        }
    }

    /// Twice what the log-likelihood of a target of dispersion and weight 1 lacks to that of a perfect fit.
    pub(crate) fn deviance(self, y: f64, mean: &Mean) -> f64 {
        let error = y - mean.mean;
        match self {
            Family::Gaussian => error * error,
            Family::Binomial => 2.0 * (log_ratio(y, mean.mean) + log_ratio(1.0 - y, mean.rest)),
            Family::Poisson => 2.0 * (log_ratio(y, mean.mean) - error),
            Family::Gamma => -2.0 * (libm::log(y / mean.mean) - error / mean.mean),
        }
    }

    /// A mean near the target that the link can take, to start from (R's `glm` starts there).
    pub(crate) fn start(self, y: f64, weight: f64, link: Link) -> f64 {
        match self {
            Family::Binomial => (weight * y + 0.5) / (weight + 1.0),
            Family::Poisson => y + 0.1,
            Family::Gaussian if link == Link::Log => y.max(0.1),
            Family::Gaussian if link == Link::Inverse && y == 0.0 => 0.1,
            Family::Gaussian | Family::Gamma => y,
        }
    }

    /// What a row adds to the log-likelihood beside its deviance.
    pub(crate) fn constant(self, y: f64, weight: f64) -> f64 {
        match self {
            Family::Gaussian => 0.5 * libm::log(weight),
            // Choices of the successes among the trials, and the log-likelihood of a perfect fit.
            Family::Binomial => {
                let (yes, no) = (weight * y, weight * (1.0 - y));
                let choices = if yes == 0.0 || no == 0.0 {
                    0.0
                } else {
                    libm::lgamma(weight + 1.0) - libm::lgamma(yes + 1.0) - libm::lgamma(no + 1.0)
                };
                choices + weight * (log_ratio(y, 1.0) + log_ratio(1.0 - y, 1.0))
            }
            Family::Poisson => weight * (log_ratio(y, 1.0) - y - libm::lgamma(y + 1.0)),
            Family::Gamma => -weight * libm::log(y),
        }
    }

    /// The log-likelihood of rows with this deviance and sum of constants, where the dispersion is the deviance over the
    /// weight (as R has it).
    pub(crate) fn log_likelihood(self, deviance: f64, constant: f64, rows: f64, weight: f64) -> f64 {
        match self {
            Family::Binomial | Family::Poisson => constant - 0.5 * deviance,
            Family::Gaussian => {
                constant - 0.5 * rows * (libm::log(std::f64::consts::TAU * deviance / rows) + 1.0)
            }
            Family::Gamma => {
                let shape = weight / deviance;
                constant + shape * (weight * (libm::log(shape) - 1.0) - 0.5 * deviance)
                    - weight * libm::lgamma(shape)
            }
        }
    }
}

/// `y ln(y / mean)`, which is 0 for a `y` of 0.
fn log_ratio(y: f64, mean: f64) -> f64 {
    if y == 0.0 { 0.0 } else { y * libm::log(y / mean) }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
