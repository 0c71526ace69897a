//! Ridge, lasso and elastic net: least squares that keep coefficients small, along the whole path of penalties.
//!
//! All is computed from sums of products, so the rows are read twice (once to look at them) whatever the number of penalties
//! and parts of a cross-validation. See [`Penalized`].

mod folds;
mod problem;
mod validation;

pub use folds::Folds;
pub use validation::CrossValidation;

use crate::exact::statistics::Statistics;
use crate::observations::Observations;
use crate::standard::Standard;
use ndgrad_array::{Error, OperationError, Result};
use problem::Problem;
pub(crate) use problem::soft;

/// What messages begin with.
const METHOD: &str = "penalized regression";

/// Least squares with a penalty on the size of the coefficients: minimizes
///
/// `1/2 mean((y - intercept - X b)^2) + lambda (mix sum(|b|) + (1 - mix)/2 sum(b^2))`,
///
/// where means are weighted. The conventions are those of glmnet: with [`standardize`](Penalized::standardize) (the default)
/// columns are penalized as if divided by their deviations (of divisor n), and coefficients are given for columns as they
/// are. scikit-learn's `Lasso(alpha)` and `ElasticNet(alpha, l1_ratio)` are the same without standardization; its
/// `Ridge(alpha)` has `lambda = alpha / n`. glmnet divides the target by its deviation first, which its lasso follows and its
/// ridge does not: there, the square part of the penalty is divided by that deviation. An intercept is not penalized. More columns than rows are welcome.
///
/// ```
/// use ndgrad_linear::{InMemory, Penalized};
///
/// // The second column is noise beside the first.
/// let x = vec![1.0, 0.1, 2.0, -0.2, 3.0, 0.1, 4.0, 0.2, 5.0, -0.1];
/// let mut rows = InMemory::new(["a", "b"].map(String::from), x, vec![2.1, 3.9, 6.1, 8.0, 9.9])?;
/// let path = Penalized::lasso().lambdas([0.5])?.fit(&mut rows)?;
/// assert_eq!(path.points[0].coefficients[1], 0.0);
/// assert!(path.points[0].coefficients[0] > 1.5);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Penalized {
    mix: f64,
    standardize: bool,
    count: usize,
    lambdas: Option<Vec<f64>>,
}

impl Penalized {
    /// Squares are penalized: all coefficients get smaller, those of columns that resemble each other alike.
    pub fn ridge() -> Penalized {
        Penalized::elastic_net(0.0)
    }

    /// Sizes are penalized: coefficients that help little are exactly 0.
    pub fn lasso() -> Penalized {
        Penalized::elastic_net(1.0)
    }

    /// A part `mix` of the penalty is the lasso's, the rest the ridge's.
    ///
    /// # Panics
    /// If `mix` is not within 0 and 1.
    #[track_caller]
    pub fn elastic_net(mix: f64) -> Penalized {
        if !(0.0..=1.0).contains(&mix) {
            let error = OperationError::new("elastic net", "the mix must lie within 0 (ridge) and 1 (lasso)")
                .operand("mix", mix, "");
            panic!("{error}");
        }
        Penalized { mix, standardize: true, count: 100, lambdas: None }
    }

    /// Whether columns are penalized as if divided by their deviations, so that units do not matter.
    pub fn standardize(mut self, standardize: bool) -> Self {
        self.standardize = standardize;
        self
    }

