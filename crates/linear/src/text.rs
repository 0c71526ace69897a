//! Names and numbers as messages and equations show them.

/// The text in quotes, or the beginning of a long one.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", shortened(text, 60))
}

/// The text, or its first `most` characters and an ellipsis.
pub(crate) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}

/// The first ten names in quotes, and how many more there are.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let mut parts: Vec<String> = names.iter().take(10).map(|name| quoted(name.as_ref())).collect();
    if names.len() > 10 {
        parts.push(format!("and {} more", names.len() - 10));
    }
    parts.join(", ")
}

/// `1 row`, `2 rows`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// The number to `digits` significant digits without trailing zeros, as people write it: with an exponent only
/// where there would be many zeros.
pub(crate) fn rounded(number: f64, digits: usize) -> String {
    let scientific = format!("{number:.*e}", digits - 1);
    let exponent = scientific.split_once('e').and_then(|(_, exponent)| exponent.parse::<i32>().ok());
    let trimmed = |text: &str| match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text.to_string(),
    };
    match exponent {
        // Not finite.
        None => number.to_string(),
        Some(exponent) if (-4..digits as i32 + 2).contains(&exponent) => {
            let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
            trimmed(&format!("{number:.decimals$}"))
        }
        Some(exponent) => {
            let mantissa = scientific.split('e').next().unwrap_or_default();
            format!("{}e{exponent}", trimmed(mantissa))
        }
    }
}

/// `target = intercept + coefficient name + …` with five significant digits, in lines of at most `width`
/// characters where the names allow it; a line breaks before a sign and continues below the first term, and not
/// at a line break in a name, which is a space here.
pub(crate) fn equation<'a>(
    target: &str,
    intercept: Option<f64>,
    terms: impl Iterator<Item = (&'a str, f64)>,
    width: usize,
) -> String {
    let indent = " ".repeat((target.chars().count() + 3).min(8));
    let target = target.replace(char::is_control, " ");
    let mut text = format!("{target} =");
    if let Some(intercept) = intercept {
        text += &format!(" {}", rounded(intercept, 5));
    }
    let mut column = text.chars().count();
    let mut is_first = intercept.is_none();
    for (name, coefficient) in terms {
        let name = name.replace(char::is_control, " ");
        let term = match (std::mem::take(&mut is_first), coefficient.is_sign_negative()) {
            (true, _) => format!("{} {name}", rounded(coefficient, 5)),
            (false, true) => format!("- {} {name}", rounded(-coefficient, 5)),
            (false, false) => format!("+ {} {name}", rounded(coefficient, 5)),
        };
        let length = term.chars().count() + 1;
        if column + length > width {
            text += &format!("\n{indent}{term}");
            column = indent.len() + length - 1;
        } else {
            text += &format!(" {term}");
            column += length;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_as_people_write_them() {
        let cases = [
            (0.0, "0"),
            (1.0, "1"),
            (54.5, "54.5"),
            (-4282.08, "-4282.1"),
            (15.0618722713733, "15.062"),
            (-0.358191792925910e-1, "-0.035819"),
            (-3482258.63459582, "-3482259"),
            (1829.15146461355, "1829.2"),
            (0.00099999999, "0.001"),
            (9.99999999, "10"),
            (0.0001, "0.0001"),
            (0.000012345678, "1.2346e-5"),
            (1.5e-300, "1.5e-300"),
            (123456789.0, "1.2346e8"),
            (f64::INFINITY, "inf"),
        ];
        for (number, text) in cases {
            assert_eq!(rounded(number, 5), text);
        }
    }

    #[test]
    fn equations_break_before_signs() {
        let terms = [("bill_length_mm", 18.25), ("species[Gentoo]", -987.654321), ("z", 0.0)];
        assert_eq!(
            equation("body_mass_g", Some(-4282.08), terms.into_iter(), 48),
            "body_mass_g = -4282.1 + 18.25 bill_length_mm\n        - 987.65 species[Gentoo] + 0 z"
        );
        assert_eq!(equation("y", Some(1.0), std::iter::once(("x", -0.5)), 80), "y = 1 - 0.5 x");
        assert_eq!(equation("y", None, [("x", -0.5), ("z", 2.0)].into_iter(), 80), "y = -0.5 x + 2 z");
        assert_eq!(equation("y\n1", Some(1.0), std::iter::once(("x\t2", 0.5)), 80), "y 1 = 1 + 0.5 x 2");
    }

    #[test]
    fn lists_stay_short() {
        let names: Vec<String> = (0..12).map(|i| format!("c{i}")).collect();
        assert!(list(&names).ends_with("\"c9\", and 2 more"));
        assert_eq!(quoted(&"x".repeat(100)).chars().count(), 63);
        assert_eq!((count(1, "row"), count(2, "row")), ("1 row".to_string(), "2 rows".to_string()));
    }
}
