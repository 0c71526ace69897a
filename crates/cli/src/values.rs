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

/// A part of the whole: from 0 to 1.
pub fn part(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if (0.0..=1.0).contains(&value) => Ok(value),
        _ => Err("a part from 0 to 1 is wanted, such as 0.5".to_string()),
    }
}

/// A number of passes over the rows, as [`count`].
pub fn passes(text: &str) -> Result<u64, String> {
    count(text).map(|count| count as u64)
}

/// A number of bytes: `200MB`, `1.5GiB`, `65536`.
pub fn bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, f64); 8] = [
        ("kib", 1024.0),
        ("mib", 1048576.0),
        ("gib", 1073741824.0),
        ("kb", 1e3),
        ("mb", 1e6),
        ("gb", 1e9),
        ("tb", 1e12),
        ("b", 1.0),
    ];
    let small = text.trim().to_ascii_lowercase();
    let unit = UNITS.iter().find_map(|&(name, size)| Some((small.strip_suffix(name)?, size)));
    let (number, size) = unit.unwrap_or((&small, 1.0));
    match number.trim().parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok((value * size) as u64),
        _ => Err("an amount of memory is wanted, such as 200MB or 4GB".to_string()),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_memory_have_units() {
        let cases =
            [("200MB", 200_000_000), ("1.5 GiB", 1_610_612_736), ("0", 0), ("64kb", 64_000), ("7b", 7)];
        for (text, size) in cases {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for wrong in ["", "MB", "-1GB", "many", "infGB"] {
            assert!(bytes(wrong).unwrap_err().contains("200MB"), "{wrong}");
        }
    }
}
