//! `Problem`: a penalized regression as its sums of products have it, and how it is solved.
//!
//! Minimized is `1/2 mean((y - a - X b)^2) + lambda (mix |b|_1 + (1 - mix)/2 |b|^2)`, by coordinate descent (J. Friedman,
//! T. Hastie, R. Tibshirani, "Regularization paths for generalized linear models via coordinate descent", Journal of Statistical
//! Software 33, 2010). Which coefficients are not 0, and their signs, is all that it has to find: for these, the minimum is
//! the solution of a linear system, which gives all digits.

use crate::double_double::DoubleDouble;
use crate::exact::statistics::Statistics;
use crate::exact::triangle::Triangle;

/// The first sweeps end when no coefficient moves the prediction by this part of the target's deviation; later ones earlier.
const COARSE: f64 = 1e-6;

/// Sweeps over all coefficients, at the most, between attempts at the linear system.
const MOST_SWEEPS: usize = 10_000;

/// Attempts, each after sweeps that are a hundred times finer.
const ATTEMPTS: i32 = 5;

/// By how much of `lambda` rounding may break a condition of the minimum.
const ROUNDING: f64 = 1e-9;

/// A column whose deviation is at most this part of its mean is constant.
const CONSTANT: f64 = 1e-13;

/// Sums of products over columns that were brought to the scale on which they are penalized.
#[derive(Clone, Debug)]
pub(super) struct Problem {
    /// Row after row.
    gram: Vec<f64>,
    target: Vec<f64>,
    /// The mean square of the target, about its mean if there is an intercept.
    pub squares: f64,
    /// What each column is divided by; 0 for a constant one, which takes no part.
    pub units: Vec<f64>,
    means: Vec<f64>,
    target_mean: f64,
    intercept: bool,
}

/// A point of the path, in the problem's units.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub coefficients: Vec<f64>,
    /// `target - gram * coefficients`.
    gradient: Vec<f64>,
    pub sweeps: usize,
    pub converged: bool,
}

impl Problem {
    pub fn new(statistics: &Statistics, standardize: bool) -> Problem {
        let (columns, weight) = (statistics.columns(), statistics.weight());
        let natural = |value: f64, j: usize| libm::scalbn(value, statistics.exponents[j]);
        let deviation = |j: usize| (statistics.at(j, j).value().max(0.0) / weight).sqrt();
        let varies = |j: usize| {
            let size = if statistics.intercept { deviation(j) } else { 1.0 };
            size > CONSTANT * statistics.means[j].value().abs()
                && statistics.model_product(j, j).value() > 0.0
        };
        // In the scaled units of the statistics.
        let unit = |j: usize| match (varies(j), standardize && deviation(j) > 0.0) {
            (false, _) => 0.0,
            (true, true) => deviation(j),
            (true, false) => libm::scalbn(1.0, -statistics.exponents[j]),
        };
        let units: Vec<f64> = (0..columns).map(unit).collect();
        let target_unit = libm::scalbn(1.0, -statistics.exponents[columns]);
        let over = |value: f64, unit: f64| if unit == 0.0 { 0.0 } else { value / unit };
        let mean_product = |i: usize, j: usize| statistics.model_product(i, j).value() / weight;
        Problem {
            gram: (0..columns * columns)
                .map(|place| {
                    let (i, j) = (place / columns, place % columns);
                    over(over(mean_product(i, j), units[i]), units[j])
                })
                .collect(),
            target: (0..columns).map(|j| over(mean_product(j, columns), units[j]) / target_unit).collect(),
            squares: mean_product(columns, columns) / target_unit / target_unit,
            units: units.iter().enumerate().map(|(j, &unit)| natural(unit, j)).collect(),
            means: statistics.means(),
            target_mean: statistics.target_mean(),
            intercept: statistics.intercept,
        }
    }

    fn columns(&self) -> usize {
        self.target.len()
    }

    fn row(&self, j: usize) -> &[f64] {
        &self.gram[j * self.columns()..][..self.columns()]
    }

    /// The smallest lambda at which no coefficient is different from 0, for a part `mix` of the penalty that is absolute.
    pub fn largest_lambda(&self, mix: f64) -> f64 {
        // A ridge never gets there; its path starts where that of a nearly pure one would (as glmnet has it).
        self.target.iter().fold(0.0_f64, |most, g| most.max(g.abs())) / mix.max(1e-3)
    }

