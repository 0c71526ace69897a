//! `Huber`: squares of small errors, sizes of large ones.

use super::{Start, weighted_quantile};
use crate::distribution::Distribution;
use crate::glm::Iteration;
use crate::inference::{Covariance, CovarianceKind, Inference, checked_level};
use crate::observations::Observations;
use crate::solution::Alias;
use crate::standard::Standard;
use crate::weighted::{Pull, pass};
use ndgrad_array::{Error, OperationError, Result};

/// What messages begin with.
const METHOD: &str = "Huber regression";

/// The median of the size of a standard normal number.
const MEDIAN_SIZE: f64 = 0.674_489_750_196_081_7;

/// Iterations end when steps, in standard errors, and changes of the scale get this small.
const TOLERANCE: f64 = 1e-11;

/// Huber's regression: an error counts by its square up to `threshold` times the scale, beyond by its size.
///
/// Least squares are reweighted until they settle, and the scale with them: the median of the sizes of the residuals (not about
/// their median) over 0.6745, so half of the rows may be far off before it gives way. This, the threshold of 1.345 (95 % of the
/// efficiency of least squares on normal errors) and the covariance, Huber's first proposal, are as statsmodels' `RLM`
/// has them. Residuals are held in memory, two numbers for each row.
///
/// Source: P. J. Huber, Robust Statistics (1981), sections 7.5 and 7.6.
///
/// ```
/// use ndgrad_linear::{Huber, InMemory};
///
/// let x: Vec<f64> = (0..20).map(f64::from).collect();
/// let mut y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0 + 0.1 * (7.0 * x).sin()).collect();
/// y[3] = 500.0;
/// let fit = Huber::new().fit(&mut InMemory::new(["x".to_string()], x, y)?)?;
/// assert!((fit.inference.terms[1].estimate - 2.0).abs() < 0.01);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Huber {
    threshold: f64,
    level: f64,
    most_iterations: usize,
}

impl Default for Huber {
    fn default() -> Self {
        Huber { threshold: 1.345, level: 0.95, most_iterations: 500 }
    }
}

/// Huber's regression, fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct HuberFit {
    /// The names of all columns, those that were left out included.
    pub names: Vec<String>,
    /// The estimates; statistics are z.
    pub inference: Inference,
    /// The columns that have a coefficient, in the order of the terms, which an intercept comes before.
    pub columns: Vec<usize>,
    /// The columns that were left out, and what each depends on.
    pub aliases: Vec<Alias>,
    /// The number of rows; those of weight 0 do not count.
    pub rows: u64,
    /// Rows less parameters.
    pub degrees_of_freedom: usize,
    /// The scale of the errors: the deviation, if they are normal.
    pub scale: f64,
    /// From how many scales on an error counts by its size.
    pub threshold: f64,
    /// How many rows lie beyond that.
    pub beyond: u64,
    /// The steps; the deviance is the sum of Huber's losses over the squared scale, times two.
    pub iterations: Vec<Iteration>,
    /// Whether steps and scale settled.
    pub converged: bool,
}

impl Huber {
    /// With a threshold of 1.345 and intervals of 95 %.
    pub fn new() -> Huber {
        Huber::default()
    }

    /// From how many scales on an error counts by its size.
    ///
    /// # Panics
    /// If it is not above 0.
    #[track_caller]
    pub fn threshold(mut self, threshold: f64) -> Self {
        if !(threshold > 0.0 && threshold.is_finite()) {
            let error = OperationError::new(METHOD, "the threshold must be above 0").operand(
                "threshold",
                threshold,
                "",
            );
            panic!("{error}");
        }
        self.threshold = threshold;
        self
    }

    /// The probability that intervals of coefficients are meant to cover the true ones; 0.95 by default.
    ///
    /// # Panics
    /// If `level` is not between 0 and 1.
    #[track_caller]
    pub fn level(mut self, level: f64) -> Self {
        self.level = checked_level(METHOD, level);
        self
    }

    /// At most so many iterations; 500 by default.
    pub fn most_iterations(mut self, count: usize) -> Self {
        self.most_iterations = count;
        self
    }

