//! The words and signs of a formula.

use ndgrad_array::Result;

use super::fault::{Span, fault};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name, whether it stood in backticks or not.
    Name(String),
    Number(f64),
    /// A text in quotes.
    Text(String),
    /// An operator, a bracket, a comma; `**` is `^`, and a lone `.` is one too.
    Sign(&'static str),
    End,
}

/// Longer ones come before their beginnings.
const SIGNS: [(&str, &str); 16] = [
    ("%in%", "%in%"),
    ("**", "^"),
    ("~", "~"),
    ("+", "+"),
    ("-", "-"),
    ("*", "*"),
    ("/", "/"),
    (":", ":"),
    ("^", "^"),
    ("(", "("),
    (")", ")"),
    ("[", "["),
    ("]", "]"),
    (",", ","),
    ("=", "="),
    (".", "."),
];

/// The tokens of a text, with their places; the last one is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Span)>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = text[at..].chars().next() {
        if letter.is_whitespace() {
            at += letter.len_utf8();
            continue;
        }
        let (token, length) = match letter {
            '`' | '"' | '\'' => quoted(text, at, letter)?,
            _ if is_start(&text[at..]) => {
                let length = text[at..].find(|letter| !is_part(letter)).unwrap_or(text.len() - at);
                (Token::Name(text[at..at + length].into()), length)
            }
            _ if letter.is_ascii_digit() || (letter == '.' && digit_follows(&text[at + 1..])) => {
                number(text, at)?
            }
            _ => match SIGNS.iter().find(|(sign, _)| text[at..].starts_with(sign)) {
                Some((sign, meaning)) => (Token::Sign(meaning), sign.len()),
                None => {
                    let span = Span { start: at, end: at + letter.len_utf8() };
                    let message = format!("{letter:?} means nothing in a formula");
                    return Err(fault(
                        text,
                        span,
                        message,
                        "put names with such characters in backticks: `a b`",
                    ));
                }
            },
        };
        found.push((token, Span { start: at, end: at + length }));
        at += length;
    }
    found.push((Token::End, Span { start: text.len(), end: text.len() }));
    Ok(found)
}

/// Whether a name begins here: with a letter, `_`, or a point before one.
fn is_start(text: &str) -> bool {
    let mut letters = text.chars();
    let is_letter = |letter: char| letter.is_alphabetic() || letter == '_';
    match letters.next() {
        Some('.') => letters.next().is_some_and(is_letter),
        Some(letter) => is_letter(letter),
        None => false,
    }
}

fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '.'
}

/// Whether a name needs no backticks.
pub(super) fn is_plain(name: &str) -> bool {
    is_start(name) && name.chars().all(is_part)
}

fn digit_follows(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_digit())
}

/// `12`, `1.5`, `.5`, `2e-3`.
fn number(text: &str, at: usize) -> Result<(Token, usize)> {
    let rest = &text[at..];
    let digits =
        |from: usize| rest[from..].find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len() - from);
    let mut length = digits(0);
    if rest[length..].starts_with('.') {
        length += 1;
        length += digits(length);
    }
    if rest[length..].starts_with(['e', 'E']) {
        let sign = usize::from(rest[length + 1..].starts_with(['+', '-']));
        if digit_follows(&rest[length + 1 + sign..]) {
            length += 1 + sign;
            length += digits(length);
        }
    }
    let span = Span { start: at, end: at + length };
    match rest[..length].parse::<f64>() {
        Ok(value) if value.is_finite() && !rest[length..].starts_with(is_part) => {
            Ok((Token::Number(value), length))
        }
        Ok(value) if value.is_finite() => {
            let end =
                at + length + rest[length..].find(|letter| !is_part(letter)).unwrap_or(rest.len() - length);
            let remedy = format!("put a name that begins with a digit in backticks: `{}`", &text[at..end]);
            Err(fault(text, Span { start: at, end }, "a number and letters stand together", remedy))
        }
        _ => Err(fault(text, span, "the number is too large", "the largest is about 1.8e308")),
    }
}

/// A name in backticks or a text in quotes; a backslash keeps the character after it from ending it.
fn quoted(text: &str, at: usize, quote: char) -> Result<(Token, usize)> {
    let mut content = String::new();
    let mut letters = text[at + 1..].char_indices();
    while let Some((offset, letter)) = letters.next() {
        match letter {
            '\\' => content.extend(letters.next().map(|(_, letter)| letter)),
            _ if letter == quote => {
                let length = offset + 2;
                if content.is_empty() {
                    let span = Span { start: at, end: at + length };
                    return Err(fault(text, span, "nothing stands between the quotes", "write a name there"));
                }
                let token = if quote == '`' { Token::Name(content) } else { Token::Text(content) };
                return Ok((token, length));
            }
            _ => content.push(letter),
        }
    }
    let span = Span { start: at, end: at + 1 };
    Err(fault(
        text,
        span,
        format!("the {quote} is never closed"),
        format!("end the name with another {quote}"),
    ))
}
