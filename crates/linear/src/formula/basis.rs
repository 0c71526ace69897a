//! A basis: functions that make several columns of one number.

use std::fmt;

use serde_json::{Value, json};

use super::json::{finite, list, number, numbers};
use super::polynomial::{Moments, Polynomials};
use super::spline::{Knots, Spline};

/// Which functions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Basis {
    /// The powers from the first to this one.
    Powers(usize),
    /// Polynomials of degrees up to this one, orthogonal over the numbers learned from.
    Orthogonal(usize),
    Spline(Spline),
}

/// Functions that have learned what they need.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Functions {
    Powers(usize),
    Orthogonal(Polynomials),
    Splines(Knots),
}

/// What is gathered of the numbers to learn from.
#[derive(Clone, Debug)]
pub(crate) enum Gatherer {
    Moments(Moments),
    /// Quantiles are found among all of them.
    Numbers(Vec<f64>),
}

impl Basis {
    /// The number of columns.
    pub fn width(&self) -> usize {
        match self {
            Basis::Powers(degree) | Basis::Orthogonal(degree) => *degree,
            Basis::Spline(spline) => spline.width(),
        }
    }

    /// The functions, where nothing is to be learned.
    pub fn functions(&self) -> Option<Functions> {
        match self {
            Basis::Powers(degree) => Some(Functions::Powers(*degree)),
            Basis::Orthogonal(_) | Basis::Spline(_) => None,
        }
    }

    pub fn gatherer(&self) -> Gatherer {
        match self {
            Basis::Powers(_) | Basis::Spline(_) => Gatherer::Numbers(Vec::new()),
            Basis::Orthogonal(degree) => Gatherer::Moments(Moments::new(2 * degree)),
        }
    }

    /// The functions for what was gathered, or what is wrong with that and a remedy; `shown` is the call as a formula has
    /// it, and `of` the number.
    pub fn learn(&self, gathered: Gatherer, shown: &str, of: &str) -> Result<Functions, [String; 2]> {
        match (self, gathered) {
            (Basis::Orthogonal(_), Gatherer::Moments(moments)) => {
                moments.polynomials().map(Functions::Orthogonal).map_err(|most| {
                    let remedy = match most {
                        0 => "it does not vary: leave it out".to_string(),
                        _ => format!("the highest degree that they determine is {most}"),
                    };
                    [format!("{of} has too few different values for {shown}"), remedy]
                })
            }
            (Basis::Spline(spline), Gatherer::Numbers(mut numbers)) => {
                spline.knots(&mut numbers).map(Functions::Splines)
            }
            _ => unreachable!("what is gathered is what the basis asked for"),
        }
    }

    /// Writes the call, of what is written.
    pub fn fmt_call(&self, f: &mut fmt::Formatter<'_>, of: &dyn fmt::Display) -> fmt::Result {
        match self {
            Basis::Orthogonal(degree) => write!(f, "poly({of}, {degree})"),
            Basis::Powers(degree) => write!(f, "poly({of}, {degree}, raw = TRUE)"),
            Basis::Spline(spline) => spline.fmt_call(f, of),
        }
    }

    /// Reads what [`Functions::to_json`] has written.
    ///
    /// # Errors
    /// If it is something else, or none of this basis; the text says what is wrong.
    pub fn functions_from_json(&self, value: &Value) -> Result<Functions, String> {
        match self {
            Basis::Powers(degree) => Ok(Functions::Powers(*degree)),
            Basis::Orthogonal(degree) => {
                let poly = &value["poly"];
                let all = |key: &str| finites(&poly[key], *degree, key);
                Ok(Functions::Orthogonal(Polynomials {
                    start: finite(&poly["start"])?,
                    shift: finite(&poly["shift"])?,
                    centres: all("centres")?,
                    slopes: all("slopes")?,
                    drops: all("drops")?,
                }))
            }
            Basis::Spline(spline) => {
                let knots = &value["spline"];
                let bounds = finites(&knots["bounds"], 2, "bounds")?;
                let bounds = (bounds[0], bounds[1]);
                let count = spline.inner().map_err(|[message, _]| message)?;
                let inner = finites(&knots["knots"], count, "knots")?;
                let within = |knot: &f64| (bounds.0..=bounds.1).contains(knot);
                if bounds.0 >= bounds.1 || !inner.iter().all(within) {
                    return Err("its knots do not lie within its bounds".into());
                }
                Ok(Functions::Splines(Knots::new(spline.degree, spline.intercept, bounds, inner)))
            }
        }
    }
}

fn finites(value: &Value, length: usize, what: &str) -> Result<Vec<f64>, String> {
    list(value, length, what)?.iter().map(finite).collect()
}

impl Gatherer {
    pub fn add(&mut self, values: &[f64]) {
        match self {
            Gatherer::Moments(moments) => moments.add(values),
            Gatherer::Numbers(numbers) => numbers.extend_from_slice(values),
        }
    }
}

impl Functions {
    /// The functions' values at these numbers, one list for each function.
    pub fn values(&self, of: &[f64]) -> Vec<Vec<f64>> {
        match self {
            Functions::Powers(degree) => {
                let mut powers = vec![of.to_vec()];
                for power in 1..*degree {
                    powers.push(powers[power - 1].iter().zip(of).map(|(a, b)| a * b).collect());
                }
                powers
            }
            Functions::Orthogonal(polynomials) => polynomials.values(of),
            Functions::Splines(knots) => knots.values(of),
        }
    }

    /// The place of the first number that the functions are not defined for, and between which numbers they are.
    pub fn outside(&self, of: &[f64]) -> Option<(usize, (f64, f64))> {
        match self {
            Functions::Splines(knots) => Some((knots.outside(of)?, knots.bounds)),
            Functions::Powers(_) | Functions::Orthogonal(_) => None,
        }
    }

    /// What was learned, under a name; none where there is nothing.
    pub fn to_json(&self) -> Option<(&'static str, Value)> {
        match self {
            Functions::Powers(_) => None,
            Functions::Orthogonal(poly) => Some((
                "poly",
                json!({
                    "start": number(poly.start),
                    "shift": number(poly.shift),
                    "centres": numbers(&poly.centres),
                    "slopes": numbers(&poly.slopes),
                    "drops": numbers(&poly.drops),
                }),
            )),
            Functions::Splines(knots) => {
                let bounds = [knots.bounds.0, knots.bounds.1];
                Some(("spline", json!({"bounds": numbers(&bounds), "knots": numbers(&knots.inner)})))
            }
        }
    }
}
