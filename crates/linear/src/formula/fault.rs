//! What is wrong with a formula, with a mark under the place.

use ndgrad_array::Error;
use ndgrad_data::nearest;

use crate::text::quoted;

/// A part of a formula's text, in bytes. Where something was written is no part of what it is: all places are equal.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Span {
    pub start: usize,
    pub end: usize,
}

impl PartialEq for Span {
    fn eq(&self, _: &Span) -> bool {
        true
    }
}

impl Span {
    pub fn to(self, end: Span) -> Span {
        Span { start: self.start, end: end.end }
    }
}

/// Characters of a formula that a message shows.
const SHOWN: usize = 100;

/// The error that `message` says of the part `span` of `text`, and what to do about it.
pub(crate) fn fault(text: &str, span: Span, message: impl AsRef<str>, remedy: impl AsRef<str>) -> Error {
    // A text with its place may come from anywhere; no place may split a character.
    let boundary =
        |at: usize| (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let (start, end) = (boundary(span.start), boundary(span.end.max(span.start)));
    let before = text[..start].chars().count();
    let marked = text[start..end].chars().count().clamp(1, SHOWN);
    let skipped = (before + marked.min(SHOWN / 2)).saturating_sub(SHOWN - 10);
    let characters = text.chars().skip(skipped).take(SHOWN);
    let shown: String = characters.map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    let (left, right) =
        (if skipped > 0 { "…" } else { "" }, if text.chars().count() > skipped + SHOWN { "…" } else { "" });
    let indent = " ".repeat(before - skipped + left.chars().count());
    let carets = "^".repeat(marked.min(SHOWN - (before - skipped).min(SHOWN - 1)));
    Error::Data(format!(
        "formula: {}\n    {left}{shown}{right}\n    {indent}{carets}\n    {}",
        message.as_ref(),
        remedy.as_ref()
    ))
}

/// `there is no X "name"`, and the nearest of the names that there are.
pub(crate) fn unknown<'a>(what: &str, name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    let meant =
        nearest(name, names).map(|name| format!("; did you mean {}?", quoted(name))).unwrap_or_default();
    format!("there is no {what} {}{meant}", quoted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_under_the_place() {
        let text = "y ~ größe + x";
        let start = text.find('+').unwrap();
        let message = fault(text, Span { start, end: start + 1 }, "no", "write so").to_string();
        assert_eq!(message, "formula: no\n    y ~ größe + x\n              ^\n    write so");
    }

    #[test]
    fn a_long_formula_is_shown_around_the_place() {
        let text = format!("y ~ {}here + more{}", "x + ".repeat(100), " + z".repeat(100));
        let start = text.find("here").unwrap();
        let message = fault(&text, Span { start, end: start + 4 }, "no", "so").to_string();
        let lines = Vec::from_iter(message.lines());
        let at = lines[2].find('^').unwrap();
        assert_eq!(lines[1].chars().skip(at).take(4).collect::<String>(), "here");
        assert!(
            lines[1].chars().count() <= SHOWN + 6 && lines[1].starts_with("    …") && lines[1].ends_with('…')
        );
    }
}
