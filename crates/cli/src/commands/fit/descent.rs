//! Descent by mini-batches over rows of any number, which is stopped and resumed to the same bits.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use ndgrad::Error;
use ndgrad::linear::{
    Descent, DescentState, DesignInfo, End, Family, Loss, Observations, Optimizer, Penalty,
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
use crate::report::{Fact, Picture, Value};
use crate::saved::Saved;
use crate::values;

/// The file that a run is resumed from.
pub const STATE: &str = "descent.json";

/// Passes over the rows, unless told otherwise.
const EPOCHS: u64 = 20;

/// What the report says of coefficients from a descent.
pub const NO_ERRORS: &str =
    "coefficients from a descent have no standard errors: use --solver exact where the data allow it";

/// Rows between two looks at the clock and at Ctrl-C.
const OFTEN: u64 = 20_000;

/// How to train.
#[derive(Args)]
pub struct Options {
    /// The most passes over the rows; by default 20, or some ten seconds of them where training ends itself
    #[arg(long, value_name = "N", value_parser = values::passes)]
    pub epochs: Option<u64>,
    /// Rows in a batch; by default 64, or where batches grow 32 at the beginning
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub batch_size: Option<usize>,
    /// The size of a step along the gradient; by default what suits the data
    #[arg(long, value_name = "X", value_parser = values::positive, allow_negative_numbers = true)]
    pub learning_rate: Option<f64>,
    /// Epochs without improvement on the rows held back until training ends itself; 10 by default
    #[arg(long, value_name = "N", value_parser = values::count)]
    pub patience: Option<usize>,
    /// Go on from the descent.json that an earlier run has left in its directory
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

/// Where a descent has come to.
pub struct Descended {
    /// All that goes on from here.
    pub state: DescentState,
    /// Rows that are used, and rows that lack a value.
    pub rows: [u64; 2],
    /// How good the fit is.
    pub facts: Vec<Fact>,
    /// How it was computed.
    pub course: Vec<Fact>,
    /// The losses.
    pub picture: Option<Picture>,
    /// Whether Ctrl-C came before the end.
    pub interrupted: bool,
}

impl Descended {
    /// What a run is resumed from, as a file.
    pub fn file(&self) -> (&'static str, String) {
        (STATE, self.state.to_text())
    }
}

impl Fit {
    /// A fit by descent.
    pub(super) fn descend(&self, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        let loss = self.descent_loss();
        let descended = self.descended(loss, data, design)?;
        let fitted = Fitted::descent(&descended.state, loss, descended.rows[0], self.level);
        let mut solved = Solved::new(fitted, method(loss));
        solved.files = vec![descended.file()];
        solved.warnings.push(NO_ERRORS.into());
        solved.facts = descended.facts;
        solved.course = descended.course;
        solved.pictures.extend(descended.picture);
        solved.interrupted = descended.interrupted;
        Ok(solved)
    }

    /// Descends, from a saved state if there is one.
    pub(super) fn descended(&self, loss: Loss, data: &mut Data, design: &DesignInfo) -> Result<Descended> {
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
        if let Some(penalty) = self.penalties.penalty {
            let (lambda, mix) = (self.penalties.lambda.unwrap_or_default(), self.mix(penalty));
            descent = descent.penalty(Penalty { lambda, mix, standardize: true });
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
            state.warm_start(&estimates(&Saved::load(path)?, design, path)?);
        }
        if rows.rows() == 0 {
            // A resumed run has not read the rows yet.
            rows.pass(&mut |_| Ok(()))?;
        }
        let (used, dropped) = (rows.rows(), rows.dropped());
        let begun = state.epoch * used + state.position;
        let mut progress = Progress::new(Some((epochs * used).saturating_sub(begun)), "row");
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
        let passed = (state.epoch * used + state.position).saturating_sub(begun);
        let speed = grouped((passed as f64 / start.elapsed().as_secs_f64()) as usize);
        Ok(Descended {
            rows: [used, dropped],
            facts: vec![
                Fact::new("rows", "rows used", Value::Count(used)),
                Fact::new("dropped", "rows dropped for missing values", Value::Count(dropped)),
                Fact::new("rank", "coefficients", Value::Count(state.estimates().len() as u64)),
                Fact::of("loss", "mean loss of the last epoch", Value::Number, state.losses.last().copied()),
            ],
            course: vec![
                Fact::new("solver", "solver", Value::Text(format!("mini-batches, {}", name(optimizer)))),
                Fact::new("epochs", "passes over the rows", Value::Counted(state.epoch, "epoch")),
                Fact::new("speed", "rows a second", Value::Text(speed)),
            ],
            picture: (state.losses.len() > 1).then(|| pictures::losses(&state.losses, &design.target())),
            interrupted: end == End::Interrupted,
            state,
        })
    }

    /// What a descent makes small.
    pub(super) fn descent_loss(&self) -> Loss {
        match (self.cost, self.family()) {
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
fn estimates(model: &Saved, design: &DesignInfo, path: &Path) -> Result<Vec<f64>> {
    let (own, columns, coefficients) = match model {
        Saved::Formula(model) => (&model.design, &model.columns, &model.coefficients),
        Saved::Classes(model) => (&model.design, &model.columns, &model.coefficients),
        Saved::Plain(_) => {
            let message = "the model has no formula\n    Begin with one that ndgrad fit has saved.";
            return Err(Failure::Data(Error::content(path, message)));
        }
    };
    let ones = usize::from(design.has_intercept());
    if own.names() != design.names()
        || own.has_intercept() != design.has_intercept()
        || own.target_levels() != design.target_levels()
    {
        let message = "the model has other terms than this fit\n    Begin with a model of the same formula.";
        return Err(Failure::Data(Error::content(path, message)));
    }
    let size = ones + design.names().len();
    let spread = |own: &[f64]| {
        let mut estimates = vec![0.0; size];
        estimates[..ones].copy_from_slice(&own[..ones]);
        columns.iter().zip(&own[ones..]).for_each(|(&column, &estimate)| estimates[ones + column] = estimate);
        estimates
    };
    Ok(coefficients.chunks_exact((ones + columns.len()).max(1)).flat_map(spread).collect())
}

fn name(optimizer: Optimizer) -> &'static str {
    match optimizer {
        Optimizer::Sgd => "SGD",
        Optimizer::Adam => "Adam",
    }
}

fn method(loss: Loss) -> String {
    let what = match loss {
        Loss::Squares => "Least squares",
        Loss::Logistic => "Logistic regression",
        Loss::Poisson => "Poisson regression",
        Loss::Gamma => "Gamma regression, logarithmic",
        Loss::Huber(_) => "Huber's robust regression",
        Loss::Quantile(_) => "Quantile regression",
        Loss::Multinomial(_) => "Multinomial regression",
    };
    format!("{what} by mini-batches")
}
