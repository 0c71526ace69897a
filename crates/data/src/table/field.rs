//! `Field`: what the text of one field says.

use super::date;
use crate::source::Kind;

/// The spellings that mean "no value here", beside an empty field.
///
/// They are compared exactly, after spaces around the field are taken off: `Na` and `none` are ordinary text.
/// `nan` and `inf` are not among them. A table that holds them was usually written by a computation that
/// went wrong, and counting its results as missing would hide that: beside numbers, they are errors.
pub const MISSING: &[&str] = &["NA", "N/A", "n/a", "#N/A", "<NA>", "null", "NULL", "None", "?"];

/// The text of one field, without the spaces around it, and how it reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Field<'a> {
    pub text: &'a str,
    pub value: Value,
}

/// How a field reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value {
    Missing,
    /// A finite number.
    Number(f64),
    /// A date or a time of one, in days since 1970-01-01.
    Date(f64),
    /// Meant as a number, but none to compute with: `inf`, `nan`, beyond the range of `f64`, or with commas.
    Almost,
    Text,
}

impl<'a> Field<'a> {
    pub fn read(text: &'a str) -> Self {
        let text = text.trim();
        let value = match text.as_bytes().first() {
            None => Value::Missing,
            Some(b'0'..=b'9' | b'+' | b'-' | b'.') => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => Value::Number(number),
                Ok(_) => Value::Almost,
                Err(_) if text.contains(',') && text.replace(',', "").parse::<f64>().is_ok() => Value::Almost,
                Err(_) => date::parse(text).map_or(Value::Text, Value::Date),
            },
            // The standard library's words for these: inf, infinity, nan, in any case.
            Some(b'i' | b'I' | b'n' | b'N') if text.len() <= 8 && text.parse::<f64>().is_ok() => {
                Value::Almost
            }
            Some(_) if MISSING.contains(&text) => Value::Missing,
            Some(_) => Value::Text,
        };
        Field { text, value }
    }
}

/// Why `text`, a field of a column of another kind than what was found before or asked for, is none of it.
pub(crate) fn not_of_kind(text: &str, wanted: Kind) -> String {
    if wanted == Kind::Number {
        return not_a_number(text).join("\n    ");
    }
    format!(
        "{} is not a date\n    Write dates as 2024-03-31 or 2024-03-31T12:30:00, or leave the field empty if the value is missing.",
        excerpt(text)
    )
}

/// Why `text` is not a number, and on the next line what to do about it.
pub(super) fn not_a_number(text: &str) -> [String; 2] {
    let shown = excerpt(text);
    let correct = "Correct it, or leave the field empty (or write NA) if the value is missing.".to_string();
    match text.parse::<f64>() {
        Ok(number) if number.is_nan() => {
            let remedy = "Leave the field empty, or write NA, if the value is missing.".to_string();
            return [format!("{shown} is not a number"), remedy];
        }
        Ok(_) if text.contains(|c: char| c.is_ascii_digit()) => {
            return [format!("{shown} is too large for a number (the limit is about 1.8e308)"), correct];
        }
        Ok(_) => return [format!("{shown} is not a finite number"), correct],
        Err(_) => {}
    }
    let (point, joined) = (text.replacen(',', ".", 1), text.replace(',', ""));
    let remedy = match (point.parse::<f64>().is_ok(), joined.parse::<f64>().is_ok()) {
        (true, _) if !is_grouped(text) => format!("Write it with a decimal point: {point}"),
        (true, _) => format!("Write it with a decimal point, {point}, or without the comma, {joined}."),
        (false, true) => format!("Write it without the commas: {joined}"),
        (false, false) => correct,
    };
    [format!("{shown} is not a number"), remedy]
}

/// Whether every comma is followed by exactly three digits, as in 1,234: then it may separate thousands.
fn is_grouped(text: &str) -> bool {
    text.split(',').skip(1).all(|group| group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit()))
}

/// The text in quotes, shortened to what fits in a message.
pub(crate) fn excerpt(text: &str) -> String {
    format!("{:?}", shorten(text))
}

/// The text, or its first 60 characters and an ellipsis.
pub(crate) fn shorten(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// The first ten names in quotes, and how many more there are.
pub(super) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let mut text: Vec<String> = names.iter().take(10).map(|name| excerpt(name.as_ref())).collect();
    if names.len() > 10 {
        text.push(format!("and {} more", names.len() - 10));
    }
    text.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        Field::read(text).value
    }

    #[test]
    fn numbers_in_every_usual_form() {
        let forms = [("1", 1.0), (" -2.5 ", -2.5), ("+1", 1.0), (".5", 0.5), ("5.", 5.0), ("\t1e5", 1e5)];
        for (text, number) in forms {
            assert_eq!(value(text), Value::Number(number), "{text}");
        }
        assert_eq!(value("1e-999"), Value::Number(0.0));
    }

    #[test]
    fn missing_spellings_are_exact() {
        for text in MISSING.iter().chain(&["", "  "]) {
            assert_eq!(value(text), Value::Missing, "{text}");
        }
        for text in ["na", "Na", "none", "NONE", "-", "??", "."] {
            assert_eq!(value(text), Value::Text, "{text}");
        }
    }

    #[test]
    fn what_is_meant_as_a_number_is_neither_number_nor_missing() {
        for text in [
            "inf",
            "-inf",
            "+Inf",
            "Infinity",
            "-INFINITY",
            "nan",
            "NaN",
            "-nan",
            "1e999",
            "-1e999",
            "12,5",
            "1,234.5",
        ] {
            assert_eq!(value(text), Value::Almost, "{text}");
        }
        for text in ["1_000", "0x10", "1,5 kg", "1 000", "e5", "--1", "infinite", "nana", "1e", "٣"] {
            assert_eq!(value(text), Value::Text, "{text}");
        }
    }

    #[test]
    fn reasons_come_with_remedies() {
        let remedy = |text| not_a_number(text)[1].clone();
        assert_eq!(remedy("12,5"), "Write it with a decimal point: 12.5");
        assert_eq!(remedy("1,234"), "Write it with a decimal point, 1.234, or without the comma, 1234.");
        assert_eq!(remedy("1,234,567.5"), "Write it without the commas: 1234567.5");
        assert_eq!(not_a_number("-inf")[0], "\"-inf\" is not a finite number");
        assert_eq!(
            not_a_number("1e999")[0],
            "\"1e999\" is too large for a number (the limit is about 1.8e308)"
        );
        assert_eq!(remedy("NaN"), "Leave the field empty, or write NA, if the value is missing.");
        let long = "x".repeat(1000);
        assert_eq!(not_a_number(&long)[0].chars().count(), 60 + "\"…\" is not a number".chars().count());
    }
}
