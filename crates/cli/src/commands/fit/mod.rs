//! `ndgrad fit`: a linear model of a file, solved or trained, judged, explained and saved.

mod course;
mod data;
mod descent;
mod effects;
mod errors;
mod exact;
mod facts;
mod files;
mod fitted;
mod multinomial;
mod options;
mod outcome;
mod penalized;
mod places;
mod robust;
mod solved;
mod summary;
mod survey;
mod training;
mod validation;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use ndgrad::data::Options;
use ndgrad::linear::{CovarianceKind, DesignInfo, Link, Observations};
use ndgrad::threads;
use ndgrad::{Error, Result as NdgradResult};

use crate::failure::{Failure, Result, say};
use crate::interrupt;
use crate::quote;
use crate::report::Part;
use crate::saved::Saved;
use crate::units::Units;
use crate::values;
pub use course::finish as course;
use data::Data;
use errors::Errors;
pub use facts::of_linear;
pub use files::Files;
pub use fitted::Fitted;
use options::{Cost, Gaps, Law, Method, Penalties, Solver};
pub use outcome::Outcome;
use solved::{Judge, Solved};
pub use summary::{baselines, left_out, numbers};
use validation::Judged;

const EXAMPLES: &str = "\
Examples:
  ndgrad fit                                        344 penguins that travel with the program
  ndgrad fit flats.csv --target rent                all other columns are features
  ndgrad fit flats.csv --target rent --features area,rooms,district --report rents.html
  ndgrad fit flats.csv --formula 'log(rent) ~ log(area) + poly(age, 2) + district'
  ndgrad fit flats.csv --target rent --units rent=EUR,area=m2 --pictures pictures
  ndgrad fit flats.csv --target let --family binomial --covariance hc3
  ndgrad fit flats.csv --target rent --penalty lasso
  ndgrad fit flats.csv --target rent --loss quantile --quantile 0.9
  ndgrad fit flats.parquet --target rent --memory 200MB
  ndgrad fit flats.csv --target rent --solver adam --epochs 50
  ndgrad fit flats.csv --target rent --json | jq .validation.r2

Then:
  ndgrad predict ndgrad-fit/model.safetensors new.csv";

/// The target of the embedded penguins.
const PENGUINS_TARGET: &str = "body_mass_g";

/// The part of the rows that is held back, unless told otherwise.
const HELD_OUT: f64 = 0.2;

