//! `ndgrad merge`: the sums of parts of the data, added up to the fit of all of them.

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Args;
use ndgrad::Error;
use ndgrad::linear::{DesignInfo, LeastSquares, Statistics};

use super::fit::{Files, Fitted, Outcome, baselines, course, left_out, numbers, of_linear};
use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::number::{count, percent, significant};
use crate::pictures;
use crate::quote;
use crate::report::{Coefficient, Fact, Report, Value};
use crate::saved::Saved;
use crate::values;

const EXAMPLES: &str = "\
Examples:
  ndgrad fit 2024.csv --formula 'rent ~ area + district' --save-stats 2024.stats
  ndgrad fit 2025.csv --formula 'rent ~ area + district' --save-stats 2025.stats
  ndgrad merge 2024.stats 2025.stats --out both
  ndgrad merge *.stats --save-stats all.stats --json | jq .coefficients";

/// Fit least squares to the sums of several files, as `ndgrad fit --save-stats` has saved them.
///
/// The result is that of a fit to all rows of all files, which need not be read again, nor be
/// on this machine. All parts must have the same formula; levels of categories that some of
/// them lack are filled in. Terms that learn means or knots from the rows, such as poly, must
/// learn the same in each. Writes model.safetensors, report.json and report.html into a directory.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Merge {
    /// The files of sums
    #[arg(required = true)]
    parts: Vec<PathBuf>,
    /// Save the sums of all, to be merged again
    #[arg(long, value_name = "FILE")]
    save_stats: Option<PathBuf>,
    /// The probability that an interval is meant to cover the true coefficient
    #[arg(long, default_value = "0.95", value_name = "PART", value_parser = values::level)]
    #[arg(allow_negative_numbers = true)]
    level: f64,
    /// The directory for the model and the report
    #[arg(long, default_value = "ndgrad-fit", value_name = "DIR")]
    out: PathBuf,
    /// Print one JSON object instead of the report
    #[arg(long)]
    json: bool,
}

impl Merge {
    /// Adds up, fits, saves and reports.
    pub fn run(&self) -> Result<()> {
        let start = Instant::now();
        let files = Files::prepare(&self.out, None, None)?;
        let (all, design) = self.sums()?;
        let mut outcome = self.fit(&all, design)?;
        let _hold = interrupt::hold();
        if let Some(path) = &self.save_stats {
            all.save(path)?;
        }
        outcome.report.command = quote::command(std::env::args());
        course(&mut outcome.report, None, start.elapsed());
        files.write(&mut outcome)?;
        let mut out = stdout().lock();
        match self.json {
            true => writeln!(out, "{}", outcome.report.json())?,
            false => outcome.report.print(&mut out)?,
        }
        out.flush()?;
        Ok(())
    }

    /// The sums of all parts, by cells, and the design of all.
    fn sums(&self) -> Result<(Statistics, DesignInfo)> {
        let (first, others) = self.parts.split_first().expect("clap asks for one");
        let mut design = load(first)?.1;
        for path in others {
            design = design.united(&load(path)?.1).map_err(|difference| differ(first, path, &difference))?;
        }
        let cells = design.cells()?;
        let mut all: Option<Statistics> = None;
        // Once more, so that no more than two parts are in memory.
        for path in &self.parts {
            let mut part = load(path)?.0.spread(cells.names());
            part.set_description(design.to_json().to_string());
            match &mut all {
                None => all = Some(part),
                Some(all) => all.merge(&part)?,
            }
        }
        Ok((all.expect("there is a first part"), design))
    }

    fn fit(&self, all: &Statistics, design: DesignInfo) -> Result<Outcome> {
        let all = all.combined(design.names().to_vec(), &design.sums_of_cells()?);
        let fit = LeastSquares::new().level(self.level).fit_statistics(&all)?;
        let fitted = Fitted::from(&fit);
        let ones = usize::from(fitted.intercept);
        let mut coefficients: Vec<Coefficient> = fit.inference.terms.iter().map(Coefficient::from).collect();
        for (c, &column) in coefficients[ones..].iter_mut().zip(&fitted.columns) {
            c.baseline.clone_from(&design.terms()[column].baseline);
        }
        let freedom = all.weight() - 1.0;
        let deviation = |&column: &usize| (all.product(column, column) / freedom).sqrt();
        let kept = fitted.columns.iter().map(deviation);
        let deviations: Vec<f64> = std::iter::repeat_n(f64::NAN, ones).chain(kept).collect();
        let target = design.target();
        let r2 = fit.r2.map(percent).unwrap_or_else(|| "nothing".into());
        let mut report = Report {
            source: count(self.parts.len(), "file") + " of sums",
            method: "Least squares of merged sums".into(),
            answer: format!(
                "The model explains {r2} of how {target} varies over {}; a typical error is {}.",
                count(fit.rows as usize, "row"),
                significant(fit.deviation.unwrap_or(f64::NAN), 3)
            ),
            statistic: fit.inference.statistic(),
            level: self.level,
            covariance: fit.inference.covariance.kind.name().into(),
            baselines: baselines(&design),
            facts: of_linear(&fit, None),
            pictures: pictures::coefficients(&coefficients, &deviations, &target, self.level)
                .into_iter()
                .collect(),
            coefficients,
            target,
            ..Report::default()
        };
        report.course =
            vec![Fact::new("solver", "solver", Value::Text("exact least squares of sums".into()))];
        report.course.extend(numbers(&fitted));
        report.warnings.extend(left_out(&fit.aliases, &fit.names, fit.rows));
        let model = fitted.model(design);
        report.equation = model.equation(80);
        Ok(Outcome { model: Saved::Formula(Box::new(model)), report, files: Vec::new(), interrupted: false })
    }
}

/// The sums of a part, and its design.
fn load(path: &Path) -> Result<(Statistics, DesignInfo)> {
    let sums = Statistics::load(path)?;
    let refuse = |reason: &str| {
        let message = format!(
            "the sums are not those of a formula: {reason}\n    Save them by ndgrad fit --save-stats."
        );
        Failure::Data(Error::content(path, message))
    };
    let design = serde_json::from_str(sums.description()).map_err(|error| error.to_string());
    let design = design.and_then(|description| DesignInfo::from_json(&description));
    let design = design.map_err(|reason| refuse(&reason))?;
    match design.cells()?.names() == sums.names() {
        true => Ok((sums, design)),
        false => Err(refuse("its columns are others")),
    }
}

/// What keeps two parts apart.
fn differ(first: &Path, path: &Path, difference: &str) -> Failure {
    let message = format!(
        "these sums cannot be added to those of {}: {difference}\n    \
         Give all parts the same formula and options; what terms learn from the rows, but for levels, must be the same in each.",
        first.display()
    );
    Failure::Data(Error::content(path, message))
}
