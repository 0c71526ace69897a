//! `Fact`: a number with its name, for people and for machines.

use serde_json::json;

use crate::number::{count, grouped, significant};

/// A number with its name.
pub struct Fact {
    /// Its name in JSON.
    pub key: &'static str,
    /// Its name in words.
    pub label: &'static str,
    /// The number.
    pub value: Value,
}

/// What a fact says.
pub enum Value {
    /// A number of six digits.
    Number(f64),
    /// A rough number, of three digits.
    Rough(f64),
    /// A number of at most 1 of which the distance to 1 matters too.
    Part(f64),
    /// A probability.
    Probability(f64),
    /// How many there are.
    Count(u64),
    /// How many of what there are.
    Counted(u64, &'static str),
    /// Anything else.
    Text(String),
}

impl Fact {
    /// A number with its name.
    pub fn new(key: &'static str, label: &'static str, value: Value) -> Fact {
        Fact { key, label, value }
    }

    /// A fact of a number that may not be there.
    pub fn of(
        key: &'static str,
        label: &'static str,
        kind: fn(f64) -> Value,
        number: impl Into<Option<f64>>,
    ) -> Fact {
        Fact { key, label, value: kind(number.into().unwrap_or(f64::NAN)) }
    }
}

impl Value {
    /// The value for people; a dash where there is none.
    pub fn text(&self) -> String {
        let number = |number: f64, text: String| if number.is_nan() { "-".into() } else { text };
        match self {
            Value::Number(value) => number(*value, significant(*value, 6)),
            Value::Rough(value) => number(*value, significant(*value, 3)),
            Value::Part(value) if *value > 0.9999 && *value < 1.0 => significant(*value, 9),
            Value::Part(value) => number(*value, format!("{value:.4}")),
            Value::Probability(value) => probability(*value),
            Value::Count(value) => grouped(*value as usize),
            Value::Counted(value, noun) => count(*value as usize, noun),
            Value::Text(text) => text.clone(),
        }
    }

    /// The value with all its digits; null where there is none.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Value::Number(value) | Value::Rough(value) | Value::Part(value) | Value::Probability(value) => {
                json!(value)
            }
            Value::Count(value) | Value::Counted(value, _) => json!(value),
            Value::Text(text) => json!(text),
        }
    }
}

/// A probability to four decimals, and no false zero.
pub fn probability(p: f64) -> String {
    match p {
        p if p.is_nan() => "-".into(),
        p if p < 0.0001 => "<0.0001".into(),
        p => format!("{p:.4}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_probabilities_are_not_zero() {
        assert_eq!([0.04999, 1e-9, 1.0, f64::NAN].map(probability), ["0.0500", "<0.0001", "1.0000", "-"]);
    }

    #[test]
    fn people_and_machines_read_the_same() {
        let text = |value: Value| (value.text(), value.json().to_string());
        assert_eq!(text(Value::Number(1234.56789)), ("1234.57".into(), "1234.56789".into()));
        assert_eq!(text(Value::Number(f64::NAN)), ("-".into(), "null".into()));
        assert_eq!(text(Value::Part(0.9999937)), ("0.999993700".into(), "0.9999937".into()));
        assert_eq!(text(Value::Counted(1000, "row")), ("1,000 rows".into(), "1000".into()));
    }
}
