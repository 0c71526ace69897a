//! Descent by mini-batches over rows of any number, which is stopped and resumed to the same bits.

use std::fs;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use ndgrad::Error;
use ndgrad::linear::{
    Descent, DescentState, DesignInfo, End, Family, FittedModel, Loss, Observations, Optimizer,
    Progress as Course,
};

use super::Fit;
use super::data::Data;
use super::fitted::Fitted;
use super::options::{Cost, Solver};
use super::solved::Solved;
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::number::{grouped, significant};
use crate::pictures;
use crate::progress::Progress;
use crate::report::{Fact, Value};
use crate::values;

/// The file that a run is resumed from.
const STATE: &str = "descent.json";

/// Passes over the rows, unless told otherwise.
const EPOCHS: u64 = 20;

/// Rows between two looks at the clock and at Ctrl-C.
const OFTEN: u64 = 20_000;

/// How to train.
#[derive(Args)]
pub struct Options {
    /// The most passes over the rows; by default 20, or as many as take some ten seconds where training ends by itself
    #[arg(long, value_name = "N", value_parser = values::passes)]
    pub epochs: Option<u64>,
    /// Rows in a batch; by default 64, or where batches grow 32 at the beginning
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub batch_size: Option<usize>,
    /// The size of a step along the gradient; by default what suits the data
    #[arg(long, value_name = "X", value_parser = values::positive, allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    /// Epochs to go on without improvement on the rows held back, where training ends by itself; 10 by default
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub patience: Option<usize>,
    /// Go on from descent.json, which an earlier run has left in its directory, with the same data or more
    #[arg(long, value_name = "FILE")]
    pub resume: Option<PathBuf>,
    /// Begin with the coefficients of a saved model of the same terms
    #[arg(long, value_name = "MODEL", conflicts_with = "resume")]
    pub warm_start: Option<PathBuf>,
}

