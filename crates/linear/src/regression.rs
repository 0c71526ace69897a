//! `LinearRegression`: from a table to a trained model.

use crate::encode::{Choice, Encoded, Missing, dependent};
use crate::exact::LeastSquares;
use crate::fit::{Coefficient, Fit, Part};
use crate::linear::{Linear, Rows, Scaling};
use crate::model::Model;
use crate::solution::Solution;
use crate::split::Split;
use crate::text::{count, rounded};
use crate::train::{Epoch, Point, Ran, Stage, Stop, Trainer};
use crate::training_state::TrainingState;
use ndgrad_array::{Error, OperationError, Result};
use ndgrad_data::Table;
use std::ops::ControlFlow;

/// The target's and the features' columns, and how to train a linear model of them.
///
/// Categories become indicators of their levels, the first in sorted order being the baseline. Columns that say
/// nothing are left out with a warning: constant ones, those that follow exactly from earlier ones, and, where
/// the features are not named, categories that tell rows apart rather than group them (a level for each row; more
/// than ten levels, and more than half as many as rows; more than 1,000 levels). A column in which most fields are numbers but some are text is refused.
///
/// Training is mini-batch stochastic gradient descent on the mean squared error of standardized columns, in f64,
/// with the same operations that any program uses; the coefficients are then those of the original units. It
/// needs no tuning: the learning rate follows from the curvature of the data, and the batches grow. [`Fit`] says
/// which rows are used for what.
///
/// The same table, settings and seed give the same bits, on any number of threads.
///
/// ```
/// use ndgrad_data::{Table, samples};
/// use ndgrad_linear::LinearRegression;
///
/// let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes())?;
/// let fit = LinearRegression::new("body_mass_g").features(["flipper_length_mm", "species"]).fit(&penguins)?;
/// assert_eq!((fit.rows, fit.dropped), (342, 2));
/// assert_eq!(
///     fit.equation(),
///     "body_mass_g = -4031.5 + 40.705 flipper_length_mm - 206.51 species[Chinstrap]\n        \
///      + 266.81 species[Gentoo]"
/// );
/// let validation = fit.validation.unwrap();
/// assert!(validation.r2.unwrap() > 0.7);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LinearRegression {
    pub(crate) target: String,
    pub(crate) features: Option<Vec<String>>,
    pub(crate) categories: Vec<String>,
    pub(crate) missing: Missing,
    learning_rate: Option<f64>,
    epochs: Option<usize>,
    batch_size: Option<usize>,
    seed: u64,
    validation: f64,
    patience: usize,
    resume: Option<TrainingState>,
}

/// Multiplications that training may take unless the number of epochs is given: some ten seconds.
const WORK: usize = 2_000_000_000;

/// Epochs that it may take at most, and at least, by default.
const MOST_EPOCHS: usize = 10_000;
const LEAST_EPOCHS: usize = 50;

/// The condition number from which on training can take long.
const NEARLY_DEPENDENT: f64 = 100.0;

/// The rows in a batch, by default.
const BATCH: usize = 32;

/// Batches in an epoch: the default batch is smaller, or larger, where there would be fewer, or more.
const LEAST_BATCHES: usize = 8;
const MOST_BATCHES: usize = 8192;

impl LinearRegression {
    /// A model that predicts the column `target` from all others.
    pub fn new(target: impl Into<String>) -> LinearRegression {
        LinearRegression {
            target: target.into(),
            features: None,
            categories: Vec::new(),
            missing: Missing::Drop,
            learning_rate: None,
            epochs: None,
            batch_size: None,
            seed: 0,
            validation: 0.2,
            patience: 10,
            resume: None,
        }
    }

