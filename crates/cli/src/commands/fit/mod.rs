//! `ndgrad fit`: a linear model of a file, solved or trained, judged, explained and saved.

mod course;
mod descent;
mod errors;
mod exact;
mod facts;
mod files;
mod fitted;
mod options;
mod outcome;
mod summary;
mod validation;

use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use ndgrad::data::{Csv, Table, samples};
use ndgrad::linear::{CovarianceKind, Family, LinearRegression, Link};
use ndgrad::threads;

use crate::failure::{Result, say};
use crate::interrupt;
use crate::quote;
use crate::units::Units;
use crate::values;
use files::Files;
use options::{Gaps, Solver};
use outcome::Outcome;

const EXAMPLES: &str = "\
Examples:
  ndgrad fit                                        344 penguins that travel with the program
  ndgrad fit flats.csv --target rent                all other columns are features
  ndgrad fit flats.csv --target rent --features area,rooms,district --report rents.html
  ndgrad fit flats.csv --target rent --units rent=EUR,area=m2 --pictures pictures
  ndgrad fit flats.csv --target let --family binomial --covariance hc3
  ndgrad fit flats.csv --target rent --solver sgd   by gradient descent
  ndgrad fit flats.csv --target rent --json | jq .validation.r2

Then:
  ndgrad predict ndgrad-fit/model.safetensors new.csv";

/// The target of the embedded penguins.
const PENGUINS_TARGET: &str = "body_mass_g";

/// Fit a linear model to a CSV file, and say how far it can be believed.
///
/// Reads a CSV file, finds the least squares of all its rows exactly, and judges the model
/// by rows that it has not seen. Columns of text become indicators of their categories.
/// Without FILE, the model is of the body mass of 344 penguins.
///
/// Writes model.safetensors, report.json and report.html, one page with tables and
/// pictures, into a directory, where they replace those of an earlier run. With
/// --solver sgd, Ctrl-C ends the training early and keeps the model so far; a second
/// Ctrl-C ends the program.
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
    /// How the coefficients are found
    #[arg(long, default_value = "exact")]
    solver: Solver,
    /// How the target scatters: gaussian, binomial (0 or 1), poisson (counts) or gamma (above 0)
    #[arg(long, default_value = "gaussian", value_parser = options::family)]
    family: Family,
    /// How the mean follows from the terms: identity, log, logit or inverse; by default the usual one
    #[arg(long, value_parser = options::link)]
    link: Option<Link>,
    /// What standard errors assume: classical, hc0, hc1, hc2 or hc3
    #[arg(long, default_value = "classical", value_name = "KIND", value_parser = options::covariance)]
    covariance: CovarianceKind,
    /// The probability that an interval is meant to cover the true coefficient
    #[arg(long, default_value = "0.95", value_name = "PART", value_parser = values::level)]
    #[arg(allow_negative_numbers = true)]
    level: f64,
    /// The part of the rows that is held back to judge the model by; 0 for none
    #[arg(long, alias = "validation", default_value = "0.2", value_name = "PART")]
    #[arg(value_parser = values::fraction, allow_negative_numbers = true, conflicts_with = "validate")]
    hold_out: f64,
    /// Judge the model by every row in turn, a K-th of them at a time
    #[arg(long, value_name = "K", value_parser = values::folds)]
    validate: Option<u32>,
    /// The units of columns, for the axes of pictures: price=USD,carat=ct
    #[arg(long, value_name = "UNITS", default_value = None)]
    units: Option<Units>,
    /// The directory for the model and the report
    #[arg(long, default_value = "ndgrad-fit", value_name = "DIR")]
    out: PathBuf,
    /// The page to write, instead of report.html in that directory
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// A directory for the pictures, as SVG and PNG
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Print one JSON object instead of the report
    #[arg(long)]
    json: bool,
    /// The seed of the rows held back and, for --solver sgd, of the batches
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    #[command(flatten, next_help_heading = "For --solver sgd")]
    descent: descent::Options,
    /// Threads for large data; 0, the default, means one for each processor. Results do not depend on it
    #[arg(long, value_name = "N", env = "NDGRAD_THREADS", hide_env_values = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=256))]
    threads: Option<u16>,
}

impl Fit {
    /// Fits, saves, draws and reports.
    pub fn run(&self) -> Result<()> {
        let start = Instant::now();
        self.check()?;
        if let Some(count) = self.threads {
            threads::set_threads(count.into());
        }
        let files = Files::prepare(&self.out, self.pictures.as_deref(), self.report.as_deref())?;
        let table = self.read()?;
        self.check_units(&table)?;
        let mut outcome = match self.solver {
            Solver::Exact => self.solve(&table)?,
            Solver::Sgd => self.descend(&table)?,
        };
        // From here on a first Ctrl-C no longer loses the work.
        let _hold = interrupt::hold();
        outcome.report.command = quote::command(std::env::args());
        course::finish(&mut outcome.report, self.seed, start.elapsed());
        files.write(&mut outcome)?;
        self.print(&outcome)
    }

    fn read(&self) -> Result<Table> {
        let csv = Csv::new().categories(self.categories.iter().cloned());
        let table = match &self.file {
            Some(path) => csv.read(path)?,
            None => csv.read_from("penguins.csv", samples::PENGUINS.as_bytes())?,
        };
        Ok(table)
    }

    /// Target, features and rows, as both solvers take them.
    fn regression(&self) -> LinearRegression {
        let regression = LinearRegression::new(self.target.as_deref().unwrap_or(PENGUINS_TARGET))
            .categories(self.categories.iter().cloned())
            .missing(self.missing.into())
            .seed(self.seed)
            .validation(self.hold_out);
        match &self.features {
            Some(features) => regression.features(features.iter().cloned()),
            None => regression,
        }
    }

    fn print(&self, outcome: &Outcome) -> Result<()> {
        let mut out = stdout().lock();
        if self.json {
            outcome.report.warnings.iter().for_each(|warning| say(&format!("warning: {warning}")));
            if outcome.interrupted {
                say("interrupted: the model is as far as training had come");
            }
            writeln!(out, "{}", outcome.report.json())?;
        } else {
            if outcome.interrupted {
                writeln!(out, "Interrupted: this is the model as far as training had come.\n")?;
            }
            outcome.report.print(&mut out)?;
        }
        out.flush()?;
        Ok(())
    }
}
