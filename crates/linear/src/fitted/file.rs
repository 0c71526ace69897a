//! Fitted models as files: safetensors, with what is not a number in the metadata.

use super::FittedModel;
use super::common::{Lent, Read};
use crate::glm::{Family, Link};
use crate::store::{numbers, read_file, with_description, write_bytes};
use ndgrad_array::Result;
use ndgrad_data::safetensors::Contents;
use serde_json::{Value, json};
use std::path::Path;

/// The kind of such models among files of ndgrad.
const KIND: &str = "formula";

impl FittedModel {
    /// Writes the model as a safetensors file, whole or not at all: the tensors `coefficients`, `covariance` and
    /// `residual` (the deviation and the degrees of freedom, NaN where there are none), and the rest as JSON in the
    /// metadata's entry `ndgrad`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_bytes(path.as_ref(), &self.to_bytes())
    }

    /// The bytes of such a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let residual = [self.deviation, self.degrees_of_freedom].map(|number| number.unwrap_or(f64::NAN));
        let own = [
            ("family", json!(self.family.name())),
            ("link", json!(self.link.name())),
            ("quantile", json!(self.quantile)),
        ];
        let common = Lent {
            design: &self.design,
            columns: &self.columns,
            coefficients: &self.coefficients,
            covariance: self.covariance.as_ref(),
            rows: self.rows,
        };
        let own = own.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        common.to_bytes(KIND, own, &[("residual", residual.into_iter().collect())])
    }

    /// Reads a model that [`save`](Self::save) has written.
    ///
    /// # Errors
    /// As [`Model::load`](crate::Model::load); no file makes this panic.
    pub fn load(path: impl AsRef<Path>) -> Result<FittedModel> {
        let path = path.as_ref();
        FittedModel::from_bytes(&path.display().to_string(), &read_file(path)?)
    }

    /// Reads the bytes of such a file; `name` stands for it in messages.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<FittedModel> {
        with_description(name, bytes, KIND, decode)
    }
}

/// The model, if everything fits together; what does not, otherwise.
fn decode(description: &Value, file: &Contents) -> Result<FittedModel, String> {
    let text = |key: &str| description[key].as_str().unwrap_or_default();
    let Read { design, columns, coefficients, covariance, rows } = Read::of(description, file, 1)?;
    let residual = numbers(file, "residual", 2)?;
    let positive = |number: f64| (number > 0.0 && number.is_finite()).then_some(number);
    Ok(FittedModel {
        family: Family::from_name(text("family")).ok_or("its family is not known")?,
        link: Link::from_name(text("link")).ok_or("its link is not known")?,
        quantile: match &description["quantile"] {
            Value::Null => None,
            quantile => {
                let inside = quantile.as_f64().filter(|quantile| *quantile > 0.0 && *quantile < 1.0);
                Some(inside.ok_or("its quantile is not between 0 and 1")?)
            }
        },
        deviation: (residual[0] >= 0.0 && residual[0].is_finite()).then_some(residual[0]),
        degrees_of_freedom: positive(residual[1]),
        rows,
        design,
        columns,
        coefficients,
        covariance,
    })
}
