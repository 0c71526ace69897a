//! Numbers as reports show them.

/// The number to `digits` significant digits, with all digits before the point, and with an exponent only where
/// there would be many zeros.
pub fn significant(number: f64, digits: usize) -> String {
    let scientific = format!("{number:.*e}", digits - 1);
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    match exponent {
        Some(exponent) if (-4..12).contains(&exponent) => {
            let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
            format!("{number:.decimals$}")
        }
        Some(_) => scientific,
        None => number.to_string(),
    }
}

/// A count with its noun: `1 row`, `10,000 rows`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// A part of a whole: `12.3 %`.
pub fn percent(part: f64) -> String {
    let percent = 100.0 * part;
    if percent > 99.9 && percent < 100.0 { "more than 99.9 %".into() } else { format!("{percent:.1} %") }
}

/// `1234567` as `1,234,567`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_count_from_the_first_that_is_not_zero() {
        let cases = [
            (7.71709577181, "7.71710"),
            (0.0196059516681, "0.0196060"),
            (9.53114924537e-5, "9.53115e-5"),
            (-3482258.63459582, "-3482259"),
            (0.0, "0.00000"),
            (1e15, "1.00000e15"),
            (f64::NAN, "NaN"),
        ];
        for (number, text) in cases {
            assert_eq!(significant(number, 6), text);
        }
    }

    #[test]
    fn counts_read_well() {
        let texts = [
            (0, "0 rows"),
            (1, "1 row"),
            (999, "999 rows"),
            (1000, "1,000 rows"),
            (1234567, "1,234,567 rows"),
        ];
        for (number, text) in texts {
            assert_eq!(count(number, "row"), text);
        }
    }
}
