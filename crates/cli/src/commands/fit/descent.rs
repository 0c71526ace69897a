//! `--solver sgd`: training by gradient descent, beside the exact answer.

use std::ops::ControlFlow;

use clap::Args;
use ndgrad::data::Table;
use ndgrad::linear::{Epoch, Fit as Trained, LeastSquares, Part as TrainedPart, Stop};

use super::facts;
use super::fitted::Fitted;
use super::summary::Summary;
use super::{Fit, Outcome};
use crate::failure::Result;
use crate::interrupt;
use crate::number::significant;
use crate::pictures;
use crate::progress::Progress;
use crate::report::{Fact, Part, Value};
use crate::values;

/// How to train.
#[derive(Args)]
pub struct Options {
    /// The most passes over the rows; by default as many as take some ten seconds
    #[arg(long, value_name = "N", value_parser = values::count)]
    epochs: Option<usize>,
    /// Rows in a batch at the beginning; by default 32, or more where there are very many rows
    #[arg(long, value_name = "N", value_parser = values::count)]
    batch_size: Option<usize>,
    /// The size of a step along the gradient; by default what suits the data
    #[arg(long, value_name = "X", value_parser = values::positive, allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// Epochs to go on without improvement on the rows held back; 10 by default
    #[arg(long, value_name = "N", value_parser = values::count)]
    patience: Option<usize>,
}

impl Options {
    /// The first option that was given.
    pub fn first(&self) -> Option<&'static str> {
        let given = [
            ("--epochs", self.epochs.is_some()),
            ("--batch-size", self.batch_size.is_some()),
            ("--learning-rate", self.learning_rate.is_some()),
            ("--patience", self.patience.is_some()),
        ];
        given.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }
}

impl Fit {
    /// Trains, and compares with the exact answer.
    pub(super) fn descend(&self, table: &Table) -> Result<Outcome> {
        let trained = self.train(table)?;
        let mut encoding = self.regression().encode(table)?;
        let fit = LeastSquares::new().level(self.level).fit(&mut encoding.observations)?;
        let estimates: Vec<f64> = trained.coefficients.iter().map(|c| c.estimate).collect();
        let fitted = Fitted::from(&fit).with_estimates(&estimates);
        let units = self.units.clone().unwrap_or_default();
        let summary = Summary { fit: &fitted, table, units: &units };
        let (_, mut report) = summary.report(&mut encoding)?;
        report.facts = facts::of_linear(&fit, encoding.dropped);
        report.method = "Least squares by gradient descent".into();
        for (coefficient, trained) in report.coefficients.iter_mut().zip(&trained.coefficients) {
            coefficient.exact = Some(trained.exact);
        }
        let mut parts = vec![part("train", "learned from", &trained.train)];
        parts.extend(trained.validation.as_ref().map(|held| part("validation", "held back", held)));
        parts.push(part("all", "all, final model", &trained.all));
        report.parts = parts;
        report.warnings.clone_from(&trained.warnings);
        let epochs = trained.history.len() as u64;
        report.course = vec![
            Fact::new("solver", "solver", Value::Text("mini-batch gradient descent".into())),
            Fact::new("stop", "training ended", Value::Text(stop_name(trained.stop).into())),
            Fact::new("epochs", "passes over the rows", Value::Counted(epochs, "epoch")),
            Fact::new("condition", "condition number", Value::Rough(trained.condition)),
        ];
        report.pictures.insert(0, pictures::loss(&trained.history, trained.model.target()));
        Ok(Outcome { interrupted: trained.stop == Stop::Interrupted, model: trained.model, report })
    }

    /// The trained model. From the first epoch on, Ctrl-C ends the training, not the program.
    fn train(&self, table: &Table) -> Result<Trained> {
        let options = &self.descent;
        let mut regression = self.regression();
        if let Some(epochs) = options.patience {
            regression = regression.patience(epochs);
        }
        if let Some(epochs) = options.epochs {
            regression = regression.epochs(epochs);
        }
        if let Some(rows) = options.batch_size {
            regression = regression.batch_size(rows);
        }
        if let Some(rate) = options.learning_rate {
            regression = regression.learning_rate(rate);
        }
        let mut progress = Progress::new(options.epochs.map(|epochs| epochs as u64), "epoch");
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
    Part { key, name, rows: part.rows.len(), rmse, mae, r2, deviance: None, accuracy: None }
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
