//! Models as files: safetensors, with what is not a number in the metadata.
//!
//! The tensors, all of f64, in the order of the terms: `weight`, `centre` and `scale` of the standardized terms,
//! `bias`, `target` (its centre and scale), and `fill` (what stands in for missing numbers, in the order of the
//! numeric features; NaN where nothing does). The metadata has one entry, `ndgrad`, which is JSON:
//!
//! ```json
//! {"kind": "linear", "version": 1, "target": "body_mass_g", "rows": 333, "dropped": 11,
//!  "features": [
//!    {"name": "flipper_length_mm", "kind": "numeric"},
//!    {"name": "species", "kind": "category", "levels": ["Adelie", "Chinstrap", "Gentoo"],
//!     "terms": ["Chinstrap", "Gentoo"], "fill": null}]}
//! ```
//!
//! A model with intervals has the tensor `covariance` besides, of the intercept and the terms, and the entry `scatter`:
//!
//! ```json
//! {"family": "gaussian", "link": "identity", "dispersion": 82096.0, "freedom": 323.0, "covariance": "classical"}
//! ```
//!
//! The first level is the baseline; `terms` are the levels with an indicator; `fill` is the level that stands in
//! for a missing one.

use crate::feature::{Feature, Kind, Level};
use crate::linear::{Linear, Scaling};
use crate::model::Model;
use crate::scatter::Scatter;
use crate::text::quoted;
use ndgrad_array::{Error, Place, Result};
use ndgrad_data::safetensors::{self, Contents};
use ndgrad_data::write_file;
use ndgrad_tensor::{DType, Tensor};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

/// The version of the format that is written, and the only one that is read.
const VERSION: u64 = 1;

/// The metadata's entry.
const KEY: &str = "ndgrad";

/// A model of a million terms has 24 MB of numbers, and names.
const LARGEST_FILE: u64 = 64 << 20;

impl Model {
    /// Writes the model as a safetensors file, whole or not at all: a temporary file beside it takes its place.
    /// The same model gives the same bytes.
    ///
    /// The tensors, all of f64, are `weight`, `centre` and `scale` of the standardized terms, `bias`, `target` (its
    /// centre and scale) and `fill` (the means that stand in for missing numbers, or NaN). The metadata's only
    /// entry, `ndgrad`, is JSON with the names of the target, the features and the levels. A prediction, or its linear predictor, is
    /// `target[0] + target[1] * (bias + sum(weight * (term - centre) / scale))`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_bytes(path.as_ref(), &self.to_bytes())
    }

    /// Reads a model that [`save`](Self::save) has written.
    ///
    /// # Errors
    /// If the file cannot be read, or is not such a model, or is larger than 64 MiB; the message names the file.
    /// What stands in a file is checked before it is believed: no file makes this panic.
    pub fn load(path: impl AsRef<Path>) -> Result<Model> {
        let path = path.as_ref();
        Model::from_bytes(&path.display().to_string(), &read_file(path)?)
    }

    /// The bytes of a safetensors file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Linear { scaling, weights, bias } = &self.linear;
        let fills = self.features.iter().filter_map(|feature| match feature.kind {
            Kind::Numeric { fill } => Some(fill.unwrap_or(f64::NAN)),
            Kind::Category { .. } => None,
        });
        let mut tensors: Vec<(&str, Tensor)> = vec![
            ("weight", weights.iter().copied().collect()),
            ("centre", scaling.centres.iter().copied().collect()),
            ("scale", scaling.scales.iter().copied().collect()),
            ("bias", [*bias].into_iter().collect()),
            ("target", [scaling.target_centre, scaling.target_scale].into_iter().collect()),
            ("fill", fills.collect()),
        ];
        if let Some(scatter) = &self.scatter {
            tensors.push(("covariance", scatter.tensor()));
        }
        let mut bytes = Vec::new();
        let metadata = [(KEY, self.description().to_string())];
        safetensors::to_writer(&mut bytes, tensors, metadata).expect("names that differ, and a vector");
        bytes
    }

    /// Reads the bytes of a safetensors file; `name` stands for the file in messages.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Model> {
        with_description(name, bytes, "linear", decode)
    }

    fn description(&self) -> Value {
        let feature = |feature: &Feature| match &feature.kind {
            Kind::Numeric { .. } => json!({"name": feature.name, "kind": "numeric"}),
            Kind::Category { levels, fill } => {
                let names = |levels: &mut dyn Iterator<Item = &Level>| -> Vec<String> {
                    levels.map(|level| level.name.clone()).collect()
                };
                json!({
                    "name": feature.name,
                    "kind": "category",
                    "levels": names(&mut levels.iter()),
                    "terms": names(&mut levels.iter().filter(|level| level.has_term)),
                    "fill": fill.map(|level| levels[level].name.as_str()),
                })
            }
        };
        let mut description = json!({
            "kind": "linear",
            "version": VERSION,
            "target": self.target,
            "rows": self.rows,
            "dropped": self.dropped,
            "features": self.features.iter().map(feature).collect::<Vec<_>>(),
        });
        if let Some(scatter) = &self.scatter {
            description["scatter"] = scatter.description();
        }
        description
    }
}