    /// Predicts from these columns only. What of them cannot be used is then an error, not a warning, unless it
    /// does not vary.
    pub fn features<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.features = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Columns that are categories whatever they look like. To have numbers taken as categories, the table must
    /// have been read that way too: [`Csv::categories`](ndgrad_data::Csv::categories).
    pub fn categories<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.categories.extend(names.into_iter().map(Into::into));
        self
    }

    /// What happens to rows in which a feature has no value. By default they are dropped. Rows without a target
    /// always are.
    pub fn missing(mut self, missing: Missing) -> Self {
        self.missing = missing;
        self
    }

    /// The learning rate of mini-batches, for standardized columns. By default it follows from the curvature of
    /// the data and the size of the batches. (In an epoch whose batch is all rows, the best rate is computed.)
    ///
    /// # Panics
    /// If it is not a positive number.
    #[track_caller]
    pub fn learning_rate(mut self, rate: f64) -> Self {
        let fits = rate > 0.0 && rate.is_finite();
        check(fits, "the learning rate must be a positive number", "learning_rate", rate);
        self.learning_rate = Some(rate);
        self
    }

    /// The most passes over the rows, in both stages together. By default as many as take some ten seconds, at
    /// least 50 and at most 10,000: two thousand million divided by rows times terms.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn epochs(mut self, most: usize) -> Self {
        check(most > 0, "at least one epoch is needed", "epochs", most);
        self.epochs = Some(most);
        self
    }

    /// The number of rows in a batch at the beginning: it grows whenever an epoch has stopped helping, up to all
    /// rows. By default 32, or fewer to make eight batches of the rows, or more to make at most 8,192.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_size(mut self, rows: usize) -> Self {
        check(rows > 0, "a batch must have a row", "batch_size", rows);
        self.batch_size = Some(rows);
        self
    }

    /// The seed that the validation rows and the batches are drawn with; 0 by default.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The part of the rows that is held back to judge the model by; 0.2 by default. It is at least one row, and
    /// leaves more rows than coefficients to train on; where that cannot be, nothing is held back. With 0,
    /// nothing is.
    ///
    /// # Panics
    /// If it is not within 0 (included) and 1 (excluded).
    #[track_caller]
    pub fn validation(mut self, fraction: f64) -> Self {
        let fits = (0.0..1.0).contains(&fraction);
        check(fits, "the validation part must be within 0 and 1", "validation", fraction);
        self.validation = fraction;
        self
    }

    /// The number of epochs that the trial model may go on without improving on the validation rows, once its
    /// batch is all rows; 10 by default.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn patience(mut self, epochs: usize) -> Self {
        check(epochs > 0, "a patience of 0 trains nothing", "patience", epochs);
        self.patience = epochs;
        self
    }

    /// Goes on from where an earlier run has ended, which had the same rows and options but for epochs and patience. The
    /// result has the same bits as that of a run which never ended.
    pub fn resume(mut self, state: TrainingState) -> Self {
        self.resume = Some(state);
        self
    }

    /// Trains the model.
    ///
    /// # Errors
    /// If the target or a feature is not in the table or cannot be used, no feature or too few rows are left, or
    /// training diverges (which a learning rate of one's own can cause), or it is to go on from a state of other data or
    /// options. Messages say what to do.
    pub fn fit(&self, table: &Table) -> Result<Fit> {
        self.fit_with(table, |_| ControlFlow::Continue(()))
    }

    /// Trains the model, and calls `progress` after each epoch; where that returns [`ControlFlow::Break`],
    /// training stops, and what was reached so far is the model.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn fit_with(
        &self,
        table: &Table,
        mut progress: impl FnMut(&Epoch) -> ControlFlow<()>,
    ) -> Result<Fit> {
        let choice = Choice {
            target: &self.target,
            features: self.features.as_deref(),
            categories: &self.categories,
            missing: self.missing,
        };
        let mut encoded = Encoded::new(table, &choice)?;
        let solution = solve(&mut encoded)?;
        let terms: Vec<String> = encoded.terms().into_iter().map(|term| term.name).collect();
        let Encoded { features, rows, x, y, mut warnings } = encoded;
        let width = x.len() / y.len();
        let data = Rows { x: &x, width, y: &y };

        let split = Split::new(rows.len(), width + 1, self.validation, self.seed);
        if split.validation.is_empty() && self.validation > 0.0 {
            warnings.push(format!(
                "no rows were held back to validate the model: {} are just enough to determine {}",
                count(rows.len(), "row"),
                count(width + 1, "coefficient")
            ));
        }
        let usual = (rows.len() / LEAST_BATCHES)
            .clamp(1, BATCH)
            .max(rows.len().div_ceil(MOST_BATCHES).next_power_of_two());
        let batch_size = self.batch_size.unwrap_or(usual);
        let state = |history: Vec<Epoch>, trial: Option<(Vec<f64>, Stop)>, point: Point| TrainingState {
            terms: terms.clone(),
            rows: rows.len(),
            seed: self.seed,
            validation: self.validation,
            learning_rate: self.learning_rate,
            batch_size: self.batch_size,
            history,
            trial,
            point,
        };
        if let Some(saved) = &self.resume {
            saved.check(&state(Vec::new(), None, saved.point.clone()))?;
        }
        let resumed = |stage: Stage| self.resume.as_ref().filter(|saved| saved.point.stage == stage);
        let mut trainer = Trainer {
            learning_rate: self.learning_rate,
            epochs: self.epochs.unwrap_or((WORK / x.len()).clamp(LEAST_EPOCHS, MOST_EPOCHS)),
            patience: self.patience,
            seed: self.seed,
            progress: &mut progress,
            history: self.resume.as_ref().map_or_else(Vec::new, |saved| saved.history.clone()),
        };

        let (mut trial, mut kept) = (None, None);
        if !split.validation.is_empty() {
            let start = Linear::mean(Scaling::of(data, &split.train));
            let (weights, stop) = match resumed(Stage::Final).and_then(|saved| saved.trial.clone()) {
                Some(ended) => ended,
                None => {
                    let point = resumed(Stage::Trial).map(|saved| saved.point.clone());
                    let ran = try_out(&mut trainer, data, &split, &start, point, batch_size)?;
                    if matches!(ran.stop, Stop::Epochs | Stop::Interrupted) {
                        kept = Some(state(trainer.history.clone(), None, ran.point));
                    }
                    (ran.weights, ran.stop)
                }
            };
            trial = Some((start.with(&weights), weights, stop));
        }
        let (linear, stop) = match &trial {
            Some((linear, _, Stop::Interrupted)) => (linear.clone(), Stop::Interrupted),
            _ => {
                let point = resumed(Stage::Final).map(|saved| saved.point.clone());
                let from = trial.as_ref().map(|(linear, ..)| linear);
                let (linear, ran) = finish(&mut trainer, data, from, point, batch_size)?;
                if kept.is_none() && matches!(ran.stop, Stop::Epochs | Stop::Interrupted) {
                    let trial = trial.as_ref().map(|(_, weights, stop)| (weights.clone(), *stop));
                    kept = Some(state(trainer.history.clone(), trial, ran.point));
                }
                (linear, ran.stop)
            }
        };
        let trial = trial.map(|(linear, _, stop)| (linear, stop));

        let part = |linear: &Linear, part: &[usize]| {
            let predicted = part.iter().map(|&row| linear.predict(data.row(row))).collect();
            let actual = part.iter().map(|&row| y[row]).collect();
            Part::new(part.iter().map(|&row| rows[row]).collect(), predicted, actual)
        };
        let judged = trial.as_ref().map_or(&linear, |(linear, _)| linear);
        let train = part(judged, &split.train);
        let validation = trial.as_ref().map(|(linear, _)| part(linear, &split.validation));
        let all = part(&linear, &Vec::from_iter(0..rows.len()));
        let used = rows.len();
        let dropped = table.rows() - used;
        let model =
            Model { target: self.target.clone(), features, linear, rows: used, dropped, scatter: None };
        let coefficients = coefficients(&model, &solution);
        if solution.condition > NEARLY_DEPENDENT && !coefficients.iter().all(Coefficient::agrees) {
            warnings.push(format!(
                "some features nearly follow from others (condition number {}), so training has not found every \
                 coefficient to four digits: use the exact ones, or leave out such a feature",
                rounded(solution.condition, 2)
            ));
        }
        Ok(Fit {
            coefficients,
            model,
            train,
            validation,
            all,
            rows: used,
            dropped,
            warnings,
            history: trainer.history,
            trial_stop: trial.map(|(_, stop)| stop),
            stop,
            state: kept,
            condition: solution.condition,
        })
    }
}

