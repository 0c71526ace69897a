//! Numbers as their bits, so that what is read back is the same.

use serde_json::Value;

/// The numbers in hexadecimal digits.
pub(crate) fn to_bits(numbers: &[f64]) -> Vec<String> {
    numbers.iter().map(|number| format!("{:016x}", number.to_bits())).collect()
}

/// What [`to_bits`] has written; `None` for anything else.
pub(crate) fn from_bits(value: &Value) -> Option<Vec<f64>> {
    let one = |value: &Value| Some(f64::from_bits(u64::from_str_radix(value.as_str()?, 16).ok()?));
    value.as_array()?.iter().map(one).collect()
}
