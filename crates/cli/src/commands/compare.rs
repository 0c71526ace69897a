//! `ndgrad compare`: two saved models side by side on rows that neither has seen.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;
use ndgrad::data::Table;
use ndgrad::linear::{Distribution, Family, MultinomialModel};
use ndgrad::{Error, Place};
use serde_json::{Value, json};

use crate::failure::{Failure, Result};
use crate::number::{count, significant};
use crate::progress::Progress;
use crate::report::probability;
use crate::saved::Saved;
use crate::table::Text;

const EXAMPLES: &str = "\
Examples:
  ndgrad compare small/model.safetensors large/model.safetensors held-out.csv
  ndgrad compare a.safetensors b.safetensors held-out.parquet
  ndgrad compare a.safetensors b.safetensors held-out.csv --json | jq .difference";

/// Compare two saved models on a file.
///
/// Reads what `ndgrad fit` reads. The file should hold rows that neither model was fitted to.
/// Both predict the target of every row that has one and that lacks no value; a paired test
/// says whether the difference of their losses (squared errors; for models of the family
/// binomial the deviances, for models of classes the log losses) could be chance.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Compare {
    /// The first model, as `ndgrad fit` has saved it
    a: PathBuf,
    /// The second model
    b: PathBuf,
    /// The file of rows; - is standard input
    file: PathBuf,
    /// Print one JSON object instead of the table
    #[arg(long)]
    json: bool,
}

/// What is lost where a prediction is not the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loss {
    SquaredError,
    /// Twice the negative log-likelihood of an outcome.
    Deviance,
    /// The negative log-likelihood of a class.
    Entropy,
}

/// A row's prediction beside the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Judged {
    actual: f64,
    /// The difference; NaN for classes.
    error: f64,
    loss: f64,
    /// How much of the outcome was foreseen, from 0 to 1; NaN for numbers.
    right: f64,
}

/// How good a model's predictions are.
#[derive(Default)]
struct Score {
    losses: Moments,
    squares: f64,
    sizes: f64,
    right: f64,
}

/// Both models on the same rows.
struct Comparison {
    loss: Loss,
    names: [String; 2],
    scores: [Score; 2],
    actual: Moments,
    differences: Moments,
    /// All rows, those without a prediction too.
    rows: usize,
}

/// The mean and the sum of squares about it (B. P. Welford, Technometrics 4, 1962).
#[derive(Default)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Moments {
    fn push(&mut self, value: f64) {
        self.count += 1.0;
        let before = value - self.mean;
        self.mean += before / self.count;
        self.squares += before * (value - self.mean);
    }
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
        let models = [Saved::load(&self.a)?, Saved::load(&self.b)?];
        let loss = self.loss(&models)?;
        let [a, b] = &models;
        let source = Saved::open(&[a, b], &self.file)?;
        let mut columns = a.columns(true);
        columns.extend(b.columns(true));
        columns.sort();
        columns.dedup();
        let comparison = source.attempt(|| {
            let mut progress = Progress::new(None, "row");
            let names = [&self.a, &self.b].map(|path| path.display().to_string());
            let mut comparison = Comparison::new(loss, names);
            for table in source.tables(&columns)? {
                let table = table?;
                comparison.add(loss.judge(a, &table)?, loss.judge(b, &table)?);
                progress.advance(table.rows() as u64, String::new);
            }
            Ok(comparison)
        })?;
        if comparison.used() < 2 {
            return Err(Failure::Data(Error::content(
                Place::file(source.name()),
                format!(
                    "{} for both models, and at least 2 are needed\n    \
                     Each row needs the target and every feature.",
                    count(comparison.used(), "row")
                ),
            )));
        }
        let mut out = stdout().lock();
        if self.json {
            writeln!(out, "{}", comparison.json(&a.target()))?;
        } else {
            comparison.print(&mut out, &a.target(), source.name())?;
        }
        out.flush()?;
        Ok(())
    }

    /// What both models can be judged by.
    fn loss(&self, models: &[Saved; 2]) -> Result<Loss> {
        let [a, b] = models;
        let refuse = |[of_a, of_b]: [String; 2], remedy: &str| {
            let (a, b) = (self.a.display(), self.b.display());
            Err(Failure::Data(Error::Data(format!(
                "{a} predicts {of_a}, and {b} predicts {of_b}\n    {remedy}"
            ))))
        };
        if a.target() != b.target() {
            let targets = models.each_ref().map(|model| format!("{:?}", model.target()));
            return refuse(targets, "Compare models of the same column.");
        }
        let classes = |model: &Saved| match model {
            Saved::Classes(model) => format!("the classes {}", model.classes.join(", ")),
            _ => "numbers".to_string(),
        };
        match models {
            [Saved::Classes(one), Saved::Classes(other)] => {
                let known = |class| other.classes.contains(class);
                match one.classes.len() == other.classes.len() && one.classes.iter().all(known) {
                    true => Ok(Loss::Entropy),
                    false => refuse(models.each_ref().map(classes), "Compare models of the same classes."),
                }
            }
            [Saved::Classes(_), _] | [_, Saved::Classes(_)] => {
                refuse(models.each_ref().map(classes), "Compare models of the same family.")
            }
            _ if models.iter().all(|model| model.family() == Some(Family::Binomial)) => Ok(Loss::Deviance),
            _ => Ok(Loss::SquaredError),
        }
    }
}

