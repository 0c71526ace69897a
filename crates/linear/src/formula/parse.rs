//! The parser: recursive descent, one function for each strength of binding.

use ndgrad_array::{Error, Result};

use super::contrast::Contrast;
use super::expression::{Column, Expression, Factor, Join, Node, Operator};
use super::fault::{Span, fault, unknown};
use super::function::Function;
use super::token::{Token, tokens};

/// How many levels deep a formula may be nested, so that no text overflows the stack.
const DEEPEST: usize = 64;

/// The highest degree of a polynomial, and the highest power of a sum.
const HIGHEST: usize = 20;

/// What stands before a bracket besides the names of [`Function`]s.
const CALLS: [&str; 8] = ["I", "Q", "C", "center", "scale", "standardize", "poly", "factor"];

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

    fn factor(&mut self) -> Result<Deep<Factor>> {
        let span = self.span();
        let Token::Name(name) = self.peek().clone() else { return Err(self.unexpected("a name")) };
        if !self.sign_follows("(") {
            let (expression, depth) = self.atom()?;
            return Ok((Factor::Plain(expression), depth));
        }
        match name.as_str() {
            "poly" => {
                self.at += 1;
                let bracket = self.span();
                self.open(bracket)?;
                let (of, depth) = self.arithmetic()?;
                let degree = self.option(&["degree"])?.unwrap_or(1.0);
                if degree.fract() != 0.0 || !(1.0..=HIGHEST as f64).contains(&degree) {
                    let message = format!("the degree of a polynomial is a whole number from 1 to {HIGHEST}");
                    return Err(self.fault(span.to(self.span()), message, "write poly(x, 2)"));
                }
                let raw = self.option(&["raw"])?.unwrap_or(0.0) != 0.0;
                self.close(bracket)?;
                Ok((Factor::Poly { of, degree: degree as usize, raw }, depth + 1))
            }
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
    fn contrast(&mut self) -> Result<Contrast> {
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

    // Arithmetic.

    fn arithmetic(&mut self) -> Result<Deep<Expression>> {
        self.binary(&[("+", Operator::Add), ("-", Operator::Subtract)], |parser| {
            parser.binary(&[("*", Operator::Multiply), ("/", Operator::Divide)], Parser::signed)
        })
    }

    fn binary(
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
    fn signed(&mut self) -> Result<Deep<Expression>> {
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
    fn raised(&mut self) -> Result<Deep<Expression>> {
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

    fn atom(&mut self) -> Result<Deep<Expression>> {
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

    fn call(&mut self, name: &str, span: Span) -> Result<Deep<Expression>> {
        let bare = name.strip_prefix("np.").unwrap_or(name);
        let function = Function::find(bare);
        if function.is_none() {
            match bare {
                "poly" | "C" | "factor" => {
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

    /// `, name = number`, or `, number`, or nothing if the next option is another one.
    fn option(&mut self, names: &[&str]) -> Result<Option<f64>> {
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
        let value = match self.peek() {
            Token::Number(number) => *number,
            Token::Name(name) if matches!(name.as_str(), "TRUE" | "True" | "true" | "T") => 1.0,
            Token::Name(name) if matches!(name.as_str(), "FALSE" | "False" | "false" | "F") => 0.0,
            _ => return Err(self.unexpected("a number")),
        };
        self.at += 1;
        Ok(Some(value))
    }

    // Tokens.

    fn peek(&self) -> &Token {
        &self.tokens[self.at].0
    }

    fn span(&self) -> Span {
        self.tokens[self.at].1
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Token::Sign(found) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn sign_follows(&self, sign: &str) -> bool {
        matches!(self.tokens.get(self.at + 1), Some((Token::Sign(found), _)) if *found == sign)
    }

    fn next<T>(&mut self, node: T) -> Result<Deep<T>> {
        self.at += 1;
        Ok((node, 1))
    }

    fn open(&mut self, bracket: Span) -> Result<()> {
        if !self.take("(") {
            return Err(self.unexpected("a ("));
        }
        self.enter(bracket)
    }

    fn enter(&mut self, span: Span) -> Result<()> {
        self.open = self.deeper(self.open, span)?;
        Ok(())
    }

    fn close(&mut self, bracket: Span) -> Result<()> {
        if !self.take(")") {
            return Err(match self.peek() {
                Token::End => self.fault(bracket, "this ( is never closed", "add a ) where it ends"),
                _ => self.unexpected("a )"),
            });
        }
        self.open -= 1;
        Ok(())
    }

    fn deeper(&self, depth: usize, span: Span) -> Result<usize> {
        if depth >= DEEPEST {
            let message = format!("it is nested more than {DEEPEST} levels deep here");
            return Err(self.fault(span, message, "add a column with the result to the data"));
        }
        Ok(depth + 1)
    }

    fn unexpected(&self, wanted: &str) -> Error {
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

    fn fault(&self, span: Span, message: impl AsRef<str>, remedy: impl AsRef<str>) -> Error {
        fault(self.text, span, message, remedy)
    }
}