    pub fn zero(&self) -> Point {
        let coefficients = vec![0.0; self.columns()];
        Point { coefficients, gradient: self.target.clone(), sweeps: 0, converged: true }
    }

    /// The minimum, from a point nearby.
    pub fn solve(&self, lambda: f64, mix: f64, from: &Point) -> Point {
        let mut point = Point { sweeps: 0, converged: false, ..from.clone() };
        if mix == 0.0 {
            let all: Vec<usize> = (0..self.columns()).filter(|&j| self.units[j] != 0.0).collect();
            if self.polish(lambda, mix, &all, &mut point) {
                return point;
            }
        }
        let mut tolerance = COARSE;
        for _ in 0..ATTEMPTS {
            let settled = self.descend(lambda, mix, tolerance, &mut point);
            let active: Vec<usize> = (0..self.columns()).filter(|&j| point.coefficients[j] != 0.0).collect();
            if settled && self.polish(lambda, mix, &active, &mut point) {
                return point;
            }
            tolerance *= 1e-2;
            point.converged = settled;
        }
        point
    }

    /// Sweeps over all coefficients, then over those that are not 0 until they settle, until all have.
    fn descend(&self, lambda: f64, mix: f64, tolerance: f64, point: &mut Point) -> bool {
        let small = tolerance * self.squares.sqrt();
        let all: Vec<usize> = (0..self.columns()).filter(|&j| self.units[j] != 0.0).collect();
        for _ in 0..MOST_SWEEPS {
            if self.sweep(lambda, mix, &all, point) <= small {
                return true;
            }
            let active: Vec<usize> = all.iter().copied().filter(|&j| point.coefficients[j] != 0.0).collect();
            for _ in 0..MOST_SWEEPS {
                if self.sweep(lambda, mix, &active, point) <= small {
                    break;
                }
            }
        }
        false
    }

    /// One step for each of these coefficients; returns the most that one moved the prediction.
    fn sweep(&self, lambda: f64, mix: f64, places: &[usize], point: &mut Point) -> f64 {
        let mut most = 0.0_f64;
        point.sweeps += 1;
        for &j in places {
            let square = self.row(j)[j];
            let old = point.coefficients[j];
            let pull = point.gradient[j] + square * old;
            let new = soft(pull, lambda * mix) / (square + lambda * (1.0 - mix));
            let step = new - old;
            if step != 0.0 {
                point.coefficients[j] = new;
                point.gradient.iter_mut().zip(self.row(j)).for_each(|(g, x)| *g -= step * x);
                most = most.max(step.abs() * square.sqrt());
            }
        }
        most
    }

    /// Solves for these coefficients, with the signs that they have; false, and nothing changed, if the result is not the
    /// minimum.
    fn polish(&self, lambda: f64, mix: f64, active: &[usize], point: &mut Point) -> bool {
        let ridge = lambda * (1.0 - mix);
        let entry = |a: usize, b: usize| {
            let product = self.row(active[a])[active[b]];
            DoubleDouble::from(if a == b { product + ridge } else { product })
        };
        let triangle = Triangle::<f64>::of_products(active.len(), entry);
        let sign = |j: usize| if mix == 0.0 { 0.0 } else { point.coefficients[j].signum() };
        let right: Vec<DoubleDouble> =
            active.iter().map(|&j| DoubleDouble::from(self.target[j] - lambda * mix * sign(j))).collect();
        let mut solved = triangle.solve_normal(&right);
        // What the factor lost to rounding, once more.
        let rest: Vec<DoubleDouble> = right
            .iter()
            .enumerate()
            .map(|(a, &right)| (0..active.len()).fold(right, |rest, b| rest - entry(a, b) * solved[b]))
            .collect();
        for (value, step) in solved.iter_mut().zip(triangle.solve_normal(&rest)) {
            *value += step;
        }
        let same = |(&j, value): (&usize, &DoubleDouble)| {
            value.high.is_finite() && (mix == 0.0 || value.high * point.coefficients[j] > 0.0)
        };
        if !active.iter().zip(&solved).all(same) {
            return false;
        }
        let mut coefficients = vec![0.0; self.columns()];
        active.iter().zip(&solved).for_each(|(&j, value)| coefficients[j] = value.value());
        let gradient: Vec<f64> = (0..self.columns())
            .map(|i| {
                let row = self.row(i);
                active.iter().fold(self.target[i], |rest, &j| rest - row[j] * coefficients[j])
            })
            .collect();
        let bound = lambda * mix * (1.0 + ROUNDING) + ROUNDING * ROUNDING * self.squares.sqrt();
        let outside = |j: usize| self.units[j] != 0.0 && coefficients[j] == 0.0;
        if mix > 0.0 && (0..self.columns()).any(|j| outside(j) && gradient[j].abs() > bound) {
            return false;
        }
        *point = Point { coefficients, gradient, sweeps: point.sweeps, converged: true };
        true
    }

