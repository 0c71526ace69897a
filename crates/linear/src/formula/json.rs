//! Designs as JSON, as saved models hold them.
//!
//! Only what was learned is written: the formula is read again, and the columns are laid out anew. Numbers are texts,
//! as they are read back to the bit then.

use serde_json::{Value, json};

use super::contrast::Contrast;
use super::expression::{Expression, Factor};
use super::info::{DesignInfo, Fill, Kind, Learned, Levels};
use super::{DesignOptions, Formula};
use crate::encode::Missing;
use crate::text::quoted;

impl DesignInfo {
    /// What [`from_json`](Self::from_json) reads.
    pub fn to_json(&self) -> Value {
        let fills = self.inputs.iter().map(|input| match &input.fill {
            None => Value::Null,
            Some(Fill::Number(fill)) => json!({"number": number(*fill)}),
            Some(Fill::Level(level)) => json!({"level": level}),
        });
        json!({
            "formula": self.formula.text,
            "all": self.all,
            "categories": self.categories(),
            "missing": if self.options.missing == Missing::Mean { "mean" } else { "drop" },
            "weights": self.options.weights,
            "offset": self.options.offset,
            "clusters": self.options.clusters,
            "category_target": self.options.category_target,
            "fills": Vec::from_iter(fills),
            "factors": Vec::from_iter(self.factors.iter().map(learned_to_json)),
            "target": learned_to_json(&self.target),
        })
    }

    /// Reads what [`to_json`](Self::to_json) has written.
    ///
    /// # Errors
    /// If it is something else; the text says what is wrong. Nothing in it is believed before it is checked.
    pub fn from_json(value: &Value) -> Result<DesignInfo, String> {
        let text = value["formula"].as_str().ok_or("it has no formula")?;
        let formula = Formula::parse(text).map_err(|error| error.to_string())?;
        let name = |key: &str| match &value[key] {
            Value::Null => Ok(None),
            Value::String(name) => Ok(Some(name.clone())),
            _ => Err(format!("{} is not a name", quoted(key))),
        };
        let options = DesignOptions {
            missing: match value["missing"].as_str() {
                Some("drop") => Missing::Drop,
                Some("mean") => Missing::Mean,
                _ => return Err("what becomes of missing values is not said".into()),
            },
            weights: name("weights")?,
            offset: name("offset")?,
            clusters: name("clusters")?,
            category_target: value["category_target"].as_bool().unwrap_or(false),
        };
        let categories = texts(&value["categories"], "categories")?;
        let all = texts(&value["all"], "columns")?;
        let is_category = |name: &str| categories.iter().any(|category| category == name);
        let (mut info, terms) =
            DesignInfo::draft(&formula, &options, all, &is_category).map_err(|error| error.to_string())?;

        let fills = list(&value["fills"], info.inputs.len(), "fills")?;
        for (input, fill) in info.inputs.iter_mut().zip(fills) {
            input.fill = match (&fill["number"], &fill["level"]) {
                (Value::Null, Value::Null) => None,
                (Value::Null, Value::String(level)) => Some(Fill::Level(level.clone())),
                (number, _) => Some(Fill::Number(finite(number)?)),
            };
        }
        let factors = list(&value["factors"], info.factors.len(), "factors")?;
        for (learned, value) in info.factors.iter_mut().zip(factors) {
            learned_from_json(learned, value)?;
        }
        learned_from_json(&mut info.target, &value["target"])?;
        info.finish(&terms).map_err(|error| error.to_string())?;
        Ok(info)
    }
}

fn learned_to_json(learned: &Learned) -> Value {
    let mut constants = Vec::new();
    learned.factor.expression().walk(&mut |part| {
        if let Expression::Standardize { learned: Some((mean, deviation)), .. } = part {
            constants.push(json!([number(*mean), number(*deviation)]));
        }
    });
    let mut value = json!({});
    if !constants.is_empty() {
        value["constants"] = constants.into();
    }
    match &learned.kind {
        Kind::Category(Some(levels)) => value["levels"] = levels.names.clone().into(),
        Kind::Basis(Some(functions)) => {
            if let Some((name, learned)) = functions.to_json() {
                value[name] = learned;
            }
        }
        _ => {}
    }
    value
}

fn learned_from_json(learned: &mut Learned, value: &Value) -> Result<(), String> {
    let name = learned.factor.to_string();
    let mut wanted = 0;
    learned.factor.expression().walk(&mut |part| {
        wanted += usize::from(matches!(part, Expression::Standardize { .. }));
    });
    if wanted > 0 {
        let mut pairs = Vec::with_capacity(wanted);
        for pair in list(&value["constants"], wanted, "constants")? {
            let pair = list(pair, 2, "constants")?;
            let (mean, deviation) = (finite(&pair[0])?, finite(&pair[1])?);
            if deviation <= 0.0 {
                return Err(format!("a deviation of {} is not positive", quoted(&name)));
            }
            pairs.push((mean, deviation));
        }
        let mut pairs = pairs.into_iter();
        learned.factor.expression_mut().walk_mut(&mut |part| {
            if let Expression::Standardize { learned, .. } = part {
                *learned = pairs.next();
            }
        });
    }
    match (&learned.kind, &learned.factor) {
        (Kind::Category(_), factor) => {
            let names = texts(&value["levels"], "levels")?;
            let distinct = std::collections::HashSet::<&String>::from_iter(&names).len() == names.len();
            if names.is_empty() || !distinct {
                return Err(format!("the levels of {} are empty or repeated", quoted(&name)));
            }
            let contrast = match factor {
                Factor::Category { contrast: Some(contrast), .. } => contrast,
                _ => &Contrast::Treatment(None),
            };
            if let Some(level) = contrast.unknown(&names) {
                return Err(format!("{} has no level {}", quoted(&name), quoted(level)));
            }
            learned.kind = Kind::Category(Some(Levels::new(names)));
        }
        (Kind::Basis(_), Factor::Basis { basis, .. }) => {
            learned.kind = Kind::Basis(Some(basis.functions_from_json(value)?));
        }
        _ => {}
    }
    Ok(())
}

/// A number as a text that is read back to the bit.
pub(super) fn number(number: f64) -> Value {
    number.to_string().into()
}

pub(super) fn numbers(all: &[f64]) -> Value {
    all.iter().map(|one| number(*one)).collect()
}

pub(super) fn finite(value: &Value) -> Result<f64, String> {
    let number = value.as_str().and_then(|text| text.parse::<f64>().ok()).filter(|number| number.is_finite());
    number.ok_or_else(|| format!("{} is not a finite number", quoted(&value.to_string())))
}

pub(super) fn list<'a>(value: &'a Value, length: usize, what: &str) -> Result<&'a [Value], String> {
    match value.as_array() {
        Some(list) if list.len() == length => Ok(list),
        _ => Err(format!("its {what} are not {length}")),
    }
}

fn texts(value: &Value, what: &str) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or_else(|| format!("it has no list of {what}"))?;
    let texts = list.iter().map(|text| text.as_str().map(str::to_string));
    texts.collect::<Option<_>>().ok_or_else(|| format!("one of its {what} is not a text"))
}
