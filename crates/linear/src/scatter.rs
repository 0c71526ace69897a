//! `Scatter`: how a target scatters about a model's mean, and how certain that mean is.

use crate::distribution::Distribution;
use crate::glm::{Family, Link};
use crate::inference::{Covariance, CovarianceKind};
use ndgrad_data::safetensors::Contents;
use ndgrad_tensor::{DType, Tensor};
use serde_json::{Value, json};

/// What a model needs besides its coefficients for means on another scale and for intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct Scatter {
    /// How the target scatters about its mean.
    pub family: Family,
    /// How the mean follows from the linear predictor.
    pub link: Link,
    /// The variance of the target where that of the family is 1: of the residuals of least squares.
    pub dispersion: f64,
    /// What statistics are compared with: t, or the normal distribution.
    pub distribution: Distribution,
    /// The covariance of the intercept and the terms' coefficients, in this order.
    pub covariance: Covariance,
}

/// What an interval is meant to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    /// The mean of all targets with these features.
    Confidence,
    /// The target of one more row with these features.
    Prediction,
}

/// A prediction and where the truth plausibly lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// The prediction.
    pub predicted: f64,
    /// The low end of the interval.
    pub lower: f64,
    /// The high end.
    pub upper: f64,
}

impl Scatter {
    /// The interval about a linear predictor; `design` is a 1 and then the terms.
    pub(crate) fn bounds(&self, predictor: f64, design: &[f64], interval: Interval, level: f64) -> Bounds {
        let variance = self.covariance.variance_of(design).max(0.0);
        let own = if interval == Interval::Prediction { self.dispersion } else { 0.0 };
        let half = self.distribution.upper_quantile(0.5 * (1.0 - level)) * (variance + own).sqrt();
        // A link may turn the line around.
        let (a, b) = (self.link.mean(predictor - half), self.link.mean(predictor + half));
        Bounds { predicted: self.link.mean(predictor), lower: a.min(b), upper: a.max(b) }
    }

    /// The tensor that a model's file has for it.
    pub(crate) fn tensor(&self) -> Tensor {
        let size = self.covariance.size;
        Tensor::from_slice([size, size], &self.covariance.matrix)
    }

    /// What else it has.
    pub(crate) fn description(&self) -> Value {
        json!({
            "family": self.family.name(),
            "link": self.link.name(),
            "dispersion": self.dispersion,
            "freedom": match self.distribution { Distribution::T(freedom) => Some(freedom), _ => None },
            "covariance": self.covariance.kind.name(),
        })
    }

    /// Reads what [`tensor`](Self::tensor) and [`description`](Self::description) wrote, of a model of so many terms.
    pub(crate) fn decode(value: &Value, file: &Contents, terms: usize) -> Result<Scatter, String> {
        let text = |what: &str| value[what].as_str().unwrap_or_default();
        let unknown = |what: &str| format!("its {what} is none that this program knows");
        let family = Family::from_name(text("family")).ok_or_else(|| unknown("family"))?;
        let link = Link::from_name(text("link")).ok_or_else(|| unknown("link"))?;
        let kind = CovarianceKind::from_name(text("covariance")).ok_or_else(|| unknown("covariance"))?;
        let number = |what: &str| value[what].as_f64().filter(|number| *number >= 0.0);
        let size = terms + 1;
        let tensor = file.tensors.get("covariance").ok_or("it has no tensor \"covariance\"")?;
        if tensor.dtype() != DType::F64 || tensor.shape() != [size, size] {
            return Err(format!("the tensor \"covariance\" is not {size} by {size} numbers of f64"));
        }
        Ok(Scatter {
            family,
            link,
            // Where no degree of freedom was left there is none, and JSON has no NaN.
            dispersion: number("dispersion").unwrap_or(f64::NAN),
            distribution: match &value["freedom"] {
                Value::Null if family.has_dispersion() => Distribution::T(f64::NAN),
                Value::Null => Distribution::Normal,
                _ => {
                    Distribution::T(number("freedom").ok_or_else(|| unknown("number of degrees of freedom"))?)
                }
            },
            covariance: Covariance { kind, size, matrix: tensor.to_vec() },
        })
    }
}
