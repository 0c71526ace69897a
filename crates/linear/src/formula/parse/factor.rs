//! Factors: what one column, or one group of columns, is made of.

use ndgrad_array::Result;

use super::{Deep, Parser};
use crate::formula::contrast::Contrast;
use crate::formula::expression::Factor;
use crate::formula::fault::unknown;
use crate::formula::token::Token;

impl Parser<'_> {
    pub(super) fn factor(&mut self) -> Result<Deep<Factor>> {
        let span = self.span();
        let Token::Name(name) = self.peek().clone() else { return Err(self.unexpected("a name")) };
        if !self.sign_follows("(") {
            let (expression, depth) = self.atom()?;
            return Ok((Factor::Plain(expression), depth));
        }
        match name.as_str() {
            "poly" | "bs" => self.basis(&name, span),
            "C" | "factor" => {
                self.at += 1;
                let bracket = self.span();
                self.open(bracket)?;
                let (of, depth) = self.arithmetic()?;
                let contrast = if self.take(",") { Some(self.contrast()?) } else { None };
                self.close(bracket)?;
                Ok((Factor::Category { of, contrast }, depth + 1))
            }
            _ => {
                let (expression, depth) = self.atom()?;
                Ok((Factor::Plain(expression), depth))
            }
        }
    }

    /// `Sum`, `Treatment("level")`, `Treatment(reference = "level")`.
    pub(super) fn contrast(&mut self) -> Result<Contrast> {
        let span = self.span();
        let Token::Name(name) = self.peek().clone() else {
            return Err(self.unexpected("the name of a contrast"));
        };
        self.at += 1;
        let mut level = None;
        let bracket = self.span();
        if self.is("(") {
            self.open(bracket)?;
            if matches!(self.peek(), Token::Name(option) if option == "reference" || option == "omit") {
                self.at += 1;
                if !self.take("=") {
                    return Err(self.unexpected("a ="));
                }
            }
            level = match self.peek().clone() {
                Token::Text(text) => self.next(Some(text))?.0,
                Token::Number(number) => self.next(Some(number.to_string()))?.0,
                Token::Sign(")") => None,
                _ => return Err(self.unexpected("a level in quotes")),
            };
            self.close(bracket)?;
        }
        match (name.as_str(), level) {
            ("Treatment", level) => Ok(Contrast::Treatment(level)),
            ("Sum", level) => Ok(Contrast::Sum(level)),
            ("Helmert", None) => Ok(Contrast::Helmert),
            ("Diff", None) => Ok(Contrast::Diff),
            ("Poly", None) => Ok(Contrast::Poly),
            ("Helmert" | "Diff" | "Poly", Some(_)) => {
                Err(self.fault(bracket, format!("{name} takes no level"), format!("write {name}")))
            }
            _ => Err(self.fault(
                span,
                unknown("contrast", &name, Contrast::NAMES),
                format!("the contrasts are {}", Contrast::NAMES.join(", ")),
            )),
        }
    }

    /// `, name = number`, or `, number`, or nothing if the next option is another one.
    pub(super) fn option(&mut self, names: &[&str]) -> Result<Option<f64>> {
        if !self.is(",") {
            return Ok(None);
        }
        if let Some((Token::Name(name), _)) = self.tokens.get(self.at + 1)
            && self.tokens.get(self.at + 2).is_some_and(|(token, _)| *token == Token::Sign("="))
        {
            if !names.contains(&name.as_str()) {
                return Ok(None);
            }
            self.at += 2;
        }
        self.at += 1;
        Ok(Some(self.constant()?))
    }

    /// A number with its sign, or a truth as 1 or 0.
    pub(super) fn constant(&mut self) -> Result<f64> {
        let sign = if self.take("-") { -1.0 } else { 1.0 };
        let value = match self.peek() {
            Token::Number(number) => *number,
            Token::Name(name) if matches!(name.as_str(), "TRUE" | "True" | "true" | "T") => 1.0,
            Token::Name(name) if matches!(name.as_str(), "FALSE" | "False" | "false" | "F") => 0.0,
            _ => return Err(self.unexpected("a number")),
        };
        self.at += 1;
        Ok(sign * value)
    }
}