    /// The most by which a condition of the minimum is broken (W. Karush; H. W. Kuhn, A. W. Tucker): where a coefficient is not
    /// 0 the gradient balances the penalty, where it is 0 the penalty is stronger.
    #[cfg(test)]
    pub fn violation(&self, lambda: f64, mix: f64, coefficients: &[f64]) -> f64 {
        let of = |j: usize| {
            let gradient =
                self.target[j] - self.row(j).iter().zip(coefficients).map(|(x, b)| x * b).sum::<f64>();
            let b = coefficients[j];
            if b == 0.0 {
                (gradient.abs() - lambda * mix).max(0.0)
            } else {
                (gradient - lambda * mix * b.signum() - lambda * (1.0 - mix) * b).abs()
            }
        };
        (0..self.columns()).map(of).fold(0.0, f64::max)
    }

    /// The intercept and the coefficients for the columns as given.
    pub fn in_units(&self, coefficients: &[f64]) -> (f64, Vec<f64>) {
        let natural: Vec<f64> = coefficients
            .iter()
            .zip(&self.units)
            .map(|(b, &unit)| if unit == 0.0 { 0.0 } else { b / unit })
            .collect();
        if !self.intercept {
            return (0.0, natural);
        }
        let intercept =
            self.target_mean - self.means.iter().zip(&natural).map(|(mean, b)| mean * b).sum::<f64>();
        (intercept, natural)
    }

    /// The part of the target's squares that is explained.
    pub fn explained(&self, point: &Point) -> f64 {
        let products = point.coefficients.iter().zip(self.target.iter().zip(&point.gradient));
        let explained: f64 = products.map(|(b, (target, gradient))| b * (target + gradient)).sum();
        if self.squares > 0.0 { explained / self.squares } else { 0.0 }
    }
}

/// `value` brought nearer to 0 by `threshold`. At the largest penalty of a path the two are the same but for rounding.
pub(crate) fn soft(value: f64, threshold: f64) -> f64 {
    let threshold = threshold * (1.0 + 4.0 * f64::EPSILON);
    if value > threshold {
        value - threshold
    } else if value < -threshold {
        value + threshold
    } else {
        0.0
    }
}

/// The mean squared error of a linear model on rows of these statistics.
pub(super) fn mean_squared_error(statistics: &Statistics, intercept: f64, coefficients: &[f64]) -> f64 {
    let y = statistics.columns();
    // The model's coefficients in the statistics' units; -1 for the target, whose errors they then add up to.
    let mut scaled: Vec<DoubleDouble> = coefficients
        .iter()
        .zip(&statistics.exponents)
        .map(|(&b, &exponent)| libm::scalbn(b, exponent - statistics.exponents[y]).into())
        .collect();
    scaled.push((-1.0).into());
    let mut sum = DoubleDouble::ZERO;
    let mut mean = DoubleDouble::from(libm::scalbn(intercept, -statistics.exponents[y]));
    for (i, &a) in scaled.iter().enumerate() {
        if a.value() == 0.0 {
            continue;
        }
        mean += a * statistics.means[i];
        for (j, &b) in scaled.iter().enumerate() {
            if b.value() != 0.0 {
                sum += a * b * statistics.at(i, j);
            }
        }
    }
    let error = (sum / statistics.weight + mean * mean).value();
    libm::scalbn(error.max(0.0), 2 * statistics.exponents[y])
}
