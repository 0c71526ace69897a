//! `Report`: what a fit found out, as plain data that the text, the JSON and the page are written from.

mod coefficient;
mod fact;
pub mod html;
mod json;
mod text;

pub use coefficient::Coefficient;
pub use fact::{Fact, Value, probability};

use ndgrad::plot::Figure;

/// What a fit found out.
#[derive(Default)]
pub struct Report {
    /// The command line, as it could be typed again.
    pub command: String,
    /// The data that was read.
    pub source: String,
    /// The column that is predicted.
    pub target: String,
    /// What was done: `Least squares`.
    pub method: String,
    /// The outcome in a sentence or two.
    pub answer: String,
    /// The model as text.
    pub equation: String,
    /// How good the fit is.
    pub facts: Vec<Fact>,
    /// The terms, the intercept first.
    pub coefficients: Vec<Coefficient>,
    /// The letter of the coefficients' statistic.
    pub statistic: &'static str,
    /// The probability that the intervals are meant to cover the true coefficient.
    pub level: f64,
    /// Which errors the standard errors assume.
    pub covariance: String,
    /// What the coefficients are coefficients of, where that is not the target.
    pub scale: Option<String>,
    /// What the indicators of each category are compared with.
    pub baselines: Vec<String>,
    /// How good predictions of some of the rows are.
    pub parts: Vec<Part>,
    /// What the assumptions of the fit look like.
    pub diagnostics: Vec<Diagnostic>,
    /// What the reader must not overlook.
    pub warnings: Vec<String>,
    /// The rows that the model misses most.
    pub rows: Vec<HeavyRow>,
    /// How it was computed.
    pub course: Vec<Fact>,
    /// The pictures.
    pub pictures: Vec<Picture>,
    /// The paths of all files.
    pub files: Vec<String>,
}

/// How good the predictions of some of the rows are.
pub struct Part {
    /// Which rows, as JSON has it: `train`.
    pub key: &'static str,
    /// Which rows, in words.
    pub name: &'static str,
    /// Their number.
    pub rows: usize,
    /// Root mean squared error, in the target's units.
    pub rmse: f64,
    /// Mean absolute error, in the target's units.
    pub mae: f64,
    /// Coefficient of determination; `None` where the target does not vary.
    pub r2: Option<f64>,
    /// The mean deviance, where the loss is not the squared error.
    pub deviance: Option<f64>,
    /// The mean of the negative logarithm of the probability of what came, for classes.
    pub log_loss: Option<f64>,
    /// The part of the rows whose outcome was foreseen, of those that have but two.
    pub accuracy: Option<f64>,
}

/// What a test says about an assumption.
pub struct Diagnostic {
    /// Its name in JSON.
    pub key: &'static str,
    /// Whose test it is.
    pub name: &'static str,
    /// The number.
    pub statistic: f64,
    /// The probability of such a number if the assumption held.
    pub p_value: Option<f64>,
    /// Whether the assumption looks doubtful.
    pub doubtful: bool,
    /// What it means, in a sentence.
    pub meaning: String,
}

/// A row that carries much of the loss.
pub struct HeavyRow {
    /// The row of the data, counted from 1.
    pub row: u64,
    /// Its line in the file, where that is known.
    pub line: Option<u64>,
    /// The target.
    pub actual: f64,
    /// What the model predicts.
    pub predicted: f64,
    /// Its part of the loss of all rows.
    pub share: f64,
    /// How far out its features are, from 0 to 1.
    pub leverage: Option<f64>,
    /// The residual over its standard error.
    pub standardized: Option<f64>,
    /// How much all predictions would change without it.
    pub cooks_distance: Option<f64>,
}

/// A picture with what there is to see.
pub struct Picture {
    /// The name of its file, without an ending.
    pub name: String,
    /// What to look for.
    pub caption: String,
    /// The picture.
    pub figure: Figure,
}

impl Part {
    /// The mean loss and its name, where it is not the squared error.
    pub fn loss(&self) -> Option<(&'static str, f64)> {
        let deviance = self.deviance.map(|deviance| ("mean deviance", deviance));
        self.log_loss.map(|loss| ("log loss", loss)).or(deviance)
    }
}

impl HeavyRow {
    /// What remains between the target and the prediction.
    pub fn residual(&self) -> f64 {
        self.actual - self.predicted
    }
}
