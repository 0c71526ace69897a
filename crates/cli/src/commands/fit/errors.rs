//! `Errors`: how good predictions are, row by row.

use ndgrad::Result;
use ndgrad::linear::{Family, Observations};

use super::fitted::Fitted;
use super::validation::Judged;
use crate::report::Part;

/// Sums of errors over rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    pub rows: usize,
    weight: f64,
    squares: f64,
    sizes: f64,
    mean: f64,
    spread: f64,
    loss: f64,
    right: f64,
    below: f64,
    family: Family,
}

impl Errors {
    /// Of no row yet.
    pub fn new(fit: &Fitted) -> Errors {
        Errors { family: fit.family, ..Errors::default() }
    }

    /// Takes a row with the loss that its prediction has.
    pub fn push(&mut self, actual: f64, predicted: f64, weight: f64, loss: f64) {
        self.rows += 1;
        self.weight += weight;
        self.squares += weight * (actual - predicted) * (actual - predicted);
        self.sizes += weight * (actual - predicted).abs();
        self.loss += weight * loss;
        self.below += if actual <= predicted { weight } else { 0.0 };
        // Of trials of which a part succeeded, that part or the other was foreseen.
        self.right += weight * if predicted >= 0.5 { actual } else { 1.0 - actual };
        if weight > 0.0 {
            let before = actual - self.mean;
            self.mean += before * weight / self.weight;
            self.spread += weight * before * (actual - self.mean);
        }
    }

    /// The mean squared error.
    pub fn mean_square(&self) -> f64 {
        self.squares / self.weight
    }

    /// Whether the targets of all rows are the same.
    pub fn is_constant(&self) -> bool {
        self.spread == 0.0
    }

    /// The part of the rows whose target is at most as large as predicted.
    pub fn below(&self) -> f64 {
        self.below / self.weight
    }

    /// The part of the rows whose outcome was foreseen, and the part that always the commoner outcome is.
    pub fn accuracy(&self) -> (f64, f64) {
        (self.right / self.weight, self.mean.max(1.0 - self.mean))
    }
}

impl Judged for Errors {
    type Model = Fitted;

    fn of(rows: &mut dyn Observations, fit: &Fitted) -> Result<Errors> {
        let mut errors = Errors::new(fit);
        let width = rows.names().len();
        rows.pass(&mut |block| {
            for row in 0..block.rows() {
                let offset = block.offset.map_or(0.0, |offset| offset[row]);
                let predictor = fit.predictor(&block.x[row * width..][..width]) + offset;
                let loss = fit.loss(block.y[row], predictor);
                errors.push(block.y[row], fit.link.mean(predictor), block.weight(row), loss);
            }
            Ok(())
        })?;
        Ok(errors)
    }

    fn add(self, other: Errors) -> Errors {
        let weight = self.weight + other.weight;
        let apart = other.mean - self.mean;
        let share = if weight > 0.0 { other.weight / weight } else { 0.0 };
        Errors {
            rows: self.rows + other.rows,
            weight,
            squares: self.squares + other.squares,
            sizes: self.sizes + other.sizes,
            mean: self.mean + apart * share,
            spread: self.spread + other.spread + apart * apart * self.weight * share,
            loss: self.loss + other.loss,
            right: self.right + other.right,
            below: self.below + other.below,
            family: other.family,
        }
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn part(&self, key: &'static str, name: &'static str) -> Part {
        Part {
            key,
            name,
            rows: self.rows,
            rmse: self.mean_square().sqrt(),
            mae: self.sizes / self.weight,
            r2: (self.spread > 0.0).then(|| 1.0 - self.squares / self.spread),
            deviance: (self.family != Family::Gaussian).then(|| self.loss / self.weight),
            log_loss: None,
            accuracy: (self.family == Family::Binomial).then(|| self.accuracy().0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_parts_add_up() {
        let rows = [(1.0, 2.0), (4.0, 3.5), (2.0, 2.0), (9.0, 7.0), (5.0, 5.5)];
        let of = |rows: &[(f64, f64)]| {
            let mut errors = Errors::default();
            rows.iter().for_each(|&(actual, predicted)| errors.push(actual, predicted, 1.0, 0.0));
            errors
        };
        let all = of(&rows).part("all", "all");
        let (predicted, actual): (Vec<f64>, Vec<f64>) = rows.iter().map(|&(a, p)| (p, a)).unzip();
        let (rmse, r2) = (all.rmse, all.r2.unwrap());
        assert!((rmse - ndgrad::linear::metrics::rmse(&predicted, &actual)).abs() < 1e-15);
        assert!((r2 - ndgrad::linear::metrics::r2(&predicted, &actual)).abs() < 1e-15);
        let parts = of(&rows[..2]).add(of(&rows[2..])).part("all", "all");
        assert!((parts.rmse - rmse).abs() < 1e-15 && (parts.r2.unwrap() - r2).abs() < 1e-15);
    }

    #[test]
    fn accuracy_is_that_of_the_likelier_outcome() {
        let mut errors = Errors { family: Family::Binomial, ..Errors::default() };
        for (actual, predicted) in [(1.0, 0.9), (1.0, 0.4), (0.0, 0.1), (1.0, 0.6)] {
            errors.push(actual, predicted, 1.0, 0.0);
        }
        assert_eq!(errors.accuracy(), (0.75, 0.75));
    }
}
