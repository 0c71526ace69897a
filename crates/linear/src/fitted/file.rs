//! Fitted models as files: safetensors, with what is not a number in the metadata.

use super::FittedModel;
use crate::formula::DesignInfo;
use crate::glm::{Family, Link};
use crate::inference::{Covariance, CovarianceKind};
use crate::store::{numbers, read_file, with_description, write_bytes};
use ndgrad_array::Result;
use ndgrad_data::safetensors::{self, Contents};
use ndgrad_tensor::Tensor;
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
        let covariance = self.covariance.as_ref().map_or(&[][..], |covariance| &covariance.matrix);
        let residual = [self.deviation, self.degrees_of_freedom].map(|number| number.unwrap_or(f64::NAN));
        let tensors: [(&str, Tensor); 3] = [
            ("coefficients", self.coefficients.iter().copied().collect()),
            ("covariance", covariance.iter().copied().collect()),
            ("residual", residual.into_iter().collect()),
        ];
        let description = json!({
            "kind": KIND,
            "version": 1,
            "design": self.design.to_json(),
            "columns": self.columns,
            "family": self.family.name(),
            "link": self.link.name(),
            "quantile": self.quantile,
            "covariance": self.covariance.as_ref().map(|covariance| covariance.kind.name()),
            "rows": self.rows,
        });
        let mut bytes = Vec::new();
        let metadata = [("ndgrad", description.to_string())];
        safetensors::to_writer(&mut bytes, tensors, metadata).expect("names that differ, and a vector");
        bytes
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
    let design = DesignInfo::from_json(&description["design"])?;
    let columns = decode_columns(description, &design)?;
    let size = columns.len() + usize::from(design.has_intercept());
    let coefficients = decode_coefficients(file, size)?;
    let text = |key: &str| description[key].as_str().unwrap_or_default();
    let covariance = decode_covariance(description, file, size)?;
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
        rows: description["rows"].as_u64().ok_or("its number of rows is not one")?,
        design,
        columns,
        coefficients,
        covariance,
    })
}

/// The columns of the design that have a coefficient.
pub(crate) fn decode_columns(description: &Value, design: &DesignInfo) -> Result<Vec<usize>, String> {
    let columns = description["columns"].as_array().ok_or("it has no list of columns")?;
    let column = |value: &Value| value.as_u64().and_then(|column| usize::try_from(column).ok());
    let columns = columns.iter().map(column).collect::<Option<Vec<_>>>().ok_or("a column is not a number")?;
    if !columns.is_sorted_by(|a, b| a < b) || columns.iter().any(|&column| column >= design.names().len()) {
        return Err("its columns are not those of the design".into());
    }
    Ok(columns)
}

pub(crate) fn decode_coefficients(file: &Contents, size: usize) -> Result<Vec<f64>, String> {
    let coefficients = numbers(file, "coefficients", size)?;
    if !coefficients.iter().all(|number| number.is_finite()) {
        return Err("a coefficient is not finite".into());
    }
    Ok(coefficients)
}

pub(crate) fn decode_covariance(
    description: &Value,
    file: &Contents,
    size: usize,
) -> Result<Option<Covariance>, String> {
    let kind = match &description["covariance"] {
        Value::Null => return Ok(None),
        kind => kind.as_str().and_then(CovarianceKind::from_name),
    };
    let kind = kind.ok_or("its covariance is of no known kind")?;
    let length = size.checked_mul(size).ok_or("its covariance is too large")?;
    Ok(Some(Covariance { kind, size, matrix: numbers(file, "covariance", length)? }))
}
