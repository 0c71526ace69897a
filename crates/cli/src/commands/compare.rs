//! `ndgrad compare`: two saved models side by side on rows that neither has seen.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use ndgrad::Error;
use ndgrad::data::{Column, Table};
use ndgrad::linear::{Distribution, Family};
use serde_json::{Value, json};

use crate::failure::{Failure, Result};
use crate::number::{count, significant};
use crate::report::probability;
use crate::saved::Saved;
use crate::table::Text;

const EXAMPLES: &str = "\
Examples:
  ndgrad compare small/model.safetensors large/model.safetensors held-out.csv
  ndgrad compare a.safetensors b.safetensors held-out.csv --json | jq .difference";

/// Compare two saved models on a CSV file.
///
/// The file should hold rows that neither model was fitted to. Both predict the target of
/// every row that has one and that lacks no value; a paired test says whether the difference
/// of their losses (squared errors, or for models of the family binomial the deviances) could
/// be chance.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Compare {
    /// The first model, as `ndgrad fit` has saved it
    a: PathBuf,
    /// The second model
    b: PathBuf,
    /// The CSV file, with the columns' names in its first line
    file: PathBuf,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// How good a model's predictions are.
struct Score {
    name: String,
    losses: Vec<f64>,
    rmse: f64,
    mae: f64,
    /// The coefficient of determination, or the part of outcomes that were foreseen.
    good: f64,
}

/// Whether the difference of two models could be chance.
struct Difference {
    mean: f64,
    std_error: f64,
    statistic: f64,
    p_value: f64,
}

impl Compare {
    /// Predicts with both, and compares.
    pub fn run(&self) -> Result<()> {
        let (a, b) = (Saved::load(&self.a)?, Saved::load(&self.b)?);
        if a.target() != b.target() {
            return Err(Failure::Data(Error::Data(format!(
                "{} predicts {:?}, and {} predicts {:?}\n    Compare models of the same column.",
                self.a.display(),
                a.target(),
                self.b.display(),
                b.target()
            ))));
        }
        let table = self.read(&a, &b)?;
        let target = a.target();
        let actual = a.actual(&table)?;
        let predicted = [a.predict(&table)?, b.predict(&table)?];
        let rows: Vec<(f64, [f64; 2])> = (0..table.rows())
            .filter_map(|row| Some((actual[row]?, [predicted[0][row]?, predicted[1][row]?])))
            .collect();
        if rows.len() < 2 {
            return Err(Failure::Data(Error::content(
                self.file.as_path(),
                format!(
                    "{} for both models, and at least 2 are needed\n    \
                     Each row needs the target and every feature.",
                    count(rows.len(), "row")
                ),
            )));
        }
        let binomial = [&a, &b].iter().all(|model| model.family() == Some(Family::Binomial));
        let scores = [
            Score::of(self.a.display().to_string(), &rows, 0, binomial),
            Score::of(self.b.display().to_string(), &rows, 1, binomial),
        ];
        let difference = Difference::of(&scores);
        let mut out = stdout().lock();
        if self.json {
            writeln!(out, "{}", json(&target, rows.len(), &scores, &difference, binomial))?;
        } else {
            print(&mut out, &target, &table, rows.len(), &scores, &difference, binomial)?;
        }
        out.flush()?;
        Ok(())
    }

    /// The file, read as both models want it.
    fn read(&self, a: &Saved, b: &Saved) -> Result<Table> {
        let table = a.csv().read(&self.file)?;
        // What one model takes for a category and the other for a number, no table can be both.
        let is_category = |name: &str| matches!(table.column(name), Ok(Column::Category(_)));
        if b.categories().iter().all(|name| is_category(name)) {
            return Ok(table);
        }
        let both = a.categories().into_iter().chain(b.categories());
        Ok(a.csv().categories(both).read(&self.file)?)
    }
}

impl Score {
    fn of(name: String, rows: &[(f64, [f64; 2])], which: usize, binomial: bool) -> Score {
        let count = rows.len() as f64;
        let errors: Vec<f64> = rows.iter().map(|(actual, predicted)| actual - predicted[which]).collect();
        let mean = rows.iter().map(|row| row.0).sum::<f64>() / count;
        let squares: f64 = errors.iter().map(|error| error * error).sum();
        let spread: f64 = rows.iter().map(|row| (row.0 - mean) * (row.0 - mean)).sum();
        let losses = match binomial {
            false => errors.iter().map(|error| error * error).collect(),
            true => rows.iter().map(|(actual, predicted)| deviance(*actual, predicted[which])).collect(),
        };
        let right = |(actual, predicted): &(f64, [f64; 2])| {
            if predicted[which] >= 0.5 { *actual } else { 1.0 - actual }
        };
        let good = match binomial {
            false => 1.0 - squares / spread,
            true => rows.iter().map(right).sum::<f64>() / count,
        };
        let mae = errors.iter().map(|error| error.abs()).sum::<f64>() / count;
        Score { name, losses, rmse: (squares / count).sqrt(), mae, good }
    }

