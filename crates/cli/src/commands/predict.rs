//! `ndgrad predict`: a saved model's predictions for the rows of a CSV file.

use std::fs;
use std::io::{self, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ndgrad::Error;
use ndgrad::data::{Category, Column, Numeric, Table, write_file};
use ndgrad::linear::{Bounds, Interval, MultinomialModel};

use crate::failure::{Failure, Result, say};
use crate::interrupt;
use crate::number::count;
use crate::saved::Saved;
use crate::values;

const EXAMPLES: &str = "\
Examples:
  ndgrad predict ndgrad-fit/model.safetensors new.csv
  ndgrad predict ndgrad-fit/model.safetensors new.csv -o predicted.csv
  ndgrad predict ndgrad-fit/model.safetensors new.csv --interval prediction --level 0.9";

/// The name of the column that is added.
const COLUMN: &str = "predicted";

/// Predict with a model that `ndgrad fit` has saved.
///
/// The rows of the CSV file are copied as they are, with a column `predicted` at their end.
/// The model's columns may stand in any order and among others. A row that lacks a value
/// has no prediction, unless the model was trained with --missing mean. A model of classes
/// adds the likeliest class and the probability of each.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Predict {
    /// The model, as `ndgrad fit` has saved it
    model: PathBuf,
    /// The CSV file, with the columns' names in its first line
    file: PathBuf,
    /// The CSV file to write; without it the rows go to standard output
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Adds the columns `lower` and `upper`: where the mean, or one more row's target, plausibly lies
    #[arg(long)]
    interval: Option<Cover>,
    /// The probability that an interval is meant to cover the truth
    #[arg(long, default_value = "0.95", value_name = "PART", value_parser = values::level)]
    #[arg(allow_negative_numbers = true, requires = "interval")]
    level: f64,
}

/// What intervals are meant to cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Cover {
    /// The mean of all rows with these features
    Confidence,
    /// The target of one more row with these features
    Prediction,
}

impl From<Cover> for Interval {
    fn from(cover: Cover) -> Interval {
        match cover {
            Cover::Confidence => Interval::Confidence,
            Cover::Prediction => Interval::Prediction,
        }
    }
}

impl Predict {
    /// Writes the rows and their predictions.
    pub fn run(&self) -> Result<()> {
        let model = Saved::load(&self.model)?;
        if fs::metadata(&self.file).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir()) {
            let message = "this is not a regular file, and it must be read twice\n    Save what it holds in a file first.";
            return Err(Failure::Data(Error::content(self.file.as_path(), message)));
        }
        let table = model.csv().read(&self.file)?;
        let columns = self.columns(&model, &table)?;
        let named: Vec<(&str, &Column)> = columns.iter().map(|(name, column)| (&**name, column)).collect();
        let append = |output: &mut dyn Write| model.csv().append_columns(&self.file, output, &named);
        let predicted = &columns[0].1;
        match &self.output {
            None => append(&mut stdout().lock())?,
            Some(path) => {
                let _hold = interrupt::hold();
                let written = write_file(path, |file| append(&mut Interruptible(file)));
                if written.is_err() && interrupt::asked() {
                    return Err(Failure::Interrupted("nothing was written"));
                }
                written?;
            }
        }
        let without = predicted.missing();
        if without > 0 {
            let rows = count(predicted.len(), "row");
            let have = if without == 1 { "has" } else { "have" };
            say(&format!("warning: {without} of {rows} {have} no prediction, as a value is missing"));
        }
        if let Some(path) = &self.output {
            let predictions = count(predicted.len() - without, "prediction");
            let mut out = stdout().lock();
            writeln!(out, "{}: {} of {}", path.display(), predictions, model.target())?;
            out.flush()?;
        }
        Ok(())
    }
}

impl Predict {
    /// What is added to the file.
    fn columns(&self, model: &Saved, table: &Table) -> Result<Vec<(String, Column)>> {
        let numbers = |values: Vec<Option<f64>>| Column::from(Numeric::from_iter(values));
        let Some(cover) = self.interval else {
            if let Saved::Classes(model) = model {
                return Ok(classes(model, table)?);
            }
            return Ok(vec![(COLUMN.into(), numbers(model.predict(table)?))]);
        };
        let bounds = model.predict_with(table, cover.into(), self.level)?;
        let column =
            |pick: fn(Bounds) -> f64| numbers(bounds.iter().map(|bounds| bounds.map(pick)).collect());
        Ok(vec![
            (COLUMN.into(), column(|bounds| bounds.predicted)),
            ("lower".into(), column(|bounds| bounds.lower)),
            ("upper".into(), column(|bounds| bounds.upper)),
        ])
    }
}

/// The likeliest class, and the probability of each.
fn classes(model: &MultinomialModel, table: &Table) -> ndgrad::Result<Vec<(String, Column)>> {
    let likeliest = model.predict(table)?;
    let likeliest = likeliest.iter().map(|class| class.map(|class| &model.classes[class]));
    let mut columns = vec![(COLUMN.to_string(), Column::from(likeliest.collect::<Category>()))];
    let all = model.probabilities(table)?;
    for (class, name) in model.classes.iter().enumerate() {
        let of = all.iter().map(|each| each.as_ref().map(|each| each[class]));
        columns.push((format!("probability[{name}]"), of.collect::<Numeric>().into()));
    }
    Ok(columns)
}

/// A writer that fails once the user wants to stop, so that the temporary file is taken away.
struct Interruptible<W>(W);

impl<W: Write> Write for Interruptible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if interrupt::asked() {
            // Not `ErrorKind::Interrupted`, which means: try again.
            return Err(io::Error::other("stopped"));
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
