//! `QuantileRegression`: the median, or another quantile, of the target as a linear function.

use super::interior::{self, check_loss, predictors};
use super::{Start, weighted_quantile};
use crate::distribution::Distribution;
use crate::glm::sandwich::around;
use crate::inference::{Covariance, CovarianceKind, Inference, checked_level};
use crate::observations::Observations;
use crate::solution::Alias;
use crate::standard::Standard;
use crate::weighted::{Pull, pass};
use ndgrad_array::{OperationError, Result};

/// What messages begin with.
const METHOD: &str = "quantile regression";

/// Regression of a quantile: minimizes the check loss, `level` times errors above the line and `1 - level` times those below.
///
/// An interior point method finds the minimum, and a vertex there: a line through as many rows as there are parameters, which is
/// exact. The duality gap bounds by how much any other could be better. Some numbers for each row are held in memory;
/// the columns are read in passes.
///
/// Standard errors allow for errors of different spread: J. L. Powell's sandwich, with the density at 0 by
/// an Epanechnikov kernel of P. Hall's and S. J. Sheather's bandwidth, as statsmodels' `QuantReg` has it by default.
///
/// ```
/// use ndgrad_linear::{InMemory, QuantileRegression};
///
/// let x: Vec<f64> = (0..21).map(f64::from).collect();
/// let mut y: Vec<f64> = x.iter().map(|x| 2.0 * x + 1.0).collect();
/// y[3] = 500.0;
/// let fit = QuantileRegression::new(0.5).fit(&mut InMemory::new(["x".to_string()], x, y)?)?;
/// assert!((fit.inference.terms[1].estimate - 2.0).abs() < 1e-12);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct QuantileRegression {
    quantile: f64,
    robust: bool,
    level: f64,
}

/// Quantile regression, fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct QuantileFit {
    /// The quantile.
    pub quantile: f64,
    /// The names of all columns, those that were left out included.
    pub names: Vec<String>,
    /// The estimates; statistics are t.
    pub inference: Inference,
    /// The columns that have a coefficient, in the order of the terms, which an intercept comes before.
    pub columns: Vec<usize>,
    /// The columns that were left out, and what each depends on.
    pub aliases: Vec<Alias>,
    /// The number of rows; those of weight 0 do not count.
    pub rows: u64,
    /// Rows less parameters.
    pub degrees_of_freedom: usize,
    /// The weighted sum of the check losses.
    pub loss: f64,
    /// The same for the best constant; for 0 if there is no intercept.
    pub null_loss: f64,
    /// By how much of the loss, at the most, another line could be better.
    pub gap: f64,
    /// Whether the line goes through as many rows as there are parameters, so that it is exact up to rounding.
    pub vertex: bool,
    /// Steps of the interior point method.
    pub steps: usize,
    /// The width of the kernel by which the density of the errors at 0 was estimated.
    pub bandwidth: f64,
    /// One over that density.
    pub sparsity: f64,
}

impl QuantileFit {
    /// The pseudo R2 of R. Koenker and J. A. F. Machado (Journal of the American Statistical Association 94, 1999): the part
    /// of the null loss that is explained.
    pub fn pseudo_r2(&self) -> f64 {
        1.0 - self.loss / self.null_loss
    }
}

/// The target without offset, and weights, of all rows.
struct Target {
    y: Vec<f64>,
    weights: Vec<f64>,
}

impl QuantileRegression {
    /// For this quantile: 0.5 is the median.
    ///
    /// # Panics
    /// If it is not between 0 and 1.
    #[track_caller]
    pub fn new(quantile: f64) -> QuantileRegression {
        if !(quantile > 0.0 && quantile < 1.0) {
            let error = OperationError::new(METHOD, "the quantile must lie between 0 and 1")
                .operand("quantile", quantile, "")
                .remedy("the median is 0.5");
            panic!("{error}");
        }
        QuantileRegression { quantile, robust: true, level: 0.95 }
    }

