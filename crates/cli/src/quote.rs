//! Command lines, as they could be typed again.

/// The words with quotes where a shell needs them.
pub fn command(words: impl IntoIterator<Item = String>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

fn quoted(word: String) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./,:=+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word;
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_shell_would_read_otherwise_is_quoted() {
        let words = ["ndgrad", "fit", "my flats.csv", "--formula", "y ~ a*b", "it's", ""].map(String::from);
        assert_eq!(command(words), r"ndgrad fit 'my flats.csv' --formula 'y ~ a*b' 'it'\''s' ''");
    }
}