impl Loss {
    /// A model's predictions beside the truth; `None` where either is missing.
    fn judge(self, model: &Saved, table: &Table) -> ndgrad::Result<Vec<Option<Judged>>> {
        let actual = model.actual(table)?.into_iter();
        if let Saved::Classes(model) = model {
            let all = model.probabilities(table)?;
            let judged = |(actual, each): (Option<f64>, Option<Vec<f64>>)| Some(classified(actual?, &each?));
            return Ok(actual.zip(all).map(judged).collect());
        }
        let judged = |(actual, predicted): (Option<f64>, Option<f64>)| Some(self.of(actual?, predicted?));
        Ok(actual.zip(model.predict(table)?).map(judged).collect())
    }

    fn of(self, actual: f64, predicted: f64) -> Judged {
        let error = actual - predicted;
        match self {
            Loss::Deviance => {
                let right = if predicted >= 0.5 { actual } else { 1.0 - actual };
                Judged { actual, error, loss: deviance(actual, predicted), right }
            }
            _ => Judged { actual, error, loss: error * error, right: f64::NAN },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Loss::SquaredError => "squared error",
            Loss::Deviance => "deviance",
            Loss::Entropy => "log loss",
        }
    }
}

/// Twice the negative log-likelihood of an outcome, or of a part of the trials.
fn deviance(actual: f64, predicted: f64) -> f64 {
    let part = |y: f64, p: f64| if y == 0.0 { 0.0 } else { y * (y / p).ln() };
    2.0 * (part(actual, predicted) + part(1.0 - actual, 1.0 - predicted))
}

/// The probabilities of the classes beside the number of the one that came.
fn classified(actual: f64, probabilities: &[f64]) -> Judged {
    let class = actual as usize;
    let right = f64::from(u8::from(MultinomialModel::likeliest(probabilities) == class));
    let loss = -probabilities[class].max(f64::MIN_POSITIVE).ln();
    Judged { actual, error: f64::NAN, loss, right }
}

impl Score {
    fn push(&mut self, judged: Judged) {
        self.losses.push(judged.loss);
        self.squares += judged.error * judged.error;
        self.sizes += judged.error.abs();
        self.right += judged.right;
    }

    fn rmse(&self) -> f64 {
        (self.squares / self.losses.count).sqrt()
    }

    fn mae(&self) -> f64 {
        self.sizes / self.losses.count
    }
}

impl Comparison {
    fn new(loss: Loss, names: [String; 2]) -> Comparison {
        let (scores, actual, differences) = Default::default();
        Comparison { loss, names, scores, actual, differences, rows: 0 }
    }

    /// More rows, as both models foresee them.
    fn add(&mut self, a: Vec<Option<Judged>>, b: Vec<Option<Judged>>) {
        self.rows += a.len();
        for (a, b) in a.into_iter().zip(b) {
            let (Some(a), Some(b)) = (a, b) else { continue };
            self.actual.push(a.actual);
            self.differences.push(a.loss - b.loss);
            self.scores[0].push(a);
            self.scores[1].push(b);
        }
    }

    /// The number of rows that both models predict.
    fn used(&self) -> usize {
        self.actual.count as usize
    }

    /// The coefficient of determination, or the part of outcomes that were foreseen.
    fn good(&self, score: &Score) -> f64 {
        match self.loss {
            Loss::SquaredError => 1.0 - score.squares / self.actual.squares,
            Loss::Deviance | Loss::Entropy => score.right / self.actual.count,
        }
    }

