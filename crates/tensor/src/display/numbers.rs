//! The texts of numbers, all as wide as their column.

use ndgrad_array::{DType, Wide};

/// NumPy's rule since 1.14, with the limits of 2.3 and later: every number with the digits that identify it, at most
/// `precision` after the point, aligned at the point; in scientific notation where sizes differ too much.
pub(super) fn shortest(values: &[Wide], dtype: DType, precision: usize) -> Vec<String> {
    let Some(values) = floats(values, dtype) else { return whole(values, dtype) };
    let sizes = || values.iter().map(|x| x.abs()).filter(|x| x.is_finite() && *x > 0.0);
    let (largest, smallest) = (sizes().fold(0.0, f64::max), sizes().fold(f64::INFINITY, f64::min));
    let scientific = match dtype {
        // The limits are numbers of the dtype, and so is the quotient.
        DType::F32 => {
            let (largest, smallest) = (largest as f32, smallest as f32);
            largest >= 1e6 || smallest < 1e-4 || largest / smallest > 1000.0
        }
        _ => largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000.0,
    };
    if !scientific {
        let text = |&x: &f64| word(x).unwrap_or_else(|| plain(x, dtype, precision));
        return align(values.iter().map(text).collect());
    }
    let finite =
        || values.iter().filter(|x| x.is_finite()).map(|&x| mantissa_and_exponent(x, dtype, precision));
    let places = finite().map(|(mantissa, _)| mantissa.len() - after_point(&mantissa)).max().unwrap_or(0);
    let digits = finite().map(|(_, exponent)| digits(exponent)).max().unwrap_or(2);
    // Here zeros are not added: the digits go on, exactly, to the common number of places.
    let text = |&x: &f64| word(x).unwrap_or_else(|| exponential(x, places, digits));
    align(values.iter().map(text).collect())
}

/// A single number, with all digits that identify it, or at most `precision` after the point.
pub(super) fn alone(value: Wide, dtype: DType, precision: Option<usize>) -> String {
    let x = match value {
        Wide::Whole(truth) if dtype == DType::Bool => return capital(truth != 0).into(),
        Wide::Whole(number) => return number.to_string(),
        Wide::Float(x) => x,
    };
    let limit = if dtype == DType::F32 { 1e6 } else { 1e16 };
    let precision = precision.unwrap_or(usize::MAX);
    word(x).unwrap_or_else(|| {
        if x != 0.0 && !(1e-4..limit).contains(&x.abs()) {
            let (mantissa, exponent) = mantissa_and_exponent(x, dtype, precision);
            format!("{}e{}{:02}", mantissa.trim_end_matches('.'), sign(exponent), exponent.abs())
        } else {
            let text = plain(x, dtype, precision);
            if text.ends_with('.') { text + "0" } else { text }
        }
    })
}

/// The rule of NumPy up to 1.13: digits after the point as many as any number needs, at most `precision`, and one
/// more column than the largest number, for a sign. Trailing zeros become spaces, but not in scientific notation.
pub(super) fn fixed(values: &[Wide], dtype: DType, precision: usize) -> Vec<String> {
    let Some(values) = floats(values, dtype) else { return whole(values, dtype) };
    let sizes = || values.iter().map(|x| x.abs()).filter(|x| x.is_finite() && *x > 0.0);
    let (largest, smallest) = (sizes().fold(0.0, f64::max), sizes().fold(f64::INFINITY, f64::min));
    if largest >= 1e8 || smallest < 1e-4 || largest / smallest > 1000.0 {
        let width = precision + 8 + usize::from(largest >= 1e100 || smallest < 1e-99);
        let text = |&x: &f64| word(x).unwrap_or_else(|| exponential(x, precision, 2));
        return values.iter().map(|x| format!("{:>width$}", text(x))).collect();
    }
    let digits = |x: f64| {
        let text = format!("{x:.precision$}");
        text.trim_end_matches('0').split_once('.').map_or(0, |(_, fraction)| fraction.len())
    };
    let places = values.iter().filter(|x| x.is_finite()).map(|&x| digits(x)).max().unwrap_or(0);
    let words = values.iter().any(|x| !x.is_finite());
    let width = (format!("{}", largest.trunc()).len() + places + 2).max(if words { 4 } else { 0 });
    let text = |&x: &f64| match word(x) {
        Some(word) => format!("{word:>width$}"),
        None => {
            let point = if places == 0 { "." } else { "" };
            let text = format!("{:>width$}", format!("{x:.places$}{point}"));
            format!("{:width$}", text.trim_end_matches('0'))
        }
    };
    values.iter().map(text).collect()
}

