//! Calls that make several columns of one number: `poly(x, 2)`, `bs(x, df = 5)`.

use ndgrad_array::Result;

use super::{Deep, HIGHEST, Parser};
use crate::formula::basis::Basis;
use crate::formula::expression::Factor;
use crate::formula::fault::{Span, unknown};
use crate::formula::spline::Spline;
use crate::formula::token::Token;

/// Knots, and columns of splines, that a formula may ask for.
const MOST: usize = 1000;

/// What `bs` is told, in the order of its arguments.
const OPTIONS: [&str; 6] = ["df", "knots", "degree", "include_intercept", "lower_bound", "upper_bound"];

impl Parser<'_> {
    pub(super) fn basis(&mut self, name: &str, span: Span) -> Result<Deep<Factor>> {
        self.at += 1;
        let bracket = self.span();
        self.open(bracket)?;
        let (of, depth) = self.arithmetic()?;
        let basis = match name {
            "bs" => Basis::Spline(self.spline(span)?),
            _ => self.polynomials(span)?,
        };
        self.close(bracket)?;
        Ok((Factor::Basis { of, basis }, depth + 1))
    }

    fn polynomials(&mut self, span: Span) -> Result<Basis> {
        let degree = self.option(&["degree"])?.unwrap_or(1.0);
        if degree.fract() != 0.0 || !(1.0..=HIGHEST as f64).contains(&degree) {
            let message = format!("the degree of a polynomial is a whole number from 1 to {HIGHEST}");
            return Err(self.fault(span.to(self.span()), message, "write poly(x, 2)"));
        }
        let raw = self.option(&["raw"])?.unwrap_or(0.0) != 0.0;
        Ok(if raw { Basis::Powers(degree as usize) } else { Basis::Orthogonal(degree as usize) })
    }

    fn spline(&mut self, call: Span) -> Result<Spline> {
        let mut spline = Spline { degree: 3, ..Spline::default() };
        let mut unnamed = OPTIONS.into_iter();
        while self.take(",") {
            let span = self.span();
            let option = match self.peek().clone() {
                Token::Name(name) if self.sign_follows("=") => {
                    self.at += 2;
                    OPTIONS.into_iter().find(|option| *option == name).ok_or_else(|| {
                        let known = format!("the options of bs are {}", OPTIONS.join(", "));
                        self.fault(span, unknown("option", &name, OPTIONS), known)
                    })?
                }
                _ => unnamed
                    .next()
                    .ok_or_else(|| self.fault(span, "bs takes no more than six options", "take it out"))?,
            };
            let value = self.span();
            let whole = |parser: &mut Self, most: usize| {
                let number = parser.constant()?;
                if number.fract() == 0.0 && (0.0..=most as f64).contains(&number) {
                    return Ok(number as usize);
                }
                let message = format!("{option} is a whole number up to {most}");
                Err(parser.fault(value, message, "write bs(x, df = 5, degree = 3)"))
            };
            match option {
                "df" => spline.df = Some(whole(self, MOST)?),
                "degree" => spline.degree = whole(self, HIGHEST)?,
                "knots" => spline.knots = Some(self.constants()?),
                "include_intercept" => spline.intercept = self.constant()? != 0.0,
                "lower_bound" => spline.lower_bound = Some(self.constant()?),
                _ => spline.upper_bound = Some(self.constant()?),
            }
        }
        match spline.inner() {
            Err([message, remedy]) => Err(self.fault(call.to(self.span()), message, remedy)),
            Ok(_) if spline.width() == 0 => {
                let message = "splines of degree 0 without a knot are constant";
                Err(self.fault(call.to(self.span()), message, "give knots, or a degree of at least 1"))
            }
            Ok(_) => Ok(spline),
        }
    }

    /// `c(1, 2)`, `(1, 2)`, `[1, 2]`, or one number.
    fn constants(&mut self) -> Result<Vec<f64>> {
        if matches!(self.peek(), Token::Name(name) if name == "c") && self.sign_follows("(") {
            self.at += 1;
        }
        let end = match () {
            () if self.take("(") => ")",
            () if self.take("[") => "]",
            () => return Ok(vec![self.constant()?]),
        };
        let mut all = Vec::new();
        while !self.take(end) {
            if !all.is_empty() && !self.take(",") {
                return Err(self.unexpected(&format!("a {end}")));
            }
            if !all.is_empty() && self.take(end) {
                break;
            }
            if all.len() == MOST {
                return Err(self.fault(
                    self.span(),
                    format!("bs takes no more than {MOST} knots"),
                    "give fewer",
                ));
            }
            all.push(self.constant()?);
        }
        Ok(all)
    }
}