impl Options {
    /// The first option that was given.
    pub fn first(&self) -> Option<&'static str> {
        let given = [
            ("--epochs", self.epochs.is_some()),
            ("--batch-size", self.batch_size.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--patience", self.patience.is_some()),
            ("--resume", self.resume.is_some()),
            ("--warm-start", self.warm_start.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }
}

impl Fit {
    /// Descends, from a saved state if there is one.
    pub(super) fn descend(&self, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        let loss = self.descent_loss();
        let optimizer = if self.solver == Solver::Adam { Optimizer::Adam } else { Optimizer::Sgd };
        let options = &self.descent;
        let epochs = options.epochs.unwrap_or(EPOCHS);
        let mut descent = Descent::new(loss).optimizer(optimizer).epochs(epochs).seed(self.seed).every(OFTEN);
        if let Some(rate) = options.learning_rate {
            descent = descent.learning_rate(rate);
        }
        if let Some(rows) = options.batch_size {
            descent = descent.batch_size(rows);
        }
        // A first Ctrl-C ends the descent, not the program: what is done is kept until it is saved.
        let hold = interrupt::hold();
        let mut rows = data.observe(design);
        let mut state = match &options.resume {
            Some(path) => {
                let text = fs::read_to_string(path).map_err(|error| Error::file(path, "read", error))?;
                let state = DescentState::from_text(&text);
                state.map_err(|error| Error::content(path.as_path(), error.to_string()))?
            }
            None => descent.start(&mut rows)?,
        };
        if let Some(path) = &options.warm_start {
            state.warm_start(&estimates(&FittedModel::load(path)?, design, path.display())?);
        }
        let (used, dropped) = match rows.rows() {
            // A resumed run has not read the rows yet.
            0 => {
                rows.pass(&mut |_| Ok(()))?;
                (rows.rows(), rows.dropped())
            }
            used => (used, rows.dropped()),
        };
        let begun = (state.epoch, state.position);
        let left = (epochs.saturating_sub(state.epoch) * used).saturating_sub(state.position);
        let mut progress = Progress::new(Some(left), "row");
        let (start, mut done) = (Instant::now(), 0);
        let end = descent.run(&mut rows, &mut state, &mut |now: &Course| {
            progress.advance(now.rows_of_run - done, || {
                format!("epoch {} of {epochs}, loss {}", now.epoch + 1, significant(now.loss, 4))
            });
            done = now.rows_of_run;
            if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        drop(progress);
        std::mem::forget(hold);
        let seconds = start.elapsed().as_secs_f64();
        let passed = state.epoch * used + state.position - (begun.0 * used + begun.1);

        let mut solved =
            Solved::new(Fitted::descent(&state, loss, used, self.level), method(loss, optimizer));
        solved.facts = vec![
            Fact::new("rows", "rows used", Value::Count(used)),
            Fact::new("dropped", "rows dropped for missing values", Value::Count(dropped)),
            Fact::new("rank", "coefficients", Value::Count(solved.fitted.rank() as u64)),
            Fact::of("loss", "mean loss of the last epoch", Value::Number, state.losses.last().copied()),
        ];
        let speed = grouped((passed as f64 / seconds) as usize);
        solved.course = vec![
            Fact::new("solver", "solver", Value::Text(format!("mini-batches, {}", name(optimizer)))),
            Fact::new("epochs", "passes over the rows", Value::Counted(state.epoch, "epoch")),
            Fact::new("speed", "rows a second", Value::Text(speed)),
        ];
        if state.losses.len() > 1 {
            solved.pictures.push(pictures::losses(&state.losses, &design.target()));
        }
        solved.warnings.push(
            "coefficients from a descent have no standard errors: use --solver exact where the data allow it".into(),
        );
        solved.files = vec![(STATE, state.to_text())];
        solved.interrupted = end == End::Interrupted;
        Ok(solved)
    }

    /// What a descent makes small.
    pub(super) fn descent_loss(&self) -> Loss {
        match (self.cost, self.family) {
            (Cost::Huber, _) => Loss::Huber(self.threshold.unwrap_or(1.0)),
            (Cost::Quantile, _) => Loss::Quantile(self.quantile.unwrap_or(0.5)),
            (_, Family::Gaussian) => Loss::Squares,
            (_, Family::Binomial) => Loss::Logistic,
            (_, Family::Poisson) => Loss::Poisson,
            (_, Family::Gamma) => Loss::Gamma,
        }
    }
}

/// The estimates of a saved model, in the order of a design's columns.
fn estimates(model: &FittedModel, design: &DesignInfo, path: impl std::fmt::Display) -> Result<Vec<f64>> {
    let ones = usize::from(design.has_intercept());
    if model.design.names() != design.names() || model.design.has_intercept() != design.has_intercept() {
        return Err(Failure::Data(Error::Data(format!(
            "{path}: the model has other terms than this fit\n    Begin with a model of the same formula."
        ))));
    }
    let mut estimates = vec![0.0; ones + design.names().len()];
    estimates[..ones].copy_from_slice(&model.coefficients[..ones]);
    for (&column, &coefficient) in model.columns.iter().zip(&model.coefficients[ones..]) {
        estimates[ones + column] = coefficient;
    }
    Ok(estimates)
}

fn name(optimizer: Optimizer) -> &'static str {
    match optimizer {
        Optimizer::Sgd => "SGD",
        Optimizer::Adam => "Adam",
    }
}

fn method(loss: Loss, optimizer: Optimizer) -> String {
    let what = match loss {
        Loss::Squares => "Least squares",
        Loss::Logistic => "Logistic regression",
        Loss::Poisson => "Poisson regression",
        Loss::Gamma => "Gamma regression, logarithmic",
        Loss::Huber(_) => "Huber's robust regression",
        Loss::Quantile(_) => "Quantile regression",
    };
    format!("{what} by mini-batches, {}", name(optimizer))
}
