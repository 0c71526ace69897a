//! `--solver sgd` for least squares in memory: training that ends at the exact answer, beside which it is shown.

use std::fs;
use std::ops::ControlFlow;

use ndgrad::Error;
use ndgrad::data::{Column, Numeric, Table};
use ndgrad::linear::{
    DesignInfo, Epoch, Fit as Trained, LeastSquares, LinearRegression, Part as TrainedPart, Stop,
    TrainingState,
};

use super::data::Data;
use super::descent::STATE;
use super::fitted::Fitted;
use super::solved::{Judge, Solved};
use super::{Fit, HELD_OUT, facts};
use crate::failure::Result;
use crate::interrupt;
use crate::number::significant;
use crate::pictures;
use crate::progress::Progress;
use crate::report::{Fact, Part, Value};

impl Fit {
    /// The state that training is to go on from, if `--resume` names one of it.
    pub(super) fn resumed_training(&self) -> Result<Option<TrainingState>> {
        let Some(path) = &self.descent.resume else { return Ok(None) };
        let text = fs::read_to_string(path).map_err(|error| Error::file(path, "read", error))?;
        if !TrainingState::is_text(&text) {
            return Ok(None);
        }
        let state = TrainingState::from_text(&text);
        Ok(Some(state.map_err(|error| Error::content(path.as_path(), error.to_string()))?))
    }

    /// Trains, and compares with the exact answer.
    pub(super) fn training(
        &self,
        data: &mut Data,
        design: &DesignInfo,
        resumed: Option<TrainingState>,
    ) -> Result<Solved> {
        let mut rows = data.observe(design);
        let fit = LeastSquares::new().level(self.level).fit(&mut rows)?;
        let dropped = rows.dropped();
        let rows = rows.collect()?;
        // The columns of the design, as a table of numbers.
        let width = rows.names.len();
        let column = |j: usize| Vec::from_iter(rows.x.iter().skip(j).step_by(width).copied());
        let columns = rows.names.iter().enumerate().map(|(j, name)| (name.clone(), column(j)));
        let target = [(design.target(), rows.y.clone())];
        let columns = columns.chain(target).map(|(name, x)| (name, Column::from(Numeric::from(x))));
        let trained = self.train(&Table::new(data.name(), columns), &design.target(), resumed)?;

        let fitted = Fitted::from(&fit);
        // Training leaves out the same columns.
        let estimates: Vec<f64> = trained.coefficients.iter().map(|c| c.estimate).collect();
        let exact = fitted.inference.terms.iter().map(|term| term.estimate).collect();
        let mut solved = Solved::new(fitted.with_estimates(&estimates), "Least squares by gradient descent");
        solved.exact = Some(exact);
        solved.facts = facts::of_linear(&fit, Some(dropped));
        solved.warnings =
            trained.warnings.iter().filter(|text| !text.contains("was left out")).cloned().collect();
        let epochs = trained.history.len() as u64;
        solved.course = vec![
            Fact::new("solver", "solver", Value::Text("mini-batch gradient descent".into())),
            Fact::new("stop", "training ended", Value::Text(stop_name(trained.stop).into())),
            Fact::new("epochs", "passes over the rows", Value::Counted(epochs, "epoch")),
        ];
        solved.pictures = vec![pictures::loss(&trained.history, trained.model.target())];
        solved.files.extend(trained.state.as_ref().map(|state| (STATE, state.to_text())));
        solved.interrupted = trained.stop == Stop::Interrupted;
        let mut parts = vec![part("train", "learned from", &trained.train)];
        parts.extend(trained.validation.as_ref().map(|held| part("validation", "held back", held)));
        solved.judge = Judge::Parts(parts);
        Ok(solved)
    }

    /// The trained model. From the first epoch on, Ctrl-C ends the training, not the program.
    fn train(&self, table: &Table, target: &str, resumed: Option<TrainingState>) -> Result<Trained> {
        let options = &self.descent;
        let mut regression =
            LinearRegression::new(target).seed(self.seed).validation(self.hold_out.unwrap_or(HELD_OUT));
        if let Some(epochs) = options.patience {
            regression = regression.patience(epochs);
        }
        if let Some(epochs) = options.epochs {
            regression = regression.epochs(epochs as usize);
        }
        if let Some(rows) = options.batch_size {
            regression = regression.batch_size(rows);
        }
        if let Some(rate) = options.learning_rate {
            regression = regression.learning_rate(rate);
        }
        let done = resumed.as_ref().map_or(0, |state| state.epochs() as u64);
        if let Some(state) = resumed {
            regression = regression.resume(state);
        }
        let mut progress = Progress::new(options.epochs.map(|epochs| epochs.saturating_sub(done)), "epoch");
        let mut hold = None;
        let fit = regression.fit_with(table, |epoch| {
            hold.get_or_insert_with(interrupt::hold);
            progress.step(|| losses(epoch));
            if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        // What is done is kept: the program is not to end before it is saved.
        std::mem::forget(hold);
        Ok(fit)
    }
}

fn part(key: &'static str, name: &'static str, part: &TrainedPart) -> Part {
    let TrainedPart { rmse, mae, r2, .. } = *part;
    Part { key, name, rows: part.rows.len(), rmse, mae, r2, deviance: None, log_loss: None, accuracy: None }
}

fn stop_name(stop: Stop) -> &'static str {
    match stop {
        Stop::Converged => "converged",
        Stop::ValidationStoppedImproving => "validation stopped improving",
        Stop::Epochs => "epochs",
        Stop::Interrupted => "interrupted",
    }
}

/// The losses of an epoch in a few words, for a progress line.
pub fn losses(epoch: &Epoch) -> String {
    let training = format!("training loss {}", significant(epoch.train_loss, 4));
    match epoch.validation_loss {
        Some(loss) => format!("{training}, validation loss {}", significant(loss, 4)),
        None => training,
    }
}