#[track_caller]
fn check(fits: bool, rule: &str, name: &str, value: impl std::fmt::Display) {
    if !fits {
        panic!("{}", OperationError::new("linear regression", rule).operand(name, value, ""));
    }
}

/// The exact least squares; terms that follow from others are taken out of `encoded`.
fn solve(encoded: &mut Encoded) -> Result<Solution> {
    let names: Vec<String> = encoded.terms().into_iter().map(|term| term.name).collect();
    let solution = LeastSquares::new().solve(&encoded.x, names.len(), &encoded.y)?;
    for alias in &solution.aliases {
        let equation = alias.describe(&names);
        encoded.warnings.push(dependent(&names[alias.column], &equation, alias.terms.is_empty()));
    }
    if solution.coefficients.iter().all(Option::is_none) {
        let [warning, ..] = &encoded.warnings[..] else { unreachable!("each alias has a warning") };
        return Err(Error::Data(format!(
            "no feature is left: {warning}\n    name other features, or add columns or rows"
        )));
    }
    if !solution.aliases.is_empty() {
        let keep: Vec<bool> = solution.coefficients.iter().map(Option::is_some).collect();
        encoded.retain(&keep);
    }
    Ok(solution)
}

/// Trains the model that learns from one part and is judged by the other, from this point or the beginning.
fn try_out(
    trainer: &mut Trainer<'_>,
    data: Rows<'_>,
    split: &Split,
    start: &Linear,
    point: Option<Point>,
    batch_size: usize,
) -> Result<Ran> {
    let examples = start.scaling.standardize(data, &split.train);
    let validation = start.scaling.standardize(data, &split.validation);
    let beginning = || Point::start(Stage::Trial, batch_size, start.weights.clone(), start.bias);
    trainer.run(point.unwrap_or_else(beginning), &examples, Some(&validation))
}

