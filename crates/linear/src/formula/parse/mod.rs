//! The parser: recursive descent, one function for each strength of binding.

mod arithmetic;
mod basis;
mod cursor;
mod factor;

use ndgrad_array::Result;

use super::expression::{Factor, Join, Node};
use super::fault::Span;
use super::token::{Token, tokens};

/// How many levels deep a formula may be nested, so that no text overflows the stack.
const DEEPEST: usize = 64;

/// The highest degree of a polynomial, and the highest power of a sum.
const HIGHEST: usize = 20;

/// What stands before a bracket besides the names of [`Function`](super::function::Function)s.
const CALLS: [&str; 9] = ["I", "Q", "C", "center", "scale", "standardize", "poly", "bs", "factor"];

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<(Token, Span)>,
    at: usize,
    /// Brackets that are open.
    open: usize,
}

/// Something parsed, and how deep it is nested.
type Deep<T> = (T, usize);

impl<'a> Parser<'a> {
    pub fn new(text: &'a str) -> Result<Parser<'a>> {
        Ok(Parser { text, tokens: tokens(text)?, at: 0, open: 0 })
    }

    /// `target ~ terms`.
    pub fn formula(mut self) -> Result<(Factor, Node)> {
        const FORM: &str = "a formula is written `target ~ terms`, such as `price ~ carat + cut`";
        if self.tokens.len() == 1 {
            return Err(self.fault(self.span(), "it is empty", FORM));
        }
        if self.is("~") {
            return Err(self.fault(self.span(), "nothing stands before the ~", FORM));
        }
        if !self.tokens.iter().any(|(token, _)| *token == Token::Sign("~")) {
            let whole = self.span().to(self.tokens[self.tokens.len() - 1].1);
            return Err(self.fault(whole, "it has no ~", FORM));
        }
        let target = self.target()?;
        if !self.take("~") {
            return Err(self.unexpected("the ~ after the target"));
        }
        if self.peek() == &Token::End {
            return Err(self.fault(
                self.span(),
                "nothing stands after the ~",
                "write `~ 1` for the mean alone",
            ));
        }
        let (terms, _) = self.sum()?;
        match self.peek() {
            Token::End => Ok((target, terms)),
            Token::Sign("~") => Err(self.fault(self.span(), "there is a second ~", FORM)),
            Token::Sign(")") => {
                Err(self.fault(self.span(), "this ) closes nothing", "take it out, or open a ( before it"))
            }
            _ => Err(self.unexpected("an operator such as + between terms")),
        }
    }

    fn target(&mut self) -> Result<Factor> {
        if matches!(self.peek(), Token::Name(name) if name == "C" || name == "factor")
            && self.sign_follows("(")
        {
            let span = self.span();
            return match self.factor()?.0 {
                target @ Factor::Category { contrast: None, .. } => Ok(target),
                _ => Err(self.fault(span, "a target has no contrast", "write C(target)")),
            };
        }
        Ok(Factor::Plain(self.arithmetic()?.0))
    }

    // Terms.

    fn sum(&mut self) -> Result<Deep<Node>> {
        let mut parts = Vec::new();
        let mut deepest = 0;
        loop {
            let sign = self.span();
            let mut minus = false;
            let mut signs = 0;
            while self.is("+") || self.is("-") {
                minus ^= self.is("-");
                signs += 1;
                self.at += 1;
            }
            let (part, depth) = self.cross()?;
            if parts.is_empty() && minus && !matches!(part, Node::One | Node::Zero) {
                let remedy = "a formula may begin with `-1`; for arithmetic write I(-x)";
                return Err(self.fault(sign, "there is nothing to take this from", remedy));
            }
            debug_assert!(parts.is_empty() || signs > 0);
            deepest = deepest.max(depth);
            parts.push((minus, part));
            if !self.is("+") && !self.is("-") {
                break;
            }
        }
        match &parts[..] {
            [(false, _)] => Ok((parts.remove(0).1, deepest)),
            _ => Ok((Node::Sum(parts), deepest + 1)),
        }
    }

    fn cross(&mut self) -> Result<Deep<Node>> {
        self.joined(&[("*", Join::Cross), ("/", Join::Nest)], Parser::within)
    }

    fn within(&mut self) -> Result<Deep<Node>> {
        self.joined(&[("%in%", Join::Interact)], Parser::interact)
    }

    fn interact(&mut self) -> Result<Deep<Node>> {
        self.joined(&[(":", Join::Interact)], Parser::power)
    }

    fn joined(
        &mut self,
        joins: &[(&str, Join)],
        part: fn(&mut Self) -> Result<Deep<Node>>,
    ) -> Result<Deep<Node>> {
        let (mut left, mut depth) = part(self)?;
        while let Some(&(_, join)) = joins.iter().find(|(sign, _)| self.is(sign)) {
            let span = self.span();
            self.at += 1;
            let (right, other) = part(self)?;
            depth = self.deeper(depth.max(other), span)?;
            left = Node::Join(join, Box::new(left), Box::new(right), span);
        }
        Ok((left, depth))
    }

    fn power(&mut self) -> Result<Deep<Node>> {
        let (mut of, mut depth) = self.term()?;
        while self.is("^") {
            let span = self.span();
            self.at += 1;
            let most = match *self.peek() {
                Token::Number(number)
                    if number.fract() == 0.0 && (1.0..=HIGHEST as f64).contains(&number) =>
                {
                    number as u32
                }
                _ => {
                    let message = format!("the power of terms is a whole number from 1 to {HIGHEST}");
                    return Err(self.fault(self.span(), message, "for arithmetic write I(x^2)"));
                }
            };
            self.at += 1;
            depth = self.deeper(depth, span)?;
            of = Node::Power(Box::new(of), most, span);
        }
        Ok((of, depth))
    }

    fn term(&mut self) -> Result<Deep<Node>> {
        let span = self.span();
        match self.peek().clone() {
            Token::Sign("(") => {
                self.open(span)?;
                let inner = self.sum()?;
                self.close(span)?;
                Ok(inner)
            }
            Token::Sign(".") => self.next(Node::All),
            Token::Number(0.0) => self.next(Node::Zero),
            Token::Number(1.0) => self.next(Node::One),
            Token::Number(_) => {
                let remedy = "0 stands for no intercept and 1 for one; for arithmetic write I(2 * x)";
                Err(self.fault(span, "a number is no term", remedy))
            }
            Token::Name(_) => {
                let (factor, depth) = self.factor()?;
                Ok((Node::Factor(factor), depth))
            }
            _ => Err(self.unexpected("a term")),
        }
    }
}
