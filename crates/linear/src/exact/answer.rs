//! `Answer`: the least squares of all rows, by the cheapest way that keeps the digits.

use crate::double_double::DoubleDouble;
use crate::exact::frame::Frame;
use crate::exact::gather::gather;
use crate::exact::householder::factorize;
use crate::exact::problem::{Parameters, Problem};
use crate::exact::residuals::Predictor;
use crate::exact::statistics::Statistics;
use crate::exact::triangle::{Real, Triangle};
use crate::observations::Observations;
use crate::solution::Alias;
use crate::standard;
use ndgrad_array::{Error, Result};
use ndgrad_tensor::gram::{Lanes, Wide};

/// Sums of `f64` lose as many digits as the condition number squared has: up to here, standard errors keep twelve.
const NARROW: f64 = 1e4;

/// Sums of 30 digits: up to here, standard errors keep thirteen.
const WIDE: f64 = 1e15;

/// Up to here, coefficients have all digits without refinement.
const SETTLED: f64 = 1e10;

/// A fit that explains all but this part of the squares leaves a rest that sums of 30 digits still have.
const EXPLAINED: f64 = 1e-13;

/// Parameters, their certainty, and what a pass over the rows needs.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub frame: Frame,
    pub kept: Vec<usize>,
    pub aliases: Vec<Alias>,
    pub ones: usize,
    pub condition: f64,
    pub rows: u64,
    pub weight: f64,
    pub log_weights: f64,
    pub weighted: bool,
    /// The intercept of the scaled columns, and a coefficient for each column.
    pub predictor: Predictor,
    /// The sum of the squares of the residuals, in the scaled target's units.
    pub squares: f64,
    /// The same for the model of the intercept alone, or of nothing.
    pub total: f64,
    /// `(X'WX)^-1` of the intercept and the kept columns, scaled but not shifted, row after row.
    pub inverse: Vec<f64>,
    /// For each of these parameters a vector, in the coordinates of the triangle: their products are the inverse.
    pub vectors: Vec<Vec<f64>>,
    /// The factor of the scaled and shifted columns that were kept.
    pub triangle: Triangle<f64>,
}

/// Reads the rows and solves.
pub(crate) fn solve(observations: &mut dyn Observations, columns: usize, tolerance: f64) -> Result<Answer> {
    let narrow = observations.in_memory();
    let mut gathered = if narrow {
        gather::<Lanes>(observations, columns, true)?
    } else {
        gather::<Wide>(observations, columns, true)?
    };
    if let Some(small) = &mut gathered.small {
        // What was summed in f64 for want of a better guess costs nothing to sum again.
        let statistics =
            if narrow { gather::<Wide>(small, columns, false)?.statistics } else { gathered.statistics };
        check_rows(&statistics)?;
        return by_reflections(&statistics, small, tolerance);
    }
    check_rows(&gathered.statistics)?;
    if narrow {
        let statistics = &gathered.statistics;
        let problem = Problem::<f64>::of_statistics(statistics, tolerance);
        if problem.aliases.is_empty() && problem.condition.powi(2) * statistics.cancelled[0] < NARROW {
            let near = gathered.model.and_then(|(model, sums)| problem.improve(&model, &sums, statistics));
            let parameters = match near {
                Some(parameters) => parameters,
                None => {
                    let target = target_length(statistics);
                    problem.refine(problem.parameters(statistics), target, observations)?
                }
            };
            return Ok(Answer::new(problem, parameters, statistics));
        }
        gathered = gather::<Wide>(observations, columns, false)?;
    }
    let statistics = &gathered.statistics;
    let problem = Problem::<DoubleDouble>::of_statistics(statistics, tolerance);
    let lost = problem.condition.powi(2) * statistics.cancelled[0];
    if lost >= WIDE || lost.is_nan() {
        return by_reflections(statistics, observations, tolerance);
    }
    let mut parameters = problem.parameters(statistics);
    let total = total(statistics);
    if lost * statistics.cancelled[1] >= SETTLED || parameters.squares.value() <= EXPLAINED * total {
        parameters = problem.refine(parameters, target_length(statistics), observations)?;
    }
    Ok(Answer::new(problem, parameters, statistics))
}