/// The model that is trained on all rows, from this point or where the trial led.
fn finish(
    trainer: &mut Trainer<'_>,
    data: Rows<'_>,
    trial: Option<&Linear>,
    point: Option<Point>,
    batch_size: usize,
) -> Result<(Linear, Ran)> {
    let all = Vec::from_iter(0..data.y.len());
    let scaling = Scaling::of(data, &all);
    let (start, batch_size) = match trial {
        Some(trial) => (trial.rescaled(scaling), all.len()),
        None => (Linear::mean(scaling), batch_size),
    };
    let examples = start.scaling.standardize(data, &all);
    let beginning = || Point::start(Stage::Final, batch_size, start.weights.clone(), start.bias);
    let ran = trainer.run(point.unwrap_or_else(beginning), &examples, None)?;
    Ok((start.with(&ran.weights), ran))
}

fn coefficients(model: &Model, solution: &Solution) -> Vec<Coefficient> {
    let (intercept, estimates) = model.linear.coefficients();
    let own = std::iter::once(("(intercept)".to_string(), None, intercept));
    let terms =
        model.terms().into_iter().zip(estimates).map(|(term, value)| (term.name, term.baseline, value));
    let exact = solution.intercept.iter().chain(solution.coefficients.iter().flatten());
    let pairs = own.chain(terms).zip(exact);
    pairs
        .map(|((term, baseline, estimate), exact)| Coefficient {
            term,
            baseline,
            estimate,
            exact: exact.value,
            standard_error: exact.standard_error,
        })
        .collect()
}

#[cfg(test)]
mod tests;
