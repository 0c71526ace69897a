//! `ndgrad fit`: a linear model of a CSV file, trained, judged, saved and drawn.

use std::io::{Write, stdout};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use clap::{Args, ValueEnum};
use ndgrad::data::{Csv, samples, write_file};
use ndgrad::linear::{Fit as Fitted, LinearRegression, Missing, Stop};
use ndgrad::{Error, threads};

use crate::failure::{Result, say};
use crate::interrupt::{self, Hold};
use crate::output::OutputDirectory;
use crate::progress::Progress;
use crate::report::{self, Report};
use crate::{pictures, values};

const EXAMPLES: &str = "\
Examples:
  ndgrad fit                                        344 penguins that travel with the program
  ndgrad fit flats.csv --target rent                all other columns are features
  ndgrad fit flats.csv --target rent --features area,rooms,district
  ndgrad fit flats.csv --target rent --categories zip --missing mean --out rents
  ndgrad fit flats.csv --target rent --json | jq .validation.r2

Then:
  ndgrad predict ndgrad-fit/model.safetensors new.csv";

/// The target of the embedded penguins.
const PENGUINS_TARGET: &str = "body_mass_g";

/// Fit a linear model to a CSV file by gradient descent, beside the exact answer.
///
/// Reads a CSV file, trains on a part of its rows, judges the model by the others, and
/// goes on with all of them to the least squares. Columns of text become indicators of
/// their categories. Without FILE, the model is of the body mass of 344 penguins.
///
/// Writes model.safetensors, report.json and three pictures (loss, fit, residuals; SVG and
/// PNG) into a directory, where they replace those of an earlier run. Ctrl-C ends the
/// training early and keeps the model so far; a second Ctrl-C ends the program.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Fit {
    /// The CSV file, with the columns' names in its first line
    #[arg(requires = "target")]
    file: Option<PathBuf>,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// The columns to predict from, separated by commas; by default all others
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    features: Option<Vec<String>>,
    /// Columns of numbers that stand for categories, such as zip codes
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    categories: Vec<String>,
    /// What happens to rows in which a feature is missing
    #[arg(long, default_value = "drop")]
    missing: Gaps,
    /// The directory for the model, the report and the pictures
    #[arg(long, default_value = "ndgrad-fit", value_name = "DIR")]
    out: PathBuf,
    /// Print one JSON object instead of the report
    #[arg(long)]
    json: bool,
    /// The seed of the validation rows and the batches
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// The most passes over the rows; by default as many as take some ten seconds
    #[arg(long, value_name = "N", value_parser = values::count)]
    epochs: Option<usize>,
    /// Rows in a batch at the beginning; by default 32, or more where there are very many rows
    #[arg(long, value_name = "N", value_parser = values::count)]
    batch_size: Option<usize>,
    /// The size of a step along the gradient; by default what suits the data
    #[arg(long, value_name = "X", value_parser = values::positive, allow_negative_numbers = true)]
    learning_rate: Option<f64>,
    /// The part of the rows that is held back to judge the model by
    #[arg(long, default_value = "0.2", value_name = "PART", value_parser = values::fraction)]
    #[arg(allow_negative_numbers = true)]
    validation: f64,
    /// Epochs to go on without improvement on the validation rows
    #[arg(long, default_value = "10", value_name = "N", value_parser = values::count)]
    patience: usize,
    /// Threads for large data; 0, the default, means one for each processor. Results do not depend on it
    #[arg(long, value_name = "N", env = "NDGRAD_THREADS", hide_env_values = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=256))]
    threads: Option<u16>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Gaps {
    /// The row is left out
    Drop,
    /// The column's mean, or most frequent category, stands in
    Mean,
}

impl Fit {
    /// Trains, saves, draws and reports.
    pub fn run(&self) -> Result<()> {
        let start = Instant::now();
        if let Some(count) = self.threads {
            threads::set_threads(count.into());
        }
        let mut output = OutputDirectory::prepare(&self.out)?;
        let csv = Csv::new().categories(self.categories.iter().cloned());
        let table = match &self.file {
            Some(path) => csv.read(path)?,
            None => csv.read_from("penguins.csv", samples::PENGUINS.as_bytes())?,
        };
        let (fit, _hold) = self.train(&table)?;

        let model = "model.safetensors";
        fit.model.save(output.file(model)?)?;
        let mut names = vec![model.to_string()];
        for (name, figure) in pictures::of(&fit) {
            for ending in ["svg", "png"] {
                let name = format!("{name}.{ending}");
                figure.save(output.file(&name)?)?;
                names.push(name);
            }
        }
        let name = "report.json";
        names.push(name.to_string());
        let files = names.iter().map(|name| output.published(name)).collect();
        let source = table.name().to_string();
        let report =
            Report { fit: &fit, source, seed: self.seed, seconds: start.elapsed().as_secs_f64(), files };
        let json = report.json();
        let path = output.file(name)?;
        write_file(&path, |file| {
            writeln!(file, "{json:#}").map_err(|error| Error::file(&path, "write", error))
        })?;
        output.publish()?;

        let mut out = stdout().lock();
        if self.json {
            report.fit.warnings.iter().for_each(|warning| say(&format!("warning: {warning}")));
            if fit.stop == Stop::Interrupted {
                say("interrupted: the model is as far as training had come");
            }
            writeln!(out, "{json}")?;
        } else {
            report::print(&report, &mut out)?;
        }
        out.flush()?;
        Ok(())
    }

    /// The trained model. From the first epoch on, Ctrl-C ends the training, not the program.
    fn train(&self, table: &ndgrad::data::Table) -> Result<(Fitted, Option<Hold>)> {
        let mut regression = LinearRegression::new(self.target.as_deref().unwrap_or(PENGUINS_TARGET))
            .categories(self.categories.iter().cloned())
            .missing(match self.missing {
                Gaps::Drop => Missing::Drop,
                Gaps::Mean => Missing::Mean,
            })
            .seed(self.seed)
            .validation(self.validation)
            .patience(self.patience);
        if let Some(features) = &self.features {
            regression = regression.features(features.iter().cloned());
        }
        if let Some(epochs) = self.epochs {
            regression = regression.epochs(epochs);
        }
        if let Some(rows) = self.batch_size {
            regression = regression.batch_size(rows);
        }
        if let Some(rate) = self.learning_rate {
            regression = regression.learning_rate(rate);
        }
        let mut progress = Progress::new(self.epochs.map(|epochs| epochs as u64), "epoch");
        let mut hold = None;
        let fit = regression.fit_with(table, |epoch| {
            hold.get_or_insert_with(interrupt::hold);
            progress.step(|| report::losses(epoch));
            if interrupt::asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok((fit, hold))
    }
}