    /// The paired t test of the rows' losses (for forecasts: F. X. Diebold, R. S. Mariano, Journal of Business and
    /// Economic Statistics 13, 1995, of independent rows).
    fn difference(&self) -> Difference {
        let Moments { count, mean, squares } = self.differences;
        let std_error = (squares / (count - 1.0) / count).sqrt();
        let statistic = mean / std_error;
        Difference { mean, std_error, statistic, p_value: Distribution::T(count - 1.0).two_sided(statistic) }
    }

    fn json(&self, target: &str) -> Value {
        let good = if self.loss == Loss::SquaredError { "r2" } else { "accuracy" };
        let models = self.names.iter().zip(&self.scores).map(|(name, score)| {
            let mut object = json!({"model": name, "mean_loss": score.losses.mean});
            if self.loss != Loss::Entropy {
                object["rmse"] = json!(score.rmse());
                object["mae"] = json!(score.mae());
            }
            object[good] = json!(self.good(score));
            object
        });
        let Difference { mean, std_error, statistic, p_value } = self.difference();
        json!({
            "target": target,
            "rows": self.used(),
            "loss": self.loss.name(),
            "models": models.collect::<Vec<_>>(),
            "difference": {"mean": mean, "std_error": std_error, "statistic": statistic, "p_value": p_value},
        })
    }

    fn print(&self, out: &mut impl Write, target: &str, file: &str) -> std::io::Result<()> {
        let left_out = match self.rows - self.used() {
            0 => String::new(),
            more => format!(" ({} left out for missing values)", count(more, "row")),
        };
        writeln!(out, "{target}, predicted for {} of {file}{left_out}\n", count(self.used(), "row"))?;
        let good = if self.loss == Loss::SquaredError { "R2" } else { "right" };
        let numbers = |pick: &dyn Fn(&Score) -> f64| self.scores.iter().map(pick).collect::<Vec<f64>>();
        let mut text = match self.loss {
            Loss::Entropy => Text::new(["model", good, self.loss.name()]),
            _ => Text::new(["model", "RMSE", "MAE", good, self.loss.name()]),
        };
        text.names(&self.names.each_ref().map(String::as_str));
        if self.loss != Loss::Entropy {
            text.numbers(&numbers(&Score::rmse), 5);
            text.numbers(&numbers(&Score::mae), 5);
        }
        text.decimals(&numbers(&|score| self.good(score)), 4);
        text.numbers(&numbers(&|score| score.losses.mean), 5);
        text.print(out)?;
        let difference = self.difference();
        let Difference { mean, std_error, statistic, p_value } = &difference;
        writeln!(
            out,
            "\nmean {} of the first less that of the second: {} (standard error {}), t {}, p {}",
            self.loss.name(),
            significant(*mean, 4),
            significant(*std_error, 3),
            significant(*statistic, 3),
            probability(*p_value)
        )?;
        writeln!(out, "{}", difference.verdict())
    }
}

impl Difference {
    fn verdict(&self) -> &'static str {
        match (self.p_value < 0.05, self.mean > 0.0) {
            (true, true) => "The second is better, and that is hardly chance.",
            (true, false) => "The first is better, and that is hardly chance.",
            _ => "The difference could be chance: take the simpler model.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// SciPy 1.17.1: `stats.ttest_rel([1, 4, 9, 1, 0.25], [2.25, 1, 4, 0.25, 0.25])`.
    #[test]
    fn losses_are_compared_in_pairs() {
        let rows =
            [(1.0, [2.0, 2.5]), (5.0, [3.0, 4.0]), (6.0, [9.0, 8.0]), (2.0, [1.0, 1.5]), (3.0, [3.5, 2.5])];
        let mut comparison = Comparison::new(Loss::SquaredError, Default::default());
        let judged = |which: usize| {
            let judged = |(actual, predicted): &(f64, [f64; 2])| {
                Some(Loss::SquaredError.of(*actual, predicted[which]))
            };
            rows.iter().map(judged).chain([None]).collect()
        };
        comparison.add(judged(0), judged(1));
        assert_eq!((comparison.used(), comparison.rows), (5, 6));
        let difference = comparison.difference();
        assert!((difference.statistic - 1.3450075189866608).abs() < 1e-12, "{}", difference.statistic);
        assert!((difference.p_value - 0.24981994444814865).abs() < 1e-12, "{}", difference.p_value);
        assert!((deviance(1.0, 0.25) - 2.0 * 4f64.ln()).abs() < 1e-15);
    }
}
