//! Regression that a few rows far off do not move: Huber's, and quantile regression.

mod huber;
mod interior;
mod quantile;

pub use huber::{Huber, HuberFit};
pub use quantile::{QuantileFit, QuantileRegression};

use crate::observations::Observations;
use crate::solution::Alias;
use crate::standard::Standard;
use crate::weighted::{Normal, Pull, Tally, pass};
use ndgrad_array::Result;

/// Residuals with their weights, in the order of the rows.
impl Tally for Vec<(f64, f64)> {
    fn merge(&mut self, mut later: Self) {
        self.append(&mut later);
    }
}

/// The number that has a part `level` of the weight below it; between two numbers where exactly that part lies below.
fn weighted_quantile(numbers: &mut [(f64, f64)], level: f64) -> f64 {
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let wanted = level * numbers.iter().map(|(_, weight)| weight).sum::<f64>();
    let mut below = 0.0;
    for (k, &(number, weight)) in numbers.iter().enumerate() {
        below += weight;
        if below == wanted && k + 1 < numbers.len() {
            return 0.5 * (number + numbers[k + 1].0);
        }
        if below > wanted {
            return number;
        }
    }
    numbers.last().map_or(f64::NAN, |&(number, _)| number)
}

/// Where robust methods start from: least squares.
struct Start {
    /// Without the columns that depend on others.
    standard: Standard,
    parameters: Vec<f64>,
    aliases: Vec<Alias>,
    /// Its triangle is that of the weighted columns.
    squares: Normal<()>,
}

impl Start {
    /// # Errors
    /// [`Error::Data`](ndgrad_array::Error::Data), naming the row, if a number is not finite or a weight below 0; if there are
    /// fewer rows than parameters.
    fn learn(observations: &mut dyn Observations, method: &str) -> Result<Start> {
        let mut standard = Standard::learn(observations, method, &|_| None)?;
        standard.check_rows(method)?;
        let zeros = vec![0.0; standard.parameters()];
        let mut squares = pass(observations, &standard, &zeros, |row, (): &mut ()| Pull {
            curvature: row.weight,
            score: row.weight * (row.y - row.predictor),
        })?;
        let aliases = squares.take_out_dependent(&mut standard);
        Ok(Start { parameters: squares.step(), standard, aliases, squares })
    }
}
