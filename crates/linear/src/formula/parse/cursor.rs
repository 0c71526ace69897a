//! The tokens, and the place among them.

use ndgrad_array::{Error, Result};

use super::{DEEPEST, Deep, Parser};
use crate::formula::fault::{Span, fault};
use crate::formula::token::Token;

impl Parser<'_> {
    pub(super) fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    pub(super) fn span(&self) -> Span {
        self.tokens[self.at].1
    }

    pub(super) fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    pub(super) fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn sign_follows(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + 1), Some((Token::Sign(found), _)) if *found == sign)
    }

    pub(super) fn next<T>(&mut self, node: T) -> Result<Deep<T>> {
        self.at += 1;
        Ok((node, 1))
    }

    pub(super) fn open(&mut self, bracket: Span) -> Result<()> {
        if !self.take("(") {
            return Err(self.unexpected("a ("));
        }
        self.enter(bracket)
    }

    pub(super) fn enter(&mut self, span: Span) -> Result<()> {
        self.open = self.deeper(self.open, span)?;
        Ok(())
    }

    pub(super) fn close(&mut self, bracket: Span) -> Result<()> {
        if !self.take(")") {
            return Err(match self.peek() {
                Token::End => self.fault(bracket, "this ( is never closed", "add a ) where it ends"),
                _ => self.unexpected("a )"),
            });
        }
        self.open -= 1;
        Ok(())
    }

    pub(super) fn deeper(&self, depth: usize, span: Span) -> Result<usize> {
        if depth >= DEEPEST {
            let message = format!("it is nested more than {DEEPEST} levels deep here");
            return Err(self.fault(span, message, "add a column with the result to the data"));
        }
        Ok(depth + 1)
    }

    pub(super) fn unexpected(&self, wanted: &str) -> Error {
        let found = match self.peek() {
            Token::End => "the formula ends".to_string(),
            Token::Name(name) => format!("there is {name}"),
            Token::Number(number) => format!("there is {number}"),
            Token::Text(text) => format!("there is {text:?}"),
            Token::Sign(sign) => format!("there is {sign}"),
        };
        self.fault(
            self.span(),
            format!("{found} where {wanted} should stand"),
            format!("write {wanted} here"),
        )
    }

    pub(super) fn fault(&self, span: Span, message: impl AsRef<str>, remedy: impl AsRef<str>) -> Error {
        fault(self.text, span, message, remedy)
    }
}
