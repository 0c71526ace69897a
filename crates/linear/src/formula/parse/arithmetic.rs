//! Arithmetic, one function for each strength of binding.

use ndgrad_array::Result;

use super::{CALLS, Deep, Parser};
use crate::formula::expression::{Column, Expression, Operator};
use crate::formula::fault::{Span, unknown};
use crate::formula::function::Function;
use crate::formula::token::Token;

impl Parser<'_> {
    pub(super) fn arithmetic(&mut self) -> Result<Deep<Expression>> {
        self.binary(&[("+", Operator::Add), ("-", Operator::Subtract)], |parser| {
            parser.binary(&[("*", Operator::Multiply), ("/", Operator::Divide)], Parser::signed)
        })
    }

    pub(super) fn binary(
        &mut self,
        operators: &[(&str, Operator)],
        part: fn(&mut Self) -> Result<Deep<Expression>>,
    ) -> Result<Deep<Expression>> {
        let (mut left, mut depth) = part(self)?;
        while let Some(&(_, operator)) = operators.iter().find(|(sign, _)| self.is(sign)) {
            let span = self.span();
            self.at += 1;
            let (right, other) = part(self)?;
            depth = self.deeper(depth.max(other), span)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Ok((left, depth))
    }

    /// A sign binds less than a power: `-x^2` is `-(x^2)`.
    pub(super) fn signed(&mut self) -> Result<Deep<Expression>> {
        let span = self.span();
        let (mut minus, mut signs) = (false, 0);
        while self.is("+") || self.is("-") {
            minus ^= self.is("-");
            signs += 1;
            self.at += 1;
        }
        debug_assert!(signs > 0 || !minus);
        let (of, depth) = self.raised()?;
        match minus {
            true => Ok((Expression::Negative(Box::new(of)), self.deeper(depth, span)?)),
            false => Ok((of, depth)),
        }
    }

    /// Powers group to the right: `x^2^3` is `x^(2^3)`.
    pub(super) fn raised(&mut self) -> Result<Deep<Expression>> {
        let (of, depth) = self.atom()?;
        let span = self.span();
        if !self.take("^") {
            return Ok((of, depth));
        }
        self.enter(span)?;
        let (by, other) = self.signed()?;
        self.open -= 1;
        let power = Expression::Binary(Operator::Power, Box::new(of), Box::new(by));
        Ok((power, self.deeper(depth.max(other), span)?))
    }

    pub(super) fn atom(&mut self) -> Result<Deep<Expression>> {
        let span = self.span();
        match self.peek().clone() {
            Token::Number(number) => self.next(Expression::Number(number)),
            Token::Sign("(") => {
                self.open(span)?;
                let inner = self.arithmetic()?;
                self.close(span)?;
                Ok(inner)
            }
            Token::Name(name) if self.sign_follows("(") => self.call(&name, span),
            Token::Name(name) => self.next(Expression::Column(Column { name, span, index: 0 })),
            Token::Text(_) => Err(self.fault(
                span,
                "a text in quotes is no column here",
                "put the names of columns in backticks, or write Q(\"name\")",
            )),
            _ => Err(self.unexpected("a column or a number")),
        }
    }

    pub(super) fn call(&mut self, name: &str, span: Span) -> Result<Deep<Expression>> {
        let bare = name.strip_prefix("np.").unwrap_or(name);
        let function = Function::find(bare);
        if function.is_none() {
            match bare {
                "poly" | "bs" | "C" | "factor" => {
                    let message = format!("{bare} gives several columns, so it stands for itself");
                    return Err(self.fault(span, message, "make it a term of its own"));
                }
                "I" | "Q" | "center" | "scale" | "standardize" => {}
                _ => {
                    let names = Function::ALL.map(Function::name);
                    let message = unknown("function", name, names.into_iter().chain(CALLS));
                    let known = format!("the functions are {}, {}", names.join(", "), CALLS.join(", "));
                    return Err(self.fault(span, message, known));
                }
            }
        }
        self.at += 1;
        let bracket = self.span();
        self.open(bracket)?;
        if bare == "Q" {
            let Token::Text(name) = self.peek().clone() else {
                return Err(self.unexpected("the name of a column in quotes"));
            };
            let column = Column { name, span: self.span(), index: 0 };
            self.at += 1;
            self.close(bracket)?;
            return Ok((Expression::Column(column), 1));
        }
        let (of, depth) = self.arithmetic()?;
        let expression = match (function, bare) {
            (Some(function), _) => Expression::Apply(function, Box::new(of)),
            (None, "I") => of,
            (None, "center") => Expression::Standardize { of: Box::new(of), ddof: None, learned: None },
            (None, _) => {
                let ddof = self.option(&["ddof"])?.unwrap_or(0.0);
                if ddof != 0.0 && ddof != 1.0 {
                    return Err(self.fault(
                        span.to(self.span()),
                        "ddof is 0 or 1",
                        "write scale(x, ddof = 1)",
                    ));
                }
                Expression::Standardize { of: Box::new(of), ddof: Some(ddof as u32), learned: None }
            }
        };
        self.close(bracket)?;
        Ok((expression, self.deeper(depth, span)?))
    }
}