    /// Standard errors for errors of one distribution in all rows.
    pub fn same_errors(mut self) -> Self {
        self.robust = false;
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

    /// Fits the model.
    ///
    /// # Errors
    /// [`Error::Data`](ndgrad_array::Error::Data), naming the row, if a number is not finite or a weight below 0; if there are
    /// fewer rows than parameters.
    pub fn fit(&self, observations: &mut dyn Observations) -> Result<QuantileFit> {
        let Start { standard, parameters, aliases, squares } = Start::learn(observations, METHOD)?;
        let mut target = Target { y: Vec::new(), weights: Vec::new() };
        observations.pass(&mut |block| {
            let offset = |i: usize| block.offset.map_or(0.0, |offset| offset[i]);
            target.y.extend(block.y.iter().enumerate().map(|(i, y)| y - offset(i)));
            match block.weights {
                Some(weights) => target.weights.extend(weights),
                None => target.weights.resize(target.y.len(), 1.0),
            }
            Ok(())
        })?;
        let (y, weights) = (&target.y[..], &target.weights[..]);
        let interior = interior::solve(observations, &standard, (y, weights), self.quantile, parameters)?;
        let mut residuals = self.residuals(observations, &standard, y, &interior.parameters)?;
        let loss = self.loss(&residuals, weights);
        let bound = loss * (1.0 - interior.gap);
        let (mut parameters, mut loss, mut vertex) = (interior.parameters, loss, false);
        if let Some((corner, through)) = self.corner(observations, &standard, &target, &residuals)? {
            let mut corner_residuals = self.residuals(observations, &standard, y, &corner)?;
            through.iter().for_each(|&i| corner_residuals[i] = 0.0);
            let corner_loss = self.loss(&corner_residuals, weights);
            if corner_loss <= loss * (1.0 + 1e-12) {
                (parameters, residuals, loss, vertex) = (corner, corner_residuals, corner_loss, true);
            }
        }

        let density = self.density(&residuals, &target, standard.weight);
        let rank = standard.parameters();
        let bread = squares.inverse();
        let level = self.quantile;
        let scaled = if self.robust {
            let meat = pass(observations, &standard, &parameters, |row, (): &mut ()| {
                let side = if residuals[row.number] > 0.0 { level } else { 1.0 - level };
                Pull { curvature: (row.weight * side / density.at_zero).powi(2), score: 0.0 }
            })?;
            around(&meat.triangle, &bread)
        } else {
            let factor = level * (1.0 - level) / density.at_zero.powi(2);
            bread.iter().map(|entry| factor * entry).collect()
        };
        let kind = if self.robust { CovarianceKind::HC0 } else { CovarianceKind::Classical };
        let covariance = Covariance { kind, size: rank, matrix: standard.covariance_in_units(&scaled) };
        let freedom = standard.rows as usize - rank;
        let distribution = Distribution::T(if freedom > 0 { freedom as f64 } else { f64::NAN });
        let mut pairs: Vec<(f64, f64)> = y.iter().copied().zip(weights.iter().copied()).collect();
        let constant = if standard.intercept { weighted_quantile(&mut pairs, level) } else { 0.0 };
        let null: Vec<f64> = y.iter().map(|y| y - constant).collect();
        let estimates = standard.in_units(&parameters);
        Ok(QuantileFit {
            quantile: level,
            inference: Inference::new(standard.terms(), &estimates, covariance, distribution, self.level),
            columns: standard.kept.clone(),
            aliases,
            rows: standard.rows,
            degrees_of_freedom: freedom,
            loss,
            null_loss: self.loss(&null, weights),
            gap: if loss > 0.0 { (1.0 - bound / loss).max(0.0) } else { 0.0 },
            vertex,
            steps: interior.steps,
            bandwidth: density.bandwidth,
            sparsity: 1.0 / density.at_zero,
            names: standard.names,
        })
    }

    fn residuals(
        &self,
        observations: &mut dyn Observations,
        standard: &Standard,
        y: &[f64],
        parameters: &[f64],
    ) -> Result<Vec<f64>> {
        let mut fitted = Vec::with_capacity(y.len());
        predictors(observations, standard, parameters, &mut fitted)?;
        Ok(y.iter().zip(&fitted).map(|(y, fitted)| y - fitted).collect())
    }

    fn loss(&self, residuals: &[f64], weights: &[f64]) -> f64 {
        let counted = residuals.iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        counted.map(|(&residual, weight)| weight * check_loss(residual, self.quantile)).sum()
    }

    /// The line through the rows next to this one, as many as there are parameters, and which these are.
    fn corner(
        &self,
        observations: &mut dyn Observations,
        standard: &Standard,
        target: &Target,
        residuals: &[f64],
    ) -> Result<Option<(Vec<f64>, Vec<usize>)>> {
        let size = standard.parameters();
        let mut near: Vec<usize> = (0..residuals.len()).filter(|&i| target.weights[i] > 0.0).collect();
        near.sort_by(|&a, &b| residuals[a].abs().total_cmp(&residuals[b].abs()));
        near.truncate(4 * size + 64);
        let mut rows: Vec<Vec<f64>> = vec![Vec::new(); near.len()];
        let mut place_of: Vec<(usize, usize)> =
            near.iter().enumerate().map(|(place, &i)| (i, place)).collect();
        place_of.sort_unstable();
        let (width, mut next) = (standard.names.len(), 0);
        observations.pass(&mut |block| {
            let first = block.first as usize;
            while let Some(&(i, place)) = place_of.get(next).filter(|(i, _)| *i < first + block.rows()) {
                rows[place] = standard.row(&block.x[(i - first) * width..][..width]).collect();
                next += 1;
            }
            Ok(())
        })?;
        // The nearest of them that do not depend on nearer ones.
        let (mut basis, mut chosen): (Vec<Vec<f64>>, Vec<usize>) = (Vec::new(), Vec::new());
        for (place, row) in rows.iter().enumerate() {
            let mut rest = row.clone();
            for _ in 0..2 {
                for direction in &basis {
                    let along = product(&rest, direction);
                    rest.iter_mut().zip(direction).for_each(|(value, d)| *value -= along * d);
                }
            }
            let length = product(&rest, &rest).sqrt();
            if length > 1e-8 * product(row, row).sqrt() {
                basis.push(rest.into_iter().map(|value| value / length).collect());
                chosen.push(place);
            }
            if chosen.len() == size {
                break;
            }
        }
        if chosen.len() < size {
            return Ok(None);
        }
        let through: Vec<usize> = chosen.iter().map(|&place| near[place]).collect();
        let matrix = chosen.iter().map(|&place| rows[place].clone()).collect();
        let right = through.iter().map(|&i| target.y[i]).collect();
        Ok(solve_square(matrix, right).map(|parameters| (parameters, through)))
    }

    /// How dense errors lie at 0.
    fn density(&self, residuals: &[f64], target: &Target, weight: f64) -> Density {
        let live: Vec<usize> = (0..residuals.len()).filter(|&i| target.weights[i] > 0.0).collect();
        let n = live.len() as f64;
        let mut errors: Vec<f64> = live.iter().map(|&i| residuals[i]).collect();
        errors.sort_by(f64::total_cmp);
        let quarters = percentile(&errors, 0.75) - percentile(&errors, 0.25);
        let mean = live.iter().map(|&i| target.y[i]).sum::<f64>() / n;
        let deviation = (live.iter().map(|&i| (target.y[i] - mean).powi(2)).sum::<f64>() / n).sqrt();
        let (level, normal) = (self.quantile, Distribution::Normal);
        let z = normal.quantile(level);
        let ratio = 1.5 * normal.density(z).powi(2) / (2.0 * z * z + 1.0);
        let reach = libm::cbrt(ratio / n) * libm::pow(normal.upper_quantile(0.025), 2.0 / 3.0);
        // Of few rows, or far out, it would reach beyond 0 or 1.
        let reach = reach.min(0.99 * level.min(1.0 - level));
        let bandwidth = deviation.min(quarters / 1.34)
            * (normal.quantile(level + reach) - normal.quantile(level - reach));
        let kernel = |u: f64| if u.abs() <= 1.0 { 0.75 * (1.0 - u * u) } else { 0.0 };
        let sum: f64 = live.iter().map(|&i| target.weights[i] * kernel(residuals[i] / bandwidth)).sum();
        Density { bandwidth, at_zero: sum / (weight * bandwidth) }
    }
}

struct Density {
    bandwidth: f64,
    at_zero: f64,
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Between the two numbers next to that place of sorted ones.
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() as f64 - 1.0);
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// Gauss's elimination with the largest of each column.
fn solve_square(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for k in 0..size {
        let pivot = (k..size).max_by(|&a, &b| matrix[a][k].abs().total_cmp(&matrix[b][k].abs()))?;
        matrix.swap(k, pivot);
        right.swap(k, pivot);
        let (head, tail) = matrix.split_at_mut(k + 1);
        let row = &head[k];
        if row[k] == 0.0 {
            return None;
        }
        for (i, below) in tail.iter_mut().enumerate() {
            let factor = below[k] / row[k];
            below[k..].iter_mut().zip(&row[k..]).for_each(|(value, above)| *value -= factor * above);
            right[k + 1 + i] -= factor * right[k];
        }
    }
    for k in (0..size).rev() {
        right[k] = (right[k] - product(&matrix[k][k + 1..], &right[k + 1..])) / matrix[k][k];
    }
    Some(right)
}