/// Fit a linear model to a file, and say how far it can be believed.
///
/// Reads a file of rows (CSV, TSV, Parquet, Arrow, compressed or not), finds the best
/// coefficients for all its rows exactly, and judges the model by rows that it has not seen.
/// Columns of text become indicators of their categories. What a formula may say:
/// a + b, a:b, a*b, (a + b)^2, log(a), poly(a, 2), C(a), . for all others, - 1 for no intercept.
/// Without FILE, the model is of the body mass of 344 penguins.
///
/// Writes model.safetensors, report.json and report.html, one page with tables and
/// pictures, into a directory, where they replace those of an earlier run. With
/// --solver sgd or adam, Ctrl-C ends the training early and keeps the model so far; a second
/// Ctrl-C ends the program.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Fit {
    /// The file, with the columns' names in its first line; - is standard input
    file: Option<PathBuf>,
    /// The column to predict
    #[arg(long, value_name = "COLUMN")]
    target: Option<String>,
    /// The columns to predict from, separated by commas; by default all others
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    features: Option<Vec<String>>,
    /// The target and the terms: 'price ~ carat + log(depth) + cut + carat:cut'
    #[arg(long, value_name = "FORMULA", conflicts_with_all = ["target", "features"])]
    formula: Option<String>,
    /// Columns of numbers that stand for categories, such as zip codes
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    categories: Vec<String>,
    /// The column of weights: how often a row's variance is divided, or its number of trials
    #[arg(long, value_name = "COLUMN")]
    weights: Option<String>,
    /// The column that is added to the linear predictor, such as the logarithm of an exposure
    #[arg(long, value_name = "COLUMN")]
    offset: Option<String>,
    /// The column that tells which rows belong together; standard errors allow for that
    #[arg(long, value_name = "COLUMN")]
    cluster: Option<String>,
    /// What happens to rows in which a feature is missing
    #[arg(long, default_value = "drop")]
    missing: Gaps,
    /// How the coefficients are found
    #[arg(long, default_value = "exact")]
    solver: Solver,
    /// How the target scatters: gaussian, binomial (also called logistic), poisson, gamma, multinomial
    #[arg(long = "family", value_name = "FAMILY", default_value = "gaussian", value_parser = options::law)]
    law: Law,
    /// How the mean follows from the terms: identity, log, logit, inverse; by default the usual one
    #[arg(long, value_parser = options::link)]
    link: Option<Link>,
    /// What an error costs
    #[arg(long = "loss", default_value = "squares")]
    cost: Cost,
    /// The part of the targets that is to lie below the prediction, for --loss quantile; 0.5 if not given
    #[arg(long, value_name = "PART", value_parser = values::level, allow_negative_numbers = true)]
    quantile: Option<f64>,
    /// What standard errors assume: classical, hc0, hc1, hc2, hc3 or clustered (with --cluster)
    #[arg(long, value_name = "KIND", value_parser = options::covariance)]
    covariance: Option<CovarianceKind>,
    /// The probability that an interval is meant to cover the true coefficient
    #[arg(long, default_value = "0.95", value_name = "PART", value_parser = values::level)]
    #[arg(allow_negative_numbers = true)]
    level: f64,
    /// The part of the rows that is held back to judge the model by; 0.2 by default, 0 for none
    #[arg(long, alias = "validation", value_name = "PART")]
    #[arg(value_parser = values::fraction, allow_negative_numbers = true, conflicts_with = "validate")]
    hold_out: Option<f64>,
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
    /// Save the sums that least squares need, for ndgrad merge
    #[arg(long, value_name = "FILE")]
    save_stats: Option<PathBuf>,
    /// Print one JSON object instead of the report
    #[arg(long)]
    json: bool,
    /// The seed of the rows held back, of the parts of a cross-validation and of the batches
    #[arg(long, default_value_t = 0, value_name = "N")]
    seed: u64,
    /// The most memory for rows; a larger file is read again for each pass over it
    #[arg(long, default_value = "1GB", value_name = "SIZE", value_parser = values::bytes)]
    memory: u64,
    /// Threads for large data; 0, the default, means one for each processor. Results do not depend on it
    #[arg(long, value_name = "N", env = "NDGRAD_THREADS", hide_env_values = true)]
    #[arg(value_parser = clap::value_parser!(u16).range(..=256))]
    threads: Option<u16>,
    #[command(flatten, next_help_heading = "For --penalty")]
    penalties: Penalties,
    #[command(flatten, next_help_heading = "For --solver sgd and adam")]
    descent: descent::Options,
    /// The error from which on rows count less, in units of the target, for --loss huber
    #[arg(long, value_name = "X", value_parser = values::positive, allow_negative_numbers = true)]
    threshold: Option<f64>,
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
        let options = Options::new().categories(self.categories.iter().cloned());
        let mut data = Data::open(self.file.as_deref(), &options)?;
        let formula = self.formula(&data)?;
        self.check_units(&data)?;
        let design = data.learn(&formula, &self.design_options(), self.memory)?;
        let name = data.name().to_string();
        let mut outcome = self.fit(&mut data, &design).map_err(|failure| failure.within(&name))?;
        // From here on a first Ctrl-C no longer loses the work.
        let _hold = interrupt::hold();
        outcome.report.command = quote::command(std::env::args());
        course::finish(&mut outcome.report, Some(self.seed), start.elapsed());
        files.write(&mut outcome)?;
        self.print(&outcome)
    }

    /// Solves, judges and explains.
    fn fit(&self, data: &mut Data, design: &DesignInfo) -> Result<Outcome> {
        let units = self.units.clone().unwrap_or_default();
        let mut solved = match self.method() {
            Method::LeastSquares => self.least_squares(data, design)?,
            Method::Generalized => self.generalized(data, design)?,
            Method::Penalized(penalty) => self.penalized(penalty, data, design)?,
            Method::Huber => self.huber(data, design)?,
            Method::Quantile => self.quantile(data, design)?,
            Method::Multinomial => return self.multinomial(data, design, &units),
            Method::Descent => {
                let numbers = data.rows().saturating_mul(design.names().len() as u64 + 1);
                let trains = self.trains(numbers, design.has_intercept());
                match (self.resumed_training()?, &self.descent.resume) {
                    (None, None) if trains => self.training(data, design, None)?,
                    (None, _) => self.descend(data, design)?,
                    (resumed, _) if trains => self.training(data, design, resumed)?,
                    (_, path) => return Err(of_training(path.as_deref())),
                }
            }
        };
        let (model, mut report) = solved.report(data, design, &units)?;
        let Solved { fitted, judge, method, facts, diagnostics, course, warnings, pictures, .. } = solved;
        let (parts, doubt) = self.judge(judge, data, design);
        report.method = method;
        report.facts = facts;
        report.diagnostics = diagnostics;
        report.course = course;
        report.course.extend(numbers(&fitted));
        report.parts.splice(0..0, parts);
        report.warnings.extend(warnings.into_iter().chain(doubt));
        report.pictures.splice(0..0, pictures);
        let model = Saved::Formula(Box::new(model));
        Ok(Outcome { model, report, files: solved.files, interrupted: solved.interrupted })
    }

    /// The errors of models that have not seen all rows, or why there are none.
    fn judge(&self, judge: Judge, data: &mut Data, design: &DesignInfo) -> (Vec<Part>, Option<String>) {
        let solve = match judge {
            Judge::Parts(parts) => return (parts, None),
            Judge::By(solve) => solve,
        };
        self.judged::<Errors>(&*solve, &mut data.observe(design))
    }

    /// The same of any kind of model.
    fn judged<J: Judged>(
        &self,
        solve: &dyn Fn(&mut dyn Observations) -> NdgradResult<J::Model>,
        rows: &mut dyn Observations,
    ) -> (Vec<Part>, Option<String>) {
        let judged = match (self.validate, self.hold_out.unwrap_or(HELD_OUT)) {
            (Some(folds), _) => validation::cross::<J>(solve, rows, folds, self.seed),
            (None, 0.0) => Ok(Vec::new()),
            (None, part) => validation::hold_out::<J>(solve, rows, part, self.seed),
        };
        // Where all rows determine the model and fewer do not, there is no judging it.
        judged.map(|parts| (parts, None)).unwrap_or_else(|error| {
            let error = error.to_string();
            let reason = error.lines().next().unwrap_or_default();
            let doubt = format!(
                "the model is not judged by rows held back, as fewer rows do not determine it: {reason}"
            );
            (Vec::new(), Some(doubt))
        })
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

/// The refusal of a state that is one of other training.
fn of_training(path: Option<&Path>) -> Failure {
    let message = "the run was one of --solver sgd for plain least squares in memory, and this one is not\n    \
                   Give the options and the data that it was begun with.";
    Failure::Data(Error::content(path.unwrap_or(Path::new(descent::STATE)), message))
}