    /// The number of penalties, 100 by default: from the smallest that leaves no coefficient (for a ridge, a thousand times that
    /// of the lasso) down to a ten-thousandth of it, or a hundredth where there are no more rows than columns, in equal ratios.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn count(mut self, count: usize) -> Self {
        assert!(count > 0, "penalized regression: a path has at least one penalty");
        self.count = count;
        self
    }

    /// These penalties instead, from the largest to the smallest.
    ///
    /// # Errors
    /// [`Error::Data`] if there is none, or one is below 0 or not finite.
    pub fn lambdas(mut self, lambdas: impl Into<Vec<f64>>) -> Result<Self> {
        let mut lambdas = lambdas.into();
        if let Some(bad) = lambdas.iter().find(|lambda| !(**lambda >= 0.0 && lambda.is_finite())) {
            return Err(Error::Data(format!(
                "{METHOD}: a penalty cannot be {bad}\n    give numbers of at least 0"
            )));
        }
        if lambdas.is_empty() {
            return Err(Error::Data(format!("{METHOD}: there is no penalty\n    give one number at least")));
        }
        lambdas.sort_by(|a, b| b.total_cmp(a));
        self.lambdas = Some(lambdas);
        Ok(self)
    }

    /// Fits all penalties.
    ///
    /// # Errors
    /// [`Error::Data`], naming the row, if a number is not finite or a weight below 0; if no row is left, or squares overflow.
    pub fn fit(&self, observations: &mut dyn Observations) -> Result<PenalizedPath> {
        let standard = Standard::learn(observations, METHOD, &|_| None)?;
        let statistics = folds::statistics(observations, None)?;
        Ok(self.path(&standard.names, &statistics[0], None))
    }

    /// The same from sums alone.
    pub fn fit_statistics(&self, statistics: &Statistics) -> PenalizedPath {
        self.path(statistics.names(), statistics, None)
    }

    /// Fits all penalties, and judges each by rows that it has not seen: each part of the rows is held out once. The
    /// penalties are those for all rows; columns are standardized by the rows that are fitted.
    ///
    /// # Errors
    /// As [`Penalized::fit`], and if a part has no row.
    pub fn cross_validate(
        &self,
        observations: &mut dyn Observations,
        folds: &Folds,
    ) -> Result<(PenalizedPath, CrossValidation)> {
        let standard = Standard::learn(observations, METHOD, &|_| None)?;
        let parts = folds::statistics(observations, Some(folds))?;
        if let Some(empty) = parts.iter().position(|part| part.weight() == 0.0) {
            return Err(Error::Data(format!(
                "{METHOD}: part {empty} of the cross-validation has no row (parts are counted from 0)\n    \
                 use fewer parts than there are rows"
            )));
        }
        let together = |left_out: usize| {
            let mut others =
                parts.iter().enumerate().filter(|&(part, _)| part != left_out).map(|(_, part)| part);
            let mut sum = others.next().cloned();
            for part in others {
                if let Some(sum) = &mut sum {
                    sum.merge(part)?;
                }
            }
            sum.ok_or_else(|| Error::Data(format!("{METHOD}: there is no row")))
        };
        let path = self.path(&standard.names, &together(parts.len())?, None);
        let lambdas: Vec<f64> = path.points.iter().map(|point| point.lambda).collect();
        let mut errors = Vec::new();
        for (part, held_out) in parts.iter().enumerate() {
            let trained = self.path(&standard.names, &together(part)?, Some(&lambdas));
            let error = |point: &PathPoint| {
                problem::mean_squared_error(held_out, point.intercept, &point.coefficients)
            };
            errors.push((held_out.weight(), trained.points.iter().map(error).collect()));
        }
        Ok((path, CrossValidation::new(lambdas, &errors)))
    }

    fn path(&self, names: &[String], statistics: &Statistics, lambdas: Option<&[f64]>) -> PenalizedPath {
        let problem = Problem::new(statistics, self.standardize);
        let lambdas = match lambdas.or(self.lambdas.as_deref()) {
            Some(given) => given.to_vec(),
            None => self.grid(&problem, statistics),
        };
        let mut point = problem.zero();
        let points = lambdas.into_iter().map(|lambda| {
            point = problem.solve(lambda, self.mix, &point);
            let (intercept, coefficients) = problem.in_units(&point.coefficients);
            PathPoint {
                lambda,
                intercept,
                used: coefficients.iter().filter(|&&b| b != 0.0).count(),
                coefficients,
                explained: problem.explained(&point),
                sweeps: point.sweeps,
                converged: point.converged,
            }
        });
        PenalizedPath {
            names: names.to_vec(),
            intercept: statistics.has_intercept(),
            mix: self.mix,
            standardized: self.standardize,
            rows: statistics.rows(),
            points: points.collect(),
        }
    }

    fn grid(&self, problem: &Problem, statistics: &Statistics) -> Vec<f64> {
        let columns = statistics.names().len() as u64;
        let least: f64 = if statistics.rows() > columns { 1e-4 } else { 1e-2 };
        let largest = problem.largest_lambda(self.mix);
        let steps = (self.count - 1).max(1) as f64;
        (0..self.count).map(|k| largest * libm::pow(least, k as f64 / steps)).collect()
    }
}

/// Penalized fits, from the largest penalty to the smallest.
#[derive(Clone, Debug, PartialEq)]
pub struct PenalizedPath {
    /// The names of the columns.
    pub names: Vec<String>,
    /// Whether there is an intercept.
    pub intercept: bool,
    /// The part of the penalty that is the lasso's.
    pub mix: f64,
    /// Whether columns were penalized as if divided by their deviations.
    pub standardized: bool,
    /// The number of rows; those of weight 0 do not count.
    pub rows: u64,
    /// A fit for each penalty.
    pub points: Vec<PathPoint>,
}

/// The fit for one penalty.
#[derive(Clone, Debug, PartialEq)]
pub struct PathPoint {
    /// The penalty.
    pub lambda: f64,
    /// The intercept; 0 if the model has none.
    pub intercept: f64,
    /// One for each column, in the target's units per unit of the column; 0 for a constant column.
    pub coefficients: Vec<f64>,
    /// How many of them are not 0.
    pub used: usize,
    /// The part of the target's squares, about its mean if there is an intercept, that is explained: R2.
    pub explained: f64,
    /// Sweeps of coordinate descent.
    pub sweeps: usize,
    /// Whether this is the minimum, up to rounding.
    pub converged: bool,
}