/// Writes the file of a model, whole or not at all.
pub(crate) fn write_bytes(path: &Path, bytes: &[u8]) -> Result<()> {
    write_file(path, |writer| writer.write_all(bytes).map_err(|error| Error::file(path, "write", error)))
}

/// The tensor of this name, if it is that many numbers; what is wrong with it, otherwise.
pub(crate) fn numbers(file: &Contents, name: &str, length: usize) -> Result<Vec<f64>, String> {
    let tensor = file.tensors.get(name).ok_or_else(|| format!("it has no tensor {}", quoted(name)))?;
    if tensor.dtype() != DType::F64 || tensor.shape() != [length] {
        return Err(format!("the tensor {} is not {length} numbers of f64", quoted(name)));
    }
    Ok(tensor.to_vec())
}

/// The bytes of a model's file.
pub(crate) fn read_file(path: &Path) -> Result<Vec<u8>> {
    let explain = |error: std::io::Error| {
        let text = match error.kind() {
            ErrorKind::NotFound => "there is no such file\n    Check the spelling and the directory.",
            ErrorKind::IsADirectory => "it is a directory\n    Name the model file in it.",
            _ => return Error::file(path, "read", error),
        };
        Error::file(path, "read", std::io::Error::new(error.kind(), text))
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(explain)?;
    file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(explain)?;
    Ok(bytes)
}

/// What `decode` makes of the description and the tensors of a model of the kind `wanted`.
pub(crate) fn with_description<T>(
    name: &str,
    bytes: &[u8],
    wanted: &str,
    decode: impl FnOnce(&Value, &Contents) -> Result<T, String>,
) -> Result<T> {
    let refused = |message: String| Error::content(Place::file(name), message);
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(refused(format!(
            "the file is too large to be a linear model (the limit is {} MiB)\n    \
             Name a file that ndgrad has written.",
            LARGEST_FILE >> 20
        )));
    }
    if bytes.is_empty() {
        return Err(refused("the file is empty\n    Name a file that ndgrad has written.".into()));
    }
    let file = safetensors::from_bytes(name, bytes)?;
    let Some(description) = file.metadata.get(KEY) else {
        return Err(refused(
            "this is a safetensors file, but not an ndgrad model: its metadata has no entry \"ndgrad\"\n    \
             Name a file that ndgrad has written."
                .into(),
        ));
    };
    let damaged = |what: String| {
        refused(format!("the model is damaged: {what}\n    Copy it again, or train it again."))
    };
    let description: Value = serde_json::from_str(description)
        .map_err(|error| damaged(format!("its description is not JSON ({error})")))?;
    let kind = description["kind"].as_str().unwrap_or_default();
    if kind != wanted {
        return Err(refused(format!(
            "this is an ndgrad model of another kind, {}, not a {wanted} one\n    Name a {wanted} model.",
            quoted(kind)
        )));
    }
    if description["version"].as_u64() != Some(VERSION) {
        return Err(refused(format!(
            "the model is of version {}, and this program reads version {VERSION}\n    \
             Use the program's release that wrote it, or train it again.",
            description["version"]
        )));
    }
    decode(&description, &file).map_err(damaged)
}

