//! What other programs have found: the files of numbers beside this one, each with the script that made it.

// Every test file takes what it needs.
#![allow(dead_code)]

use ndgrad_linear::InMemory;
use serde_json::Value;

/// Within this part of the wanted number, or of `unit` if that is larger.
#[track_caller]
pub fn close(found: f64, wanted: f64, unit: f64, tolerance: f64, what: &str) {
    let difference = (found - wanted).abs() / wanted.abs().max(unit);
    assert!(difference <= tolerance, "{what}: {found} is not {wanted} ({difference:e})");
}

pub fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

pub fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().into()).collect()
}

/// The rows of a case: `x` row after row and `y`; names, weights, offset, clusters and intercept if it has them.
pub fn rows(case: &Value) -> InMemory {
    let (x, y) = (numbers(&case["x"]), numbers(&case["y"]));
    let names = match &case["names"] {
        Value::Null => (0..x.len() / y.len()).map(|j| format!("x{j}")).collect(),
        names => texts(names),
    };
    let optional = |key: &str| case[key].as_array().map(|_| numbers(&case[key]));
    let mut rows = InMemory::new(names, x, y).unwrap();
    rows.intercept = case["intercept"].as_bool().unwrap_or(true);
    rows.weights = optional("weights");
    rows.offset = optional("offset");
    rows.clusters = optional("clusters").map(|clusters| clusters.iter().map(|&c| c as u32).collect());
    rows
}
