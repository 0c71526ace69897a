//! `Loss`: what descent makes small.

use crate::glm::{Family, Link};
use crate::multinomial;
use crate::observations::Observations;
use crate::standard::Standard;
use ndgrad_array::Result;
use ndgrad_tensor::{DType, Tensor};

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
    /// Minus the log-likelihood of so many classes, whose numbers, counted from 0, are the target; as
    /// [`Multinomial`](crate::Multinomial) has them, each but the first has parameters.
    Multinomial(usize),
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
            Loss::Multinomial(classes) => format!("multinomial {classes}"),
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
            ("multinomial", Some(classes)) if classes >= 2.0 && classes.fract() == 0.0 => {
                Some(Loss::Multinomial(classes as usize))
            }
            _ => None,
        }
    }

    /// How the target scatters about its mean, where the loss is a likelihood's; of classes, each against the first.
    pub fn family(&self) -> Family {
        match self {
            Loss::Logistic | Loss::Multinomial(_) => Family::Binomial,
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
            Loss::Logistic | Loss::Multinomial(_) => Link::Logit,
            Loss::Poisson | Loss::Gamma => Link::Log,
            _ => Link::Identity,
        }
    }

    /// How many linear predictors a row has.
    pub fn predictors(&self) -> usize {
        match self {
            Loss::Multinomial(classes) => classes.saturating_sub(1),
            _ => 1,
        }
    }

    /// The power of the target's unit that the loss has; `None` where the target has no unit.
    pub(super) fn degree(&self) -> Option<i32> {
        match self {
            Loss::Squares | Loss::Huber(_) => Some(2),
            Loss::Quantile(_) => Some(1),
            _ => None,
        }
    }

    /// Looks at all rows once.
    pub(super) fn learn(&self, observations: &mut dyn Observations, method: &str) -> Result<Standard> {
        match self {
            Loss::Multinomial(classes) => multinomial::learn(observations, method, *classes),
            _ => Standard::learn(observations, method, &|y| self.family().refuse(y)),
        }
    }

    /// The losses of rows `[rows, 1]`, given their predictors `[rows, predictors]`; `unit` is what targets were divided by.
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
            Loss::Multinomial(_) => {
                let rows = y.shape()[0];
                let logits = Tensor::concat(&[&Tensor::zeros_as([rows, 1], DType::F64), predictor], 1);
                let class = y.to_dtype(DType::I64).reshape([rows]);
                -logits.log_softmax(1).pick(&class).reshape([rows, 1])
            }
        }
    }

    /// About the second derivative by the predictor.
    pub(super) fn curvature(&self, mean: f64) -> f64 {
        match self {
            Loss::Logistic => 0.25,
            Loss::Multinomial(_) => 0.5,
            Loss::Poisson => mean.max(0.1),
            _ => 1.0,
        }
    }
}
