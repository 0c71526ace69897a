//! `Fit`: what training a linear model found out.

use crate::metrics::{mae, r2, rmse};
use crate::model::Model;
use crate::train::{Epoch, Stop};
use crate::training_state::TrainingState;

/// A trained model and how it came about.
///
/// # Which rows a number refers to
///
/// Two models are trained. The *trial* learns from the training part of the rows only; the metrics of
/// [`train`](Self::train) and [`validation`](Self::validation) are its, so what is said about the validation rows is said by
/// a model that never saw them. The *final* model goes on from there with all rows used, the validation rows
/// included, to the least squares; the [`model`](Self::model), the [`coefficients`](Self::coefficients) and the
/// metrics of [`all`](Self::all) are its. The exact coefficients are computed from the same rows, so they can be
/// compared. Where there are too few rows for a validation part, there is no trial, and everything is said about
/// the final model.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// The final model.
    pub model: Model,
    /// The intercept, named `(intercept)`, and then one coefficient for each term of the model, in order.
    pub coefficients: Vec<Coefficient>,
    /// The trial model on the rows that it was trained on; the final model's where there was no trial.
    pub train: Part,
    /// The trial model on the rows that it was not trained on; `None` where there are too few rows for that, or
    /// none were asked for.
    pub validation: Option<Part>,
    /// The final model on all rows used.
    pub all: Part,
    /// The number of rows of the table that were used.
    pub rows: usize,
    /// The number of rows of the table that were left out, for lack of a target or of a feature's value.
    pub dropped: usize,
    /// What was left out and what is doubtful, one sentence each.
    pub warnings: Vec<String>,
    /// Every epoch, the trial's first.
    pub history: Vec<Epoch>,
    /// Why the training of the trial model ended; `None` where there was none.
    pub trial_stop: Option<Stop>,
    /// Why the training of the final model ended.
    pub stop: Stop,
    /// Where training goes on from, if it was interrupted or came to the last of its epochs; see
    /// [`LinearRegression::resume`](crate::LinearRegression::resume).
    pub state: Option<TrainingState>,
    /// An estimate of the condition number of the standardized features (see
    /// [`Solution::condition`](crate::Solution::condition)): 1 where they are independent; the more, the longer
    /// training takes and the less certain the coefficients are.
    pub condition: f64,
}

/// A coefficient in original units: the target's per unit of the term.
#[derive(Clone, Debug, PartialEq)]
pub struct Coefficient {
    /// `(intercept)`, `flipper_length_mm`, `species[Chinstrap]`.
    pub term: String,
    /// The level that a category's coefficient is a difference from.
    pub baseline: Option<String>,
    /// What gradient descent found.
    pub estimate: f64,
    /// The least squares, computed exactly from the same rows.
    pub exact: f64,
    /// The standard error of the exact coefficient; `None` where there are as many coefficients as rows.
    pub standard_error: Option<f64>,
}

impl Coefficient {
    /// Whether the estimate has four digits of the exact coefficient, or differs by nothing that the data could tell.
    pub(crate) fn agrees(&self) -> bool {
        let error = (self.estimate - self.exact).abs();
        error <= 1e-4 * self.exact.abs() || error <= 1e-4 * self.standard_error.unwrap_or(0.0)
    }
}

/// Predictions for some of the rows, and how good they are.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The rows of the table, counted from 0, in order.
    pub rows: Vec<usize>,
    /// The prediction for each row.
    pub predicted: Vec<f64>,
    /// The target of each row.
    pub actual: Vec<f64>,
    /// Root mean squared error, in the target's units.
    pub rmse: f64,
    /// Mean absolute error, in the target's units.
    pub mae: f64,
    /// Coefficient of determination; `None` where the target does not vary (in a single row, for example).
    pub r2: Option<f64>,
}

impl Part {
    pub(crate) fn new(rows: Vec<usize>, predicted: Vec<f64>, actual: Vec<f64>) -> Part {
        let varies = actual.iter().any(|&value| value != actual[0]);
        Part {
            rmse: rmse(&predicted, &actual),
            mae: mae(&predicted, &actual),
            r2: varies.then(|| r2(&predicted, &actual)),
            rows,
            predicted,
            actual,
        }
    }
}

impl Fit {
    /// The final model as text, in lines of about 80 characters (see [`Model::equation`]).
    pub fn equation(&self) -> String {
        self.model.equation(80)
    }
}
