//! Readers of the numbers that options take.

/// A finite number above 0.
pub fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("a number above 0 is wanted, such as 0.01".to_string()),
    }
}

/// A finite number that is not negative.
pub fn not_negative(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("a number of at least 0 is wanted, such as 0.01".to_string()),
    }
}

/// A part of the whole: at least 0, less than 1.
pub fn fraction(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..1.0).contains(&value) => Ok(value),
        _ => Err("a part of the rows is wanted, from 0 to below 1, such as 0.2".to_string()),
    }
}

/// A whole number from 1 to ten million.
pub fn count(text: &str) -> Result<usize, String> {
    match text.parse::<usize>() {
        Ok(value) if (1..=10_000_000).contains(&value) => Ok(value),
        _ => Err("a whole number from 1 to 10000000 is wanted".to_string()),
    }
}

/// A probability between 0 and 1.
pub fn level(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("a probability between 0 and 1 is wanted, such as 0.95".to_string()),
    }
}

/// The number of parts that rows are divided into.
pub fn folds(text: &str) -> Result<u32, String> {
    match text.parse::<u32>() {
        Ok(value) if (2..=1000).contains(&value) => Ok(value),
        _ => Err("a whole number from 2 to 1000 is wanted, such as 5".to_string()),
    }
}