    /// Fits the model.
    ///
    /// # Errors
    /// [`Error::Data`], naming the row, if a number is not finite or a weight below 0; if there are no more rows than
    /// parameters, or half of the rows are met exactly, which leaves no scale.
    pub fn fit(&self, observations: &mut dyn Observations) -> Result<HuberFit> {
        let Start { standard, mut parameters, aliases, squares } = Start::learn(observations, METHOD)?;
        let mut scale = self.scale_at(observations, &standard, &parameters)?;
        let mut iterations = Vec::new();
        let mut residuals: Vec<(f64, f64)>;
        let mut converged;
        loop {
            let normal =
                pass(observations, &standard, &parameters, |row, residuals: &mut Vec<(f64, f64)>| {
                    let residual = row.y - row.predictor;
                    residuals.push((residual, row.weight));
                    let part = (self.threshold * scale / residual.abs()).min(1.0);
                    Pull { curvature: row.weight * part, score: row.weight * part * residual }
                })?;
            let step = normal.step();
            let length = normal.decrement(&step).max(0.0) / (scale * scale);
            residuals = normal.tally;
            let next = self.scale_of(&residuals, standard.target_mean)?;
            let loss: f64 = residuals.iter().map(|&(r, w)| 2.0 * w * self.loss(r / scale)).sum();
            iterations.push(Iteration {
                number: iterations.len() + 1,
                deviance: loss,
                decrement: length,
                halvings: 0,
            });
            converged = length.sqrt() <= TOLERANCE && (next - scale).abs() <= TOLERANCE * scale;
            scale = next;
            if converged || iterations.len() >= self.most_iterations {
                break;
            }
            parameters.iter_mut().zip(step).for_each(|(parameter, step)| *parameter += step);
        }
        let rank = standard.parameters();
        let freedom = standard.rows as usize - rank;
        let matrix = standard.covariance_in_units(&{
            let factor = self.variance(&residuals, scale, rank, &standard);
            let inverse = squares.inverse();
            inverse.into_iter().map(|entry| factor * entry).collect::<Vec<f64>>()
        });
        let covariance = Covariance { kind: CovarianceKind::Classical, size: rank, matrix };
        let estimates = standard.in_units(&parameters);
        Ok(HuberFit {
            inference: Inference::new(
                standard.terms(),
                &estimates,
                covariance,
                Distribution::Normal,
                self.level,
            ),
            columns: standard.kept.clone(),
            aliases,
            rows: standard.rows,
            degrees_of_freedom: freedom,
            scale,
            threshold: self.threshold,
            beyond: residuals.iter().filter(|(r, _)| r.abs() > self.threshold * scale).count() as u64,
            iterations,
            converged,
            names: standard.names,
        })
    }

    fn loss(&self, z: f64) -> f64 {
        let size = z.abs();
        if size <= self.threshold { 0.5 * z * z } else { self.threshold * (size - 0.5 * self.threshold) }
    }

    fn scale_at(
        &self,
        observations: &mut dyn Observations,
        standard: &Standard,
        parameters: &[f64],
    ) -> Result<f64> {
        let residuals = pass(observations, standard, parameters, |row, residuals: &mut Vec<(f64, f64)>| {
            residuals.push((row.y - row.predictor, row.weight));
            Pull::default()
        })?;
        self.scale_of(&residuals.tally, standard.target_mean)
    }

    fn scale_of(&self, residuals: &[(f64, f64)], size: f64) -> Result<f64> {
        let mut sizes: Vec<(f64, f64)> = residuals.iter().map(|&(r, w)| (r.abs(), w)).collect();
        let scale = weighted_quantile(&mut sizes, 0.5) / MEDIAN_SIZE;
        if scale > 1e-14 * size.abs() {
            return Ok(scale);
        }
        Err(Error::Data(format!(
            "{METHOD}: half of the rows or more are met exactly, which leaves no scale to tell large errors by\n    \
             fit the median instead (quantile regression at 0.5), or least squares"
        )))
    }

    /// What `(X'WX)^-1` is multiplied by: Huber's first proposal, with his correction for few rows.
    fn variance(&self, residuals: &[(f64, f64)], scale: f64, rank: usize, standard: &Standard) -> f64 {
        let (n, k) = (standard.rows as f64, rank as f64);
        let (mut inside, mut squares) = (0.0, 0.0);
        for &(residual, weight) in residuals {
            let z = residual / scale;
            inside += if z.abs() <= self.threshold { weight } else { 0.0 };
            squares += weight * z.clamp(-self.threshold, self.threshold).powi(2);
        }
        let mean = inside / standard.weight;
        let correction = 1.0 + k / n * (1.0 - mean) / mean;
        correction * correction * squares * scale * scale / (n - k) / (mean * mean)
    }
}
