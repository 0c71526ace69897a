//! Numbers as text. A number here is `units * 10^exponent` with a whole `units`, so that its decimal form is
//! exact: no `0.30000000000000004` can come out.

/// The typographic minus sign, as wide as a plus.
const MINUS: &str = "\u{2212}";

/// Positional notation with as many decimals as `exponent` asks for: `plain(-250, -2)` is `−2.50`.
pub(crate) fn plain(units: i64, exponent: i32) -> String {
    let sign = if units < 0 { MINUS } else { "" };
    let mut digits = units.unsigned_abs().to_string();
    if exponent >= 0 {
        if units != 0 {
            digits.push_str(&"0".repeat(exponent as usize));
        }
        return format!("{sign}{digits}");
    }
    let decimals = exponent.unsigned_abs() as usize;
    let digits = format!("{digits:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    format!("{sign}{whole}.{fraction}")
}

/// `10` with a raised exponent: `10⁻³`.
pub(crate) fn power_of_ten(exponent: i32) -> String {
    const RAISED: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let sign = if exponent < 0 { "⁻" } else { "" };
    let digits = exponent.unsigned_abs().to_string();
    let raised: String = digits.bytes().map(|digit| RAISED[usize::from(digit - b'0')]).collect();
    format!("10{sign}{raised}")
}

/// The shortest form: positional where that is readable, `2.5×10⁷` otherwise. Trailing zeros are dropped.
pub(crate) fn shortest(mut units: i64, mut exponent: i32) -> String {
    if units == 0 {
        return "0".to_string();
    }
    while units % 10 == 0 {
        units /= 10;
        exponent += 1;
    }
    let digits = digits(units);
    let magnitude = digits - 1 + exponent;
    if (-4..12).contains(&magnitude) {
        return plain(units, exponent);
    }
    format!("{}×{}", plain(units, 1 - digits), power_of_ten(magnitude))
}

/// `value` rounded to so many significant digits, in its shortest form.
pub(crate) fn rounded(value: f64, significant: usize) -> String {
    let text = format!("{value:.*e}", significant - 1);
    // "NaN" and "inf" have no exponent and are their own best description.
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    let units = mantissa.replace('.', "").parse().expect("at most 17 digits");
    let exponent: i32 = exponent.parse().expect("an exponent that Rust wrote");
    shortest(units, exponent - (significant as i32 - 1))
}

/// How many decimal digits `units` has.
pub(crate) fn digits(units: i64) -> i32 {
    units.unsigned_abs().checked_ilog10().unwrap_or(0) as i32 + 1
}

/// The `f64` nearest to `units * 10^exponent`.
pub(crate) fn value(units: i64, exponent: i32) -> f64 {
    format!("{units}e{exponent}").parse().expect("a decimal number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_keeps_the_decimals_of_the_exponent() {
        assert_eq!(plain(-250, -2), "−2.50");
        assert_eq!(plain(5, -3), "0.005");
        assert_eq!(plain(0, -1), "0.0");
        assert_eq!(plain(0, 3), "0");
        assert_eq!(plain(12, 3), "12000");
    }

    #[test]
    fn shortest_switches_to_powers_of_ten() {
        assert_eq!(shortest(1_500, 0), "1500");
        assert_eq!(shortest(-42, -1), "−4.2");
        assert_eq!(shortest(1, -4), "0.0001");
        assert_eq!(shortest(1, -5), "1×10⁻⁵");
        assert_eq!(shortest(25, 299), "2.5×10³⁰⁰");
        assert_eq!(shortest(0, 7), "0");
    }

    #[test]
    fn rounded_keeps_significant_digits() {
        assert_eq!(rounded(-3.40004, 4), "−3.4");
        assert_eq!(rounded(0.01234567, 4), "0.01235");
        assert_eq!(rounded(9.9999e-8, 3), "1×10⁻⁷");
        assert_eq!(rounded(f64::MAX, 3), "1.8×10³⁰⁸");
        assert_eq!(rounded(0.0, 3), "0");
        assert_eq!(rounded(f64::NAN, 3), "NaN");
    }
}