impl PathPoint {
    /// The mean of the target for a row of all columns, an offset not included.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn predict(&self, row: &[f64]) -> f64 {
        assert_eq!(row.len(), self.coefficients.len(), "fit: a row has a number for each column");
        self.coefficients.iter().zip(row).fold(self.intercept, |sum, (b, x)| sum + b * x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observations::InMemory;
    use ndgrad_tensor::random::Generator;

    fn rows(count: usize, columns: usize, seed: u64) -> InMemory {
        let mut generator = Generator::philox(seed);
        let mut normal = |count: usize| {
            Vec::from_iter(generator.normal([count]).to_vec::<f32>().into_iter().map(f64::from))
        };
        let mut x = normal(count * columns);
        // Neighbours resemble each other, and units differ.
        for row in x.chunks_mut(columns) {
            for j in 1..columns {
                row[j] = 0.8 * row[j - 1] + 0.6 * row[j];
            }
            row.iter_mut().enumerate().for_each(|(j, x)| *x = (*x + 3.0) * (1.0 + j as f64));
        }
        let noise = normal(count);
        let y = x.chunks(columns).zip(noise).map(|(row, e)| row[0] - 0.5 * row[columns / 2] + e).collect();
        InMemory::new((0..columns).map(|j| format!("x{j}")).collect::<Vec<_>>(), x, y).unwrap()
    }

    #[test]
    fn every_point_of_a_path_meets_the_conditions_of_a_minimum() {
        for (count, columns, intercept) in [(80, 12, true), (80, 12, false), (30, 60, true)] {
            let mut rows = rows(count, columns, 9);
            rows.intercept = intercept;
            let statistics = folds::statistics(&mut rows, None).unwrap();
            for mix in [1.0, 0.5, 0.05, 0.0] {
                for standardize in [true, false] {
                    let problem = Problem::new(&statistics[0], standardize);
                    let model = Penalized::elastic_net(mix).standardize(standardize);
                    let path = model.fit(&mut rows).unwrap();
                    assert_eq!(path.points.len(), 100);
                    for point in &path.points {
                        let scaled: Vec<f64> =
                            point.coefficients.iter().zip(&problem.units).map(|(b, unit)| b * unit).collect();
                        let violation = problem.violation(point.lambda, mix, &scaled);
                        let small = 1e-10 * problem.squares.sqrt() * if standardize { 1.0 } else { 100.0 };
                        assert!(point.converged && violation < small, "{mix} {point:?}: {violation}");
                    }
                    if mix > 0.0 {
                        assert_eq!(path.points[0].used, 0);
                        assert!(path.points[1].used > 0);
                    }
                    assert!(path.points.is_sorted_by(|a, b| a.explained <= b.explained + 1e-12));
                }
            }
        }
    }

    #[test]
    fn a_constant_column_has_no_part_and_rows_must_be_numbers() {
        let mut rows = rows(40, 4, 2);
        rows.x.iter_mut().skip(2).step_by(4).for_each(|x| *x = 0.1);
        let path = Penalized::ridge().fit(&mut rows).unwrap();
        assert!(path.points.iter().all(|point| point.coefficients[2] == 0.0 && point.coefficients[1] != 0.0));
        rows.x[5] = f64::NAN;
        let error = Penalized::ridge().fit(&mut rows).unwrap_err().to_string();
        assert!(error.contains("\"x1\" is NaN in row 1"), "{error}");
        assert!(Penalized::ridge().lambdas([-1.0]).unwrap_err().to_string().contains("cannot be -1"));
        let folds = Folds::given([0, 2, 0, 2].repeat(10));
        rows.x[5] = 1.0;
        let error = Penalized::ridge().cross_validate(&mut rows, &folds).unwrap_err().to_string();
        assert!(error.contains("part 1 of the cross-validation has no row"), "{error}");
    }

    #[test]
    fn held_out_errors_are_those_of_the_rows() {
        let (mut all, folds) = (rows(50, 6, 4), Folds::random(5, 1));
        let model = Penalized::lasso().count(20);
        let (path, validation) = model.cross_validate(&mut all, &folds).unwrap();
        let sum_of_errors = |point: &PathPoint, rows: &InMemory| {
            rows.x.chunks(6).zip(&rows.y).map(|(x, y)| (y - point.predict(x)).powi(2)).sum::<f64>()
        };
        // All parts but one fitted as rows of their own, and judged row by row.
        let parts = folds::statistics(&mut all, Some(&folds)).unwrap();
        assert_eq!(parts.iter().map(Statistics::rows).sum::<u64>(), 50);
        let same = problem::mean_squared_error(
            &folds::statistics(&mut all, None).unwrap()[0],
            path.points[7].intercept,
            &path.points[7].coefficients,
        );
        assert!((same - sum_of_errors(&path.points[7], &all) / 50.0).abs() < 1e-12 * same);
        assert!(validation.one_standard_error <= validation.best);
        assert!(validation.mean_errors[validation.best] <= validation.mean_errors[0]);
    }
}
