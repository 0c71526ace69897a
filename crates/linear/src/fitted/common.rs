//! What the files of all models of a design have in common.

use crate::formula::DesignInfo;
use crate::inference::{Covariance, CovarianceKind};
use crate::store::numbers;
use ndgrad_data::safetensors::{self, Contents};
use ndgrad_tensor::Tensor;
use serde_json::{Map, Value, json};

/// A design and its estimates.
pub(crate) struct Common<D, C, N, V> {
    pub design: D,
    /// The columns of the design that have a coefficient.
    pub columns: C,
    pub coefficients: N,
    pub covariance: Option<V>,
    pub rows: u64,
}

/// As a model lends it.
pub(crate) type Lent<'a> = Common<&'a DesignInfo, &'a [usize], &'a [f64], &'a Covariance>;

/// As a file holds it.
pub(crate) type Read = Common<DesignInfo, Vec<usize>, Vec<f64>, Covariance>;

impl Lent<'_> {
    /// The bytes of a file of this kind: safetensors, with what is not a number in the metadata; `own` and `tensors` are what
    /// only this kind has.
    pub fn to_bytes(&self, kind: &str, own: Map<String, Value>, tensors: &[(&str, Tensor)]) -> Vec<u8> {
        let covariance = self.covariance.map_or(&[][..], |covariance| &covariance.matrix);
        let shared: [(&str, Tensor); 2] = [
            ("coefficients", self.coefficients.iter().copied().collect()),
            ("covariance", covariance.iter().copied().collect()),
        ];
        let mut description = own;
        for (key, value) in [
            ("kind", json!(kind)),
            ("version", json!(1)),
            ("design", self.design.to_json()),
            ("columns", json!(self.columns)),
            ("covariance", json!(self.covariance.map(|covariance| covariance.kind.name()))),
            ("rows", json!(self.rows)),
        ] {
            description.insert(key.into(), value);
        }
        let mut bytes = Vec::new();
        let metadata = [("ndgrad", Value::Object(description).to_string())];
        let tensors = shared.iter().chain(tensors).map(|(name, tensor)| (*name, tensor));
        safetensors::to_writer(&mut bytes, tensors, metadata).expect("names that differ, and a vector");
        bytes
    }
}

impl Read {
    /// Reads them, if everything fits together for a model of so many predictors; what does not, otherwise.
    pub fn of(description: &Value, file: &Contents, predictors: usize) -> Result<Read, String> {
        let design = DesignInfo::from_json(&description["design"])?;
        let columns = columns(description, &design)?;
        let size = columns.len() + usize::from(design.has_intercept());
        let size = size.checked_mul(predictors).ok_or("its coefficients are too many")?;
        let coefficients = numbers(file, "coefficients", size)?;
        if !coefficients.iter().all(|number| number.is_finite()) {
            return Err("a coefficient is not finite".into());
        }
        Ok(Read {
            covariance: covariance(description, file, size)?,
            rows: description["rows"].as_u64().ok_or("its number of rows is not one")?,
            design,
            columns,
            coefficients,
        })
    }
}

fn columns(description: &Value, design: &DesignInfo) -> Result<Vec<usize>, String> {
    let columns = description["columns"].as_array().ok_or("it has no list of columns")?;
    let column = |value: &Value| value.as_u64().and_then(|column| usize::try_from(column).ok());
    let columns = columns.iter().map(column).collect::<Option<Vec<_>>>().ok_or("a column is not a number")?;
    if !columns.is_sorted_by(|a, b| a < b) || columns.iter().any(|&column| column >= design.names().len()) {
        return Err("its columns are not those of the design".into());
    }
    Ok(columns)
}

fn covariance(description: &Value, file: &Contents, size: usize) -> Result<Option<Covariance>, String> {
    let kind = match &description["covariance"] {
        Value::Null => return Ok(None),
        kind => kind.as_str().and_then(CovarianceKind::from_name),
    };
    let kind = kind.ok_or("its covariance is of no known kind")?;
    let length = size.checked_mul(size).ok_or("its covariance is too large")?;
    Ok(Some(Covariance { kind, size, matrix: numbers(file, "covariance", length)? }))
}