/// Solves without the rows, from their sums.
pub(crate) fn solve_statistics(statistics: &Statistics, tolerance: f64) -> Result<Answer> {
    check_rows(statistics)?;
    let problem = Problem::<DoubleDouble>::of_statistics(statistics, tolerance);
    problem.check_condition()?;
    let mut parameters = problem.parameters(statistics);
    // Less than the digits of the sums is nothing.
    if parameters.squares.value() <= 1e-24 * total(statistics) {
        parameters.squares = DoubleDouble::ZERO;
    }
    Ok(Answer::new(problem, parameters, statistics))
}

fn by_reflections(
    statistics: &Statistics,
    observations: &mut dyn Observations,
    tolerance: f64,
) -> Result<Answer> {
    let frame = statistics.frame();
    let triangle = factorize(&frame, observations)?;
    let problem = Problem::new(frame, triangle, statistics.weight(), tolerance);
    problem.check_condition()?;
    let parameters =
        problem.refine(problem.parameters(statistics), target_length(statistics), observations)?;
    Ok(Answer::new(problem, parameters, statistics))
}

fn total(statistics: &Statistics) -> f64 {
    let y = statistics.columns();
    statistics.model_product(y, y).value().max(0.0)
}

/// The length of the scaled target, not about its mean.
fn target_length(statistics: &Statistics) -> f64 {
    let y = statistics.columns();
    let mean = statistics.means[y];
    (statistics.at(y, y) + statistics.weight * mean * mean).value().max(0.0).sqrt()
}

fn check_rows(statistics: &Statistics) -> Result<()> {
    let which = if statistics.weighted { " of a weight above 0" } else { "" };
    standard::check_rows("least squares", statistics.rows, which, statistics.columns(), statistics.intercept)
}

impl Answer {
    fn new<T: Real>(problem: Problem<T>, parameters: Parameters, statistics: &Statistics) -> Answer {
        let vectors = problem.inverse();
        let product = |a: &[T], b: &[T]| {
            let products = a.iter().zip(b).map(|(&a, &b)| a * b);
            products.fold(T::from(0.0), |sum, product| sum + product).wide().value()
        };
        let inverse = vectors.iter().flat_map(|a| vectors.iter().map(move |b| product(a, b))).collect();
        Answer {
            predictor: problem.predictor(&parameters.values),
            squares: parameters.squares.value().max(0.0),
            total: total(statistics),
            inverse,
            vectors: vectors.iter().map(|v| v.iter().map(|x| x.wide().value()).collect()).collect(),
            triangle: problem.triangle.rounded(),
            condition: problem.condition,
            kept: problem.kept,
            aliases: problem.aliases,
            ones: problem.ones,
            frame: problem.frame,
            rows: statistics.rows,
            weight: statistics.weight(),
            log_weights: statistics.log_weights,
            weighted: statistics.weighted,
        }
    }

    /// The number of parameters.
    pub fn rank(&self) -> usize {
        self.ones + self.kept.len()
    }

    /// Rows less parameters.
    pub fn degrees_of_freedom(&self) -> usize {
        self.rows as usize - self.rank()
    }

    /// The variance of the errors, in the scaled target's units.
    pub fn variance(&self) -> f64 {
        self.squares / self.degrees_of_freedom() as f64
    }

    /// The intercept, if any, and the coefficients of the kept columns, in the units of the data.
    pub fn estimates(&self) -> Result<Vec<f64>> {
        let intercept = (self.ones == 1).then(|| self.frame.target(self.predictor.intercept.value()));
        let coefficient = |&j: &usize| self.frame.coefficient(self.predictor.coefficients[j].value(), j);
        let estimates: Vec<f64> = intercept.into_iter().chain(self.kept.iter().map(coefficient)).collect();
        match estimates[self.ones.min(estimates.len())..].iter().position(|value| !value.is_finite()) {
            None => Ok(estimates),
            Some(place) => Err(Error::Data(format!(
                "least squares: the coefficient of column {} is beyond the range of 64-bit numbers\n    \
                 express the column, or the target, in other units",
                self.kept[place]
            ))),
        }
    }

    /// A number in the scaled units of parameter `i`, in those of the data.
    pub fn in_units(&self, i: usize, scaled: f64) -> f64 {
        match i.checked_sub(self.ones) {
            None => self.frame.target(scaled),
            Some(k) => self.frame.coefficient(scaled, self.kept[k]),
        }
    }

    /// The standard error of parameter `i`, for classical assumptions.
    pub fn std_error(&self, i: usize) -> f64 {
        self.in_units(i, self.variance().sqrt() * self.inverse[i * self.rank() + i].sqrt())
    }
}
