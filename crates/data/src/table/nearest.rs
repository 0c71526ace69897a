//! `nearest`: the name that was probably meant.

/// The name among `names` that looks most like `wanted`, if one does; the first of equals.
///
/// Likeness is the edit distance (Levenshtein, 1966) without regard to case, up to a third of the longer name;
/// failing that, the shortest name that contains `wanted`.
///
/// ```
/// let names = ["bill_length_mm", "body_mass_g"];
/// assert_eq!(ndgrad_data::nearest("body_mas_g", names), Some("body_mass_g"));
/// assert_eq!(ndgrad_data::nearest("mass", names), Some("body_mass_g"));
/// assert_eq!(ndgrad_data::nearest("price", names), None);
/// ```
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    /// Longer texts are not names that someone typed, and the distance takes time quadratic in the length.
    const LONGEST: usize = 100;
    let wanted: Vec<char> = wanted.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let text: String = wanted.iter().collect();
    let mut best: Option<((bool, usize), &str)> = None;
    for name in names {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
        let longer = letters.len().max(wanted.len());
        if longer > LONGEST {
            continue;
        }
        let distance = distance(&wanted, &letters);
        let rank = if distance <= (longer / 3).max(1) && distance < longer {
            (false, distance)
        } else if letters.iter().collect::<String>().contains(&text) {
            (true, letters.len())
        } else {
            continue;
        };
        if best.is_none_or(|(least, _)| rank < least) {
            best = Some((rank, name));
        }
    }
    best.map(|(_, name)| name)
}

/// How many letters must be inserted, removed or replaced to turn `a` into `b`.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The textbook's examples.
    #[test]
    fn distances() {
        let d = |a: &str, b: &str| distance(&Vec::from_iter(a.chars()), &Vec::from_iter(b.chars()));
        assert_eq!(d("kitten", "sitting"), 3);
        assert_eq!(d("saturday", "sunday"), 3);
        assert_eq!(d("", "abc"), 3);
        assert_eq!(d("abc", "abc"), 0);
    }

    #[test]
    fn a_name_is_suggested_only_when_it_is_alike() {
        assert_eq!(nearest("PRICE", ["prize", "price"]), Some("price"));
        assert_eq!(nearest("y", ["x", "z"]), None);
        assert_eq!(nearest("", ["x"]), None);
        assert_eq!(nearest(&"x".repeat(1_000_000), ["x"]), None);
    }
}