/// The model, if everything fits together; what does not, otherwise.
fn decode(description: &Value, file: &Contents) -> Result<Model, String> {
    let text = |value: &Value, what: &str| {
        value.as_str().map(str::to_string).ok_or_else(|| format!("{what} is not a text"))
    };
    let count = |what: &str| {
        let number = description[what].as_u64().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| format!("{} is not a number of rows", quoted(what)))
    };
    let numbers = |name: &str, length: usize| numbers(file, name, length);
    let finite = |name: &str, numbers: Vec<f64>| match numbers.iter().all(|number| number.is_finite()) {
        true => Ok(numbers),
        false => Err(format!("the tensor {} holds a number that is not finite", quoted(name))),
    };
    let positive = |name: &str, numbers: &[f64]| match numbers.iter().all(|&number| number > 0.0) {
        true => Ok(()),
        false => Err(format!("the tensor {} holds a scale that is not positive", quoted(name))),
    };

    let target = text(&description["target"], "the target's name")?;
    let listed = description["features"].as_array().ok_or("it has no list of features")?;
    let is_numeric = |feature: &&Value| feature["kind"] == "numeric";
    let mut fills = numbers("fill", listed.iter().filter(is_numeric).count())?.into_iter();
    let (mut features, mut names) = (Vec::new(), HashSet::from([target.clone()]));
    for value in listed {
        let name = text(&value["name"], "a feature's name")?;
        if !names.insert(name.clone()) {
            return Err(format!("it has two columns {}", quoted(&name)));
        }
        let kind = match value["kind"].as_str() {
            Some("numeric") => match fills.next() {
                Some(fill) if fill.is_infinite() => return Err("a mean is infinite".into()),
                fill => Kind::Numeric { fill: fill.filter(|fill| !fill.is_nan()) },
            },
            Some("category") => category(value, &name)?,
            _ => return Err(format!("the feature {} is of no known kind", quoted(&name))),
        };
        features.push(Feature { name, kind });
    }
    let width = features.iter().map(Feature::width).sum();
    let scales = finite("scale", numbers("scale", width)?)?;
    positive("scale", &scales)?;
    let target_numbers = finite("target", numbers("target", 2)?)?;
    positive("target", &target_numbers[1..])?;
    let scaling = Scaling {
        centres: finite("centre", numbers("centre", width)?)?,
        scales,
        target_centre: target_numbers[0],
        target_scale: target_numbers[1],
    };
    let weights = finite("weight", numbers("weight", width)?)?;
    let bias = finite("bias", numbers("bias", 1)?)?[0];
    let linear = Linear { scaling, weights, bias };
    let scatter = match &description["scatter"] {
        Value::Null => None,
        value => Some(Scatter::decode(value, file, width)?),
    };
    Ok(Model { target, features, linear, rows: count("rows")?, dropped: count("dropped")?, scatter })
}

fn category(value: &Value, feature: &str) -> Result<Kind, String> {
    let texts = |what: &str| -> Result<Vec<String>, String> {
        let list = value[what].as_array();
        let texts = list.and_then(|list| list.iter().map(|text| text.as_str().map(str::to_string)).collect());
        texts.ok_or_else(|| format!("the feature {} has no list of {what}", quoted(feature)))
    };
    let names = texts("levels")?;
    // Sorted and without repetition, as they are looked up.
    if names.is_empty() || !names.windows(2).all(|pair| pair[0] < pair[1]) {
        return Err(format!("the levels of the feature {} are not in order", quoted(feature)));
    }
    let with_terms: HashSet<String> = texts("terms")?.into_iter().collect();
    let fill = match &value["fill"] {
        Value::Null => None,
        Value::String(fill) if names.contains(fill) => names.iter().position(|name| name == fill),
        _ => return Err(format!("what stands in for missing values of {} is not a level", quoted(feature))),
    };
    let level =
        |(index, name): (usize, String)| Level { has_term: index > 0 && with_terms.contains(&name), name };
    Ok(Kind::Category { levels: names.into_iter().enumerate().map(level).collect(), fill })
}

#[cfg(test)]
mod tests;
