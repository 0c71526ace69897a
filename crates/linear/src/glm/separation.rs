//! Separation: columns that tell a target with certainty, whose coefficients have no finite best value.

use super::family::Family;
use super::newton::Newton;
use crate::observations::Observations;
use crate::standard::Standard;
use ndgrad_array::{Error, Result};

/// The part of the largest margin that may be on the wrong side: what steps have left of the other columns.
pub(crate) const WRONG_SIDE: f64 = 1e-5;

/// The part of the largest term of the direction below which a term takes no part.
pub(crate) const TAKES_PART: f64 = 1e-3;

/// The range of a column among targets that should be low, and among those that should be high.
#[derive(Clone, Copy)]
struct Ranges {
    low: (f64, f64),
    high: (f64, f64),
}

impl Ranges {
    fn new() -> Ranges {
        let none = (f64::INFINITY, f64::NEG_INFINITY);
        Ranges { low: none, high: none }
    }

    /// Whether a place divides low from high targets, and some do not lie on it.
    fn divides(&self) -> bool {
        let apart = self.low.1 <= self.high.0 || self.high.1 <= self.low.0;
        apart && (self.low.0 != self.low.1 || self.high.0 != self.high.1 || self.low.0 != self.high.0)
    }
}

fn widen(range: &mut (f64, f64), value: f64) {
    *range = (range.0.min(value), range.1.max(value));
}

/// Looks whether going on in this direction for ever makes no row worse: then the likelihood has no maximum
/// (A. Albert, J. A. Anderson, "On the existence of maximum likelihood estimates in logistic regression models",
/// Biometrika 71, 1984). Steps of Newton's method turn into such a direction where there is one.
///
/// # Errors
/// [`Error::Data`], naming the columns, if that is so.
pub(super) fn refuse(
    observations: &mut dyn Observations,
    standard: &Standard,
    newton: &Newton,
    direction: &[f64],
) -> Result<()> {
    if !matches!(newton.family, Family::Binomial | Family::Poisson) {
        return Ok(());
    }
    let width = standard.names.len();
    let mut ranges = vec![Ranges::new(); standard.kept.len()];
    let margin_of = |x: &[f64]| standard.predict(x, direction);
    let (mut largest, mut wrong) = (0.0_f64, 0.0_f64);
    observations.pass(&mut |block| {
        for (i, &y) in block.y.iter().enumerate() {
            if block.weights.is_some_and(|weights| weights[i] == 0.0) {
                continue;
            }
            let x = &block.x[i * width..][..width];
            let margin = margin_of(x);
            largest = largest.max(margin.abs());
            wrong = wrong.max(wrong_side(newton.family, y, margin));
            for (range, &j) in ranges.iter_mut().zip(&standard.kept) {
                widen(if y == 0.0 { &mut range.low } else { &mut range.high }, x[j]);
            }
        }
        Ok(())
    })?;
    let separates = largest > 0.0 && wrong <= WRONG_SIDE * largest;
    if !separates {
        return Ok(());
    }
    let mut certain = 0_u64;
    observations.pass(&mut |block| {
        for (i, x) in block.x.chunks_exact(width.max(1)).enumerate() {
            let counts = block.weights.is_none_or(|weights| weights[i] > 0.0);
            certain += u64::from(counts && margin_of(x).abs() > WRONG_SIDE * largest);
        }
        Ok(())
    })?;
    Err(Error::Data(message(standard, newton, direction, &ranges, certain)))
}

/// How far a row is on the side that makes it worse.
fn wrong_side(family: Family, y: f64, margin: f64) -> f64 {
    match (family, y) {
        (_, 0.0) => margin,
        (Family::Binomial, 1.0) => -margin,
        _ => margin.abs(),
    }
}

fn message(
    standard: &Standard,
    newton: &Newton,
    direction: &[f64],
    ranges: &[Ranges],
    certain: u64,
) -> String {
    let quoted = |k: usize| format!("{:?}", standard.names[standard.kept[k]]);
    let parts = &direction[standard.ones()..];
    let most = parts.iter().fold(0.0_f64, |most, part| most.max(part.abs()));
    let taking_part: Vec<usize> = (0..parts.len()).filter(|&k| parts[k].abs() > TAKES_PART * most).collect();
    let alone: Vec<usize> = (0..parts.len()).filter(|&k| ranges[k].divides()).collect();
    let list = |places: &[usize]| places.iter().map(|&k| quoted(k)).collect::<Vec<_>>().join(", ");
    let who = match (alone.len(), taking_part.len()) {
        (0, 0) => "the intercept alone".to_string(),
        (0, 1) => list(&taking_part),
        (0, _) => format!("a combination of {}", list(&taking_part)),
        (1, _) => format!("{} alone", list(&alone)),
        _ => format!("each of {} alone", list(&alone)),
    };
    format!(
        "{}: the target is separated: {who} tells it with certainty in {certain} of {} rows, so the likelihood grows \
         without end as coefficients do\n    leave the column out, merge levels, add rows that tell otherwise, or train with a ridge penalty",
        newton.name(),
        standard.rows,
    )
}
