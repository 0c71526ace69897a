//! What `ndgrad fit` found out, as text for people and as JSON for machines.

use std::io::{self, Write};

use ndgrad::linear::{Coefficient, Epoch, Fit, Part, Stop};
use serde_json::{Value, json};

use crate::number::{count, significant};
use crate::table::Text;

/// Coefficients beyond this many are left to report.json.
const MOST_TERMS: usize = 40;

/// Categories whose baselines are named, likewise.
const MOST_BASELINES: usize = 10;

/// A fit and how it came about.
pub struct Report<'a> {
    /// What training found out.
    pub fit: &'a Fit,
    /// The file that was read.
    pub source: String,
    /// The seed of split and batches.
    pub seed: u64,
    /// From the start of the program to the end of the drawing.
    pub seconds: f64,
    /// The paths of all files.
    pub files: Vec<String>,
}

impl Report<'_> {
    /// The report as one object.
    pub fn json(&self) -> Value {
        let Report { fit, source, seed, seconds, files } = self;
        let coefficients: Vec<Value> = fit
            .coefficients
            .iter()
            .map(|c| {
                json!({
                    "term": c.term,
                    "estimate": c.estimate,
                    "exact": c.exact,
                    "standard_error": c.standard_error,
                    "baseline": c.baseline,
                })
            })
            .collect();
        let part =
            |part: &Part| json!({"rows": part.rows.len(), "rmse": part.rmse, "mae": part.mae, "r2": part.r2});
        json!({
            "source": source,
            "target": fit.model.target(),
            "coefficients": coefficients,
            "train": part(&fit.train),
            "validation": fit.validation.as_ref().map(part),
            "all": part(&fit.all),
            "rows": fit.rows,
            "dropped": fit.dropped,
            "warnings": fit.warnings,
            "seed": seed,
            "epochs": fit.history.len(),
            "stop": stop_name(fit.stop),
            "condition": fit.condition,
            "seconds": seconds,
            "files": files,
        })
    }
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

/// Prints the report for people.
pub fn print(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let fit = report.fit;
    if fit.stop == Stop::Interrupted {
        writeln!(out, "Interrupted: this is the model as far as training had come.\n")?;
    }
    if fit.coefficients.len() <= MOST_TERMS {
        writeln!(out, "{}\n", fit.equation())?;
    }
    print_coefficients(fit, out)?;
    print_parts(fit, out)?;
    print_course(report, out)?;
    for warning in &fit.warnings {
        writeln!(out, "warning: {warning}")?;
    }
    writeln!(out, "\nFiles:")?;
    report.files.iter().try_for_each(|path| writeln!(out, "  {path}"))
}

fn print_coefficients(fit: &Fit, out: &mut impl Write) -> io::Result<()> {
    let shown = &fit.coefficients[..fit.coefficients.len().min(MOST_TERMS)];
    let numbers = |pick: &dyn Fn(&Coefficient) -> f64| shown.iter().map(pick).collect::<Vec<_>>();
    let mut table = Text::new(["coefficient", "estimate", "exact", "std. error"]);
    table.names(&shown.iter().map(|c| c.term.as_str()).collect::<Vec<_>>());
    table.numbers(&numbers(&|c| c.estimate), 6);
    table.numbers(&numbers(&|c| c.exact), 6);
    table.numbers(&numbers(&|c| c.standard_error.unwrap_or(f64::NAN)), 3);
    table.print(out)?;
    let more = fit.coefficients.len() - shown.len();
    if more > 0 {
        writeln!(out, "and {}, which report.json lists", count(more, "more coefficient"))?;
    }
    let mut baselines: Vec<String> = Vec::new();
    for feature in fit.model.features() {
        if let Some(baseline) = feature.terms().first().and_then(|term| term.baseline.clone()) {
            baselines.push(format!("{} with {baseline}", feature.name));
        }
    }
    if !baselines.is_empty() && baselines.len() <= MOST_BASELINES {
        writeln!(out, "Categories are compared: {}.", baselines.join(", "))?;
    }
    writeln!(out)
}

fn print_parts(fit: &Fit, out: &mut impl Write) -> io::Result<()> {
    let parts = match &fit.validation {
        Some(validation) => {
            vec![("training", &fit.train), ("validation", validation), ("final, all", &fit.all)]
        }
        None => vec![("training", &fit.train)],
    };
    let numbers = |pick: &dyn Fn(&Part) -> f64| parts.iter().map(|(_, part)| pick(part)).collect::<Vec<_>>();
    let mut table = Text::new(["", "rows", "RMSE", "MAE", "R2"]);
    table.names(&parts.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    table.texts(parts.iter().map(|(_, part)| part.rows.len().to_string()).collect());
    table.numbers(&numbers(&|part| part.rmse), 5);
    table.numbers(&numbers(&|part| part.mae), 5);
    table.texts(parts.iter().map(|(_, part)| part.r2.map_or("-".into(), |r2| format!("{r2:.6}"))).collect());
    table.print(out)?;
    writeln!(out)
}

fn print_course(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let fit = report.fit;
    let used = count(fit.rows, "row");
    match fit.dropped {
        0 => writeln!(out, "{used} used, none dropped.")?,
        dropped => writeln!(out, "{used} used, {dropped} dropped for missing values.")?,
    }
    if let Some(validation) = &fit.validation {
        let held_back = count(validation.rows.len(), "row");
        writeln!(out, "{held_back} held back to judge a trial model; the final model learned from all.")?;
    }
    let epochs = count(fit.history.len(), "epoch");
    match fit.stop {
        Stop::Converged => write!(out, "Training converged after {epochs}")?,
        Stop::ValidationStoppedImproving => {
            write!(out, "Training ended after {epochs}, as validation improved no more")?
        }
        Stop::Epochs => write!(out, "Training ended at its limit of {epochs}, before it converged")?,
        Stop::Interrupted => write!(out, "Training was stopped by you after {epochs}")?,
    }
    writeln!(out, "; all took {:.2} s.", report.seconds)
}