    fn loss(&self) -> f64 {
        self.losses.iter().sum::<f64>() / self.losses.len() as f64
    }
}

/// Twice the negative log-likelihood of an outcome, or of a part of the trials.
fn deviance(actual: f64, predicted: f64) -> f64 {
    let part = |y: f64, p: f64| if y == 0.0 { 0.0 } else { y * (y / p).ln() };
    2.0 * (part(actual, predicted) + part(1.0 - actual, 1.0 - predicted))
}

impl Difference {
    /// The paired t test of the rows' losses (for forecasts: F. X. Diebold, R. S. Mariano, Journal of Business and
    /// Economic Statistics 13, 1995, of independent rows).
    fn of([a, b]: &[Score; 2]) -> Difference {
        let differences: Vec<f64> = a.losses.iter().zip(&b.losses).map(|(a, b)| a - b).collect();
        let count = differences.len() as f64;
        let mean = differences.iter().sum::<f64>() / count;
        let squares: f64 = differences.iter().map(|d| (d - mean) * (d - mean)).sum();
        let std_error = (squares / (count - 1.0) / count).sqrt();
        let statistic = mean / std_error;
        Difference { mean, std_error, statistic, p_value: Distribution::T(count - 1.0).two_sided(statistic) }
    }

    fn verdict(&self) -> &'static str {
        match (self.p_value < 0.05, self.mean > 0.0) {
            (true, true) => "The second is better, and that is hardly chance.",
            (true, false) => "The first is better, and that is hardly chance.",
            _ => "The difference could be chance: take the simpler model.",
        }
    }
}

fn json(target: &str, rows: usize, scores: &[Score; 2], difference: &Difference, binomial: bool) -> Value {
    let good = if binomial { "accuracy" } else { "r2" };
    let score = |score: &Score| {
        let mut object =
            json!({"model": score.name, "rmse": score.rmse, "mae": score.mae, "mean_loss": score.loss()});
        object[good] = json!(score.good);
        object
    };
    json!({
        "target": target,
        "rows": rows,
        "loss": if binomial { "deviance" } else { "squared error" },
        "models": [score(&scores[0]), score(&scores[1])],
        "difference": {
            "mean": difference.mean,
            "std_error": difference.std_error,
            "statistic": difference.statistic,
            "p_value": difference.p_value,
        },
    })
}

fn print(
    out: &mut impl Write,
    target: &str,
    table: &Table,
    rows: usize,
    scores: &[Score; 2],
    difference: &Difference,
    binomial: bool,
) -> std::io::Result<()> {
    let left_out = match table.rows() - rows {
        0 => String::new(),
        more => format!(" ({} left out for missing values)", count(more, "row")),
    };
    writeln!(out, "{target}, predicted for {} of {}{left_out}\n", count(rows, "row"), table.name())?;
    let (loss, good) = if binomial { ("deviance", "right") } else { ("squared error", "R2") };
    let mut text = Text::new(["model", "RMSE", "MAE", good, loss]);
    let numbers = |pick: fn(&Score) -> f64| scores.iter().map(pick).collect::<Vec<f64>>();
    text.names(&scores.iter().map(|score| score.name.as_str()).collect::<Vec<_>>());
    text.numbers(&numbers(|score| score.rmse), 5);
    text.numbers(&numbers(|score| score.mae), 5);
    text.decimals(&numbers(|score| score.good), 4);
    text.numbers(&numbers(Score::loss), 5);
    text.print(out)?;
    let Difference { mean, std_error, statistic, p_value } = difference;
    writeln!(
        out,
        "\nmean {loss} of the first less that of the second: {} (standard error {}), t {}, p {}",
        significant(*mean, 4),
        significant(*std_error, 3),
        significant(*statistic, 3),
        probability(*p_value)
    )?;
    writeln!(out, "{}", difference.verdict())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17.1: `stats.ttest_rel([1, 4, 9, 1, 0.25], [2.25, 1, 4, 0.25, 0.25])`.
    #[test]
    fn losses_are_compared_in_pairs() {
        let rows =
            [(1.0, [2.0, 2.5]), (5.0, [3.0, 4.0]), (6.0, [9.0, 8.0]), (2.0, [1.0, 1.5]), (3.0, [3.5, 2.5])];
        let scores = [0, 1].map(|which| Score::of("m".into(), &rows, which, false));
        let difference = Difference::of(&scores);
        assert!((difference.statistic - 1.3450075189866608).abs() < 1e-12, "{}", difference.statistic);
        assert!((difference.p_value - 0.24981994444814865).abs() < 1e-12, "{}", difference.p_value);
        assert!((deviance(1.0, 0.25) - 2.0 * 4f64.ln()).abs() < 1e-15);
    }
}
