//! `Survey`: what the rows of a fit look like: their columns, and how well they are predicted.

use ndgrad::Result;
use ndgrad::linear::{Family, Observations};
use ndgrad::random::Generator;

use super::errors::Errors;
use super::fitted::Fitted;
use super::validation::Judged;
use crate::row::{Row, Sample};

/// What the rows of a fit look like.
pub struct Survey {
    /// The standard deviation of each column, of as many degrees of freedom as rows less one.
    pub deviations: Vec<f64>,
    /// How good the predictions are.
    pub errors: Errors,
    /// What the model says about some of the rows.
    pub sample: Sample,
    /// The sum of the losses.
    pub loss: f64,
}

impl Survey {
    /// Reads the rows once, and once more where the dispersion must be known before.
    pub fn of(observations: &mut dyn Observations, fit: &mut Fitted) -> Result<Survey> {
        if fit.dispersion.is_nan() {
            fit.dispersion = match fit.family {
                Family::Gaussian => Errors::of(observations, fit)?.mean_square(),
                Family::Binomial | Family::Poisson => 1.0,
                Family::Gamma => relative_square(observations, fit)?,
            };
        }
        let fit = &*fit;
        let width = observations.names().len();
        let mut columns = Columns::new(width);
        let mut errors = Errors::new(fit);
        let (mut sample, mut sum) = (Sample::default(), 0.0);
        observations.pass(&mut |block| {
            for row in 0..block.rows() {
                let x = &block.x[row * width..][..width];
                columns.push(x);
                let predictor = fit.predictor(x) + block.offset.map_or(0.0, |offset| offset[row]);
                let (actual, weight) = (block.y[row], block.weight(row));
                let predicted = fit.link.mean(predictor);
                let loss = fit.loss(actual, predictor);
                errors.push(actual, predicted, weight, loss);
                sum += weight * loss;
                let number = block.first + row as u64;
                sample.push(weight * loss, || judge(fit, number, x, predictor, actual, weight));
            }
            Ok(())
        })?;
        Ok(Survey { deviations: columns.deviations(), errors, sample, loss: sum })
    }
}

/// The mean squared error, where each counts in parts of the prediction.
fn relative_square(observations: &mut dyn Observations, fit: &Fitted) -> Result<f64> {
    let width = observations.names().len();
    let (mut sum, mut total) = (0.0, 0.0);
    observations.pass(&mut |block| {
        for row in 0..block.rows() {
            let offset = block.offset.map_or(0.0, |offset| offset[row]);
            let predicted = fit.link.mean(fit.predictor(&block.x[row * width..][..width]) + offset);
            let error = block.y[row] / predicted - 1.0;
            sum += block.weight(row) * error * error;
            total += block.weight(row);
        }
        Ok(())
    })?;
    Ok(sum / total)
}

/// What the model says about a row.
fn judge(fit: &Fitted, row: u64, x: &[f64], predictor: f64, actual: f64, weight: f64) -> Row {
    let (predicted, slope) = (fit.link.mean(predictor), fit.link.slope(predictor));
    let loss = weight * fit.loss(actual, predictor);
    let deviance = weight * fit.family.unit_deviance(actual, fit.link, predictor);
    let information = weight * slope * slope / fit.family.unit_variance(fit.link, predictor);
    let leverage = match &fit.classical {
        Some(classical) => {
            let part = information * classical.variance_of(&fit.design_row(x)) / fit.dispersion;
            if part > 1.0 { 1.0 } else { part }
        }
        None => f64::NAN,
    };
    let left = match leverage {
        leverage if leverage.is_nan() => 1.0,
        // A row of leverage 1 has no residual to speak of.
        leverage if leverage >= 1.0 - 1e-12 => f64::NAN,
        leverage => 1.0 - leverage,
    };
    let standardized = (actual - predicted).signum() * (deviance / (fit.dispersion * left)).sqrt();
    let cooks_distance = standardized * standardized * leverage / (left * fit.rank() as f64);
    let quantile = fit.family.quantile_residual(actual, predicted, weight, fit.dispersion, lot(row));
    Row { row, actual, predicted, weight, standardized, quantile, leverage, cooks_distance, loss }
}

/// A number from 0 to 1 for each row, the same on every run.
fn lot(row: u64) -> f64 {
    let mut generator = Generator::philox(LOTS).stream(row);
    (generator.bits64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// What the lots of rows are drawn from.
const LOTS: u64 = 0x10_75;

/// Means and squares of columns (B. P. Welford, *Note on a Method for Calculating Corrected Sums of Squares and
/// Products*, Technometrics 4, 1962).
pub struct Columns {
    means: Vec<f64>,
    squares: Vec<f64>,
    count: f64,
}

impl Columns {
    /// Of no row yet.
    pub fn new(width: usize) -> Columns {
        Columns { means: vec![0.0; width], squares: vec![0.0; width], count: 0.0 }
    }

    /// Takes a row.
    pub fn push(&mut self, row: &[f64]) {
        self.count += 1.0;
        for ((&value, mean), squares) in row.iter().zip(&mut self.means).zip(&mut self.squares) {
            let before = value - *mean;
            *mean += before / self.count;
            *squares += before * (value - *mean);
        }
    }

    /// The standard deviations, of as many degrees of freedom as rows less one.
    pub fn deviations(&self) -> Vec<f64> {
        self.squares.iter().map(|squares| (squares / (self.count - 1.0)).sqrt()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_described() {
        let mut columns = Columns::new(2);
        [[1.0, 5.0], [3.0, 5.0], [5.0, 8.0]].iter().for_each(|row| columns.push(row));
        assert_eq!(columns.means, [3.0, 6.0]);
        assert_eq!(columns.deviations(), [2.0, 3f64.sqrt()]);
    }
}
