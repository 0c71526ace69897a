//! `Loss`: what descent makes small.

use crate::glm::{Family, Link};
use ndgrad_tensor::Tensor;

/// What a row's prediction costs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Loss {
    /// Half the squared error.
    Squares,
    /// Minus the log-likelihood of a target of 0 or 1, or a part of trials (the weight), with the logit link.
    Logistic,
    /// Minus the log-likelihood of a count, with the log link.
    Poisson,
    /// Minus the log-likelihood of a positive target, up to its dispersion, with the log link.
    Gamma,
    /// Half the squared error up to this size, in units of the target, and in proportion to the error beyond.
    Huber(f64),
    /// The check loss of this quantile.
    Quantile(f64),
}

impl Loss {
    /// The name and its parameter, if it has one.
    pub fn describe(&self) -> String {
        match self {
            Loss::Squares => "squares".to_string(),
            Loss::Logistic => "logistic".to_string(),
            Loss::Poisson => "poisson".to_string(),
            Loss::Gamma => "gamma".to_string(),
            Loss::Huber(threshold) => format!("huber {threshold}"),
            Loss::Quantile(level) => format!("quantile {level}"),
        }
    }

    /// The loss of this [description](Self::describe).
    pub(super) fn from_description(text: &str) -> Option<Loss> {
        let (name, parameter) = match text.split_once(' ') {
            Some((name, parameter)) => (name, Some(parameter.parse::<f64>().ok()?)),
            None => (text, None),
        };
        match (name, parameter) {
            ("squares", None) => Some(Loss::Squares),
            ("logistic", None) => Some(Loss::Logistic),
            ("poisson", None) => Some(Loss::Poisson),
            ("gamma", None) => Some(Loss::Gamma),
            ("huber", Some(threshold)) => Some(Loss::Huber(threshold)),
            ("quantile", Some(level)) => Some(Loss::Quantile(level)),
            _ => None,
        }
    }

    /// How the target scatters about its mean, where the loss is a likelihood's.
    pub fn family(&self) -> Family {
        match self {
            Loss::Logistic => Family::Binomial,
            Loss::Poisson => Family::Poisson,
            Loss::Gamma => Family::Gamma,
            _ => Family::Gaussian,
        }
    }

    /// Which quantile is predicted; `None` where it is the mean.
    pub fn quantile(&self) -> Option<f64> {
        match self {
            Loss::Quantile(level) => Some(*level),
            _ => None,
        }
    }

    /// How the target follows from the predictor.
    pub fn link(&self) -> Link {
        match self {
            Loss::Logistic => Link::Logit,
            Loss::Poisson | Loss::Gamma => Link::Log,
            _ => Link::Identity,
        }
    }

    pub(super) fn refuse(&self, y: f64) -> Option<String> {
        self.family().refuse(y)
    }

    /// The losses of rows `[rows, 1]`; `unit` is what targets were divided by.
    pub(super) fn of(&self, predictor: &Tensor, y: &Tensor, unit: f64) -> Tensor {
        match *self {
            Loss::Squares => 0.5 * (y - predictor).square(),
            Loss::Logistic => predictor.softplus() - y * predictor,
            Loss::Poisson => predictor.exp() - y * predictor,
            Loss::Gamma => y * (-predictor).exp() + predictor,
            Loss::Huber(threshold) => {
                let size = (y - predictor).abs();
                let near = size.minimum(threshold / unit);
                &near * (&size - 0.5 * &near)
            }
            Loss::Quantile(level) => {
                let error = y - predictor;
                (level * &error).maximum((level - 1.0) * &error)
            }
        }
    }

    /// About the second derivative by the predictor.
    pub(super) fn curvature(&self, mean: f64) -> f64 {
        match self {
            Loss::Logistic => 0.25,
            Loss::Poisson => mean.max(0.1),
            _ => 1.0,
        }
    }
}
