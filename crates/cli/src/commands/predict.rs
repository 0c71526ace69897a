//! `ndgrad predict`: a saved model's predictions for the rows of a file.

use std::io::{self, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ndgrad::data::{Category, Column, Numeric, Options, Table, write_file};
use ndgrad::linear::{Bounds, Interval, MultinomialModel};

use crate::failure::{Failure, Result, say};
use crate::interrupt;
use crate::number::count;
use crate::progress::Progress;
use crate::saved::Saved;
use crate::values;

const EXAMPLES: &str = "\
Examples:
  ndgrad predict ndgrad-fit/model.safetensors new.csv
  ndgrad predict ndgrad-fit/model.safetensors new.csv -o predicted.csv
  ndgrad predict ndgrad-fit/model.safetensors new.csv --interval prediction --level 0.9
  ndgrad predict ndgrad-fit/model.safetensors new.parquet -o predicted.csv
  zcat new.csv.gz | ndgrad predict ndgrad-fit/model.safetensors -";

/// The name of the column that is added.
const COLUMN: &str = "predicted";

/// Predict with a model that `ndgrad fit` has saved.
///
/// Reads what `ndgrad fit` reads: CSV, TSV, Parquet, Arrow, npy, compressed or not. The rows
/// of a text file are copied as they are, those of others written as CSV, with a column
/// `predicted` at their end. The model's columns may stand in any order and among others. A
/// row that lacks a value has no prediction, unless the model was trained with --missing
/// mean. A model of classes adds the likeliest class and the probability of each.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Predict {
    /// The model, as `ndgrad fit` has saved it
    model: PathBuf,
    /// The file of rows; - is standard input
    file: PathBuf,
    /// The CSV file to write, or TSV by its name; without it the rows go to standard output
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
        let source = Saved::open(&[&model], &self.file)?;
        let names = self.names(&model);
        let delimiter = self.output.as_deref().map_or(b',', |path| Options::new().delimiter_for(path));
        let mut tally = Tally::default();
        let mut write = |output: &mut dyn Write| {
            let mut progress = Progress::new(None, "row");
            tally = Tally::default();
            source.append(&model.columns(false), output, delimiter, &names, |table| {
                let columns = self.values(&model, table)?;
                tally.rows += table.rows();
                tally.without += columns[0].missing();
                progress.advance(table.rows() as u64, String::new);
                Ok(columns)
            })
        };
        match &self.output {
            None => {
                // What is wrong anywhere is found before anything is printed.
                source.attempt(|| write(&mut io::sink()))?;
                write(&mut stdout().lock())?;
            }
            Some(path) => {
                let _hold = interrupt::hold();
                let written = source.attempt(|| write_file(path, |file| write(&mut Interruptible(file))));
                if written.is_err() && interrupt::asked() {
                    return Err(Failure::Interrupted("nothing was written"));
                }
                written?;
            }
        }
        let Tally { rows, without } = tally;
        if without > 0 {
            let have = if without == 1 { "has" } else { "have" };
            say(&format!(
                "warning: {without} of {} {have} no prediction, as a value is missing",
                count(rows, "row")
            ));
        }
        if let Some(path) = &self.output {
            let predictions = count(rows - without, "prediction");
            let mut out = stdout().lock();
            writeln!(out, "{}: {} of {}", path.display(), predictions, model.target())?;
            out.flush()?;
        }
        Ok(())
    }

    /// The names of what is added to the file.
    fn names(&self, model: &Saved) -> Vec<String> {
        let more = match (self.interval, model) {
            (Some(_), _) => ["lower", "upper"].map(String::from).to_vec(),
            (None, Saved::Classes(model)) => {
                model.classes.iter().map(|class| format!("probability[{class}]")).collect()
            }
            _ => Vec::new(),
        };
        std::iter::once(COLUMN.to_string()).chain(more).collect()
    }

    /// What is added to these rows.
    fn values(&self, model: &Saved, table: &Table) -> ndgrad::Result<Vec<Column>> {
        let numbers = |values: Vec<Option<f64>>| Column::from(Numeric::from_iter(values));
        let Some(cover) = self.interval else {
            return match model {
                Saved::Classes(model) => classes(model, table),
                _ => Ok(vec![numbers(model.predict(table)?)]),
            };
        };
        let bounds = model.predict_with(table, cover.into(), self.level)?;
        let column =
            |pick: fn(Bounds) -> f64| numbers(bounds.iter().map(|bounds| bounds.map(pick)).collect());
        Ok(vec![
            column(|bounds| bounds.predicted),
            column(|bounds| bounds.lower),
            column(|bounds| bounds.upper),
        ])
    }
}

/// The rows that were read.
#[derive(Default)]
struct Tally {
    rows: usize,
    /// Those without a prediction.
    without: usize,
}

/// The likeliest class, and the probability of each.
fn classes(model: &MultinomialModel, table: &Table) -> ndgrad::Result<Vec<Column>> {
    let all = model.probabilities(table)?;
    let likeliest =
        |each: &Option<Vec<f64>>| Some(&model.classes[MultinomialModel::likeliest(each.as_deref()?)]);
    let mut columns = vec![Column::from(all.iter().map(likeliest).collect::<Category>())];
    columns.extend((0..model.classes.len()).map(|class| {
        let of = all.iter().map(|each| each.as_ref().map(|each| each[class]));
        Column::from(of.collect::<Numeric>())
    }));
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