fn floats(values: &[Wide], dtype: DType) -> Option<Vec<f64>> {
    let float = |value: &Wide| match *value {
        Wide::Float(x) => x,
        Wide::Whole(number) => number as f64,
    };
    dtype.is_float().then(|| values.iter().map(float).collect())
}

/// Whole numbers and answers stand at the right edge of their column.
fn whole(values: &[Wide], dtype: DType) -> Vec<String> {
    let text = |value: &Wide| match *value {
        Wide::Whole(truth) if dtype == DType::Bool => format!("{:>5}", capital(truth != 0)),
        Wide::Whole(number) => number.to_string(),
        Wide::Float(x) => x.to_string(),
    };
    let texts: Vec<String> = values.iter().map(text).collect();
    let width = texts.iter().map(String::len).max().unwrap_or(0);
    texts.into_iter().map(|text| format!("{text:>width$}")).collect()
}

fn capital(truth: bool) -> &'static str {
    if truth { "True" } else { "False" }
}

/// What is written for what is no number of finite size.
fn word(x: f64) -> Option<String> {
    match x {
        x if x.is_nan() => Some("nan".into()),
        f64::INFINITY => Some("inf".into()),
        f64::NEG_INFINITY => Some("-inf".into()),
        _ => None,
    }
}

/// In plain notation with a point: the digits that identify the number; where these are more than `places`, the
/// nearest number with so many. Zeros at the end are left out, but not the point.
fn plain(x: f64, dtype: DType, places: usize) -> String {
    let shortest = if dtype == DType::F32 { format!("{}", x as f32) } else { format!("{x}") };
    let fraction = shortest.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    with_point(if fraction <= places { shortest } else { format!("{x:.places$}") })
}

/// The same in scientific notation: the mantissa as [`plain`] writes it, and the exponent.
fn mantissa_and_exponent(x: f64, dtype: DType, places: usize) -> (String, i32) {
    let split = |text: String| {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        (mantissa.to_string(), exponent.parse().unwrap_or(0))
    };
    let (mantissa, exponent) =
        split(if dtype == DType::F32 { format!("{:e}", x as f32) } else { format!("{x:e}") });
    if mantissa.split_once('.').is_none_or(|(_, fraction)| fraction.len() <= places) {
        return (with_point(mantissa), exponent);
    }
    let (mantissa, exponent) = split(format!("{x:.places$e}"));
    (with_point(mantissa), exponent)
}

/// In scientific notation with exactly so many digits after the point and at least so many in the exponent.
fn exponential(x: f64, places: usize, digits: usize) -> String {
    let text = format!("{x:.places$e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let point = if places == 0 { "." } else { "" };
    format!("{mantissa}{point}e{}{:0digits$}", sign(exponent), exponent.abs())
}

/// `1.50` to `1.5`, `2.00` and `2` to `2.`: the point stays, to show that the number is not an integer.
fn with_point(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').to_string() } else { text + "." }
}

fn sign(exponent: i32) -> char {
    if exponent < 0 { '-' } else { '+' }
}

/// The width of an exponent, at least 2.
fn digits(exponent: i32) -> usize {
    exponent.abs().to_string().len().max(2)
}

/// Where the digits after the point begin.
fn after_point(text: &str) -> usize {
    text.find('.').map_or(text.len(), |point| point + 1)
}

/// Pads numbers on both sides so that their points stand below one another; words (nan, inf), which have none,
/// stand at the right edge.
fn align(texts: Vec<String>) -> Vec<String> {
    let parts = |text: &str| text.find('.').map(|point| (point, text.len() - point));
    let numbers = || texts.iter().filter_map(|text| parts(text));
    let words = texts.iter().filter(|text| parts(text).is_none()).map(String::len).max().unwrap_or(0);
    let after = numbers().map(|(_, after)| after).max().unwrap_or(0);
    let before = numbers().map(|(before, _)| before).max().unwrap_or(0).max(words.saturating_sub(after));
    let pad = |text: &String| match parts(text) {
        Some((own, rest)) => format!("{}{text}{}", " ".repeat(before - own), " ".repeat(after - rest)),
        None => format!("{text:>width$}", width = before + after),
    };
    texts.iter().map(pad).collect()
}
