//! `ndgrad describe`: what the columns of a file look like.

use std::io::{self, Write, stdout};
use std::path::PathBuf;

use clap::Args;
use ndgrad::data::{Categories, Described, Description, Kind, Numbers, Options, Source, Values, date_text};
use serde_json::{Value, json};

use crate::failure::{Result, say};
use crate::number::count;
use crate::progress::Progress;
use crate::table::Text;

const EXAMPLES: &str = "\
Examples:
  ndgrad describe penguins.csv
  ndgrad describe flats.csv.gz --categories zip --columns zip,rent
  zcat flats.csv.gz | ndgrad describe - --json | jq '.columns[] | select(.missing > 0)'";

/// Describe the columns of a file: types, missing values, means, quantiles, histograms.
///
/// The file is read once, in batches, whatever its size. The quantiles of a short file
/// are exact; those of a long one come with how far they may be off.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Describe {
    /// The file, with the columns' names in its first line; - is standard input
    file: PathBuf,
    /// The columns to describe, separated by commas; by default all
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// Columns of numbers or dates that stand for categories, such as zip codes
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    categories: Vec<String>,
    /// Columns of numbers; a field that is none is an error
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    numbers: Vec<String>,
    /// Columns of dates; a field that is none is an error
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    dates: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl Describe {
    /// Prints the description.
    pub fn run(&self) -> Result<()> {
        let options = Options::new().categories(&self.categories).numbers(&self.numbers).dates(&self.dates);
        let source = Source::open(&self.file, &options)?;
        for column in source.left_out() {
            say(&format!("warning: column {:?} was left out: its {}", column.name, column.reason));
        }
        let columns = self.columns.clone().unwrap_or_else(|| source.names().to_vec());
        let mut progress = Progress::new(None, "batch");
        let description = Description::of(&source, &columns, |rows| {
            progress.step(|| count(rows as usize, "row"));
            Ok(())
        })?;
        drop(progress);
        let mut out = stdout().lock();
        match self.json {
            true => writeln!(out, "{:#}", object(source.name(), &description))?,
            false => print(source.name(), &description, &mut out)?,
        }
        out.flush()?;
        Ok(())
    }
}

/// A column of numbers with what they look like.
type Numeric<'a> = (&'a Described, &'a Numbers);

fn print(name: &str, description: &Description, out: &mut impl Write) -> io::Result<()> {
    let (rows, columns) = (description.rows as usize, &description.columns);
    writeln!(out, "{name}: {}, {}", count(rows, "row"), count(columns.len(), "column"))?;
    let numeric = |kind: Kind| -> Vec<Numeric<'_>> {
        let of = columns.iter().filter(|column| column.kind == kind);
        of.filter_map(|column| match &column.values {
            Values::Numbers(numbers) => Some((column, numbers)),
            Values::Categories(_) => None,
        })
        .collect()
    };
    let (numbers, dates) = (numeric(Kind::Number), numeric(Kind::Date));
    let categories: Vec<(&Described, &Categories)> = columns
        .iter()
        .filter_map(|column| match &column.values {
            Values::Categories(categories) => Some((column, categories)),
            Values::Numbers(_) => None,
        })
        .collect();
    if !numbers.is_empty() {
        writeln!(out)?;
        print_numbers(&numbers, out)?;
    }
    if !dates.is_empty() {
        writeln!(out)?;
        print_dates(&dates, out)?;
    }
    if !categories.is_empty() {
        writeln!(out)?;
        print_categories(&categories, out)?;
    }
    let error = numbers.iter().chain(&dates).map(|(_, numbers)| numbers.rank_error).fold(0.0, f64::max);
    if error > 0.0 {
        writeln!(
            out,
            "\nQuartiles and histograms are estimates: no rank of a quartile is off by more than {:.2} % of the rows.",
            100.0 * error
        )?;
    }
    if categories.iter().any(|(_, categories)| categories.uncounted > 0) {
        writeln!(
            out,
            "\nOf columns with more levels than 131,072, only those that came first were counted."
        )?;
    }
    Ok(())
}

fn print_numbers(columns: &[Numeric<'_>], out: &mut impl Write) -> io::Result<()> {
    const DIGITS: usize = 4;
    let mut table = Text::new([
        "number",
        "missing",
        "mean",
        "deviation",
        "min",
        "25 %",
        "median",
        "75 %",
        "max",
        "histogram",
    ]);
    table.names(&Vec::from_iter(columns.iter().map(|(column, _)| &column.name)));
    table.texts(columns.iter().map(|(column, _)| column.missing.to_string()).collect());
    let of = |value: fn(&Numbers) -> f64| Vec::from_iter(columns.iter().map(|(_, numbers)| value(numbers)));
    table.numbers(&of(|numbers| numbers.mean), DIGITS);
    table.numbers(&of(|numbers| numbers.deviation), DIGITS);
    for place in 0..5 {
        let quantiles = Vec::from_iter(columns.iter().map(|(_, numbers)| numbers.quantiles[place]));
        table.numbers(&quantiles, DIGITS);
    }
    table.texts(columns.iter().map(|(_, numbers)| bars(&numbers.histogram)).collect());
    table.print(out)
}

fn print_dates(columns: &[Numeric<'_>], out: &mut impl Write) -> io::Result<()> {
    let mut table = Text::new(["date", "missing", "first", "25 %", "median", "75 %", "last", "histogram"]);
    table.names(&Vec::from_iter(columns.iter().map(|(column, _)| &column.name)));
    table.texts(columns.iter().map(|(column, _)| column.missing.to_string()).collect());
    for place in 0..5 {
        let text = |(_, numbers): &Numeric<'_>| date(numbers.quantiles[place]).unwrap_or_else(|| "-".into());
        table.texts(columns.iter().map(text).collect());
    }
    table.texts(columns.iter().map(|(_, numbers)| bars(&numbers.histogram)).collect());
    table.print(out)
}

fn print_categories(columns: &[(&Described, &Categories)], out: &mut impl Write) -> io::Result<()> {
    const SHOWN: usize = 4;
    let mut table = Text::new(["category", "missing", "levels", "most frequent"]);
    table.names(&Vec::from_iter(columns.iter().map(|(column, _)| &column.name)));
    table.texts(columns.iter().map(|(column, _)| column.missing.to_string()).collect());
    let levels = |categories: &Categories| match categories.uncounted {
        0 => categories.frequencies.len().to_string(),
        _ => format!("> {}", categories.frequencies.len()),
    };
    table.texts(columns.iter().map(|(_, categories)| levels(categories)).collect());
    let frequent = columns.iter().map(|(_, categories)| {
        let shown = categories.frequencies.iter().take(SHOWN);
        let shown: Vec<String> = shown.map(|(level, count)| format!("{} {count}", short(level))).collect();
        let more = if categories.frequencies.len() > SHOWN { ", …" } else { "" };
        shown.join(", ") + more
    });
    // On the left: these are texts.
    table.left(frequent.collect());
    table.print(out)
}

/// The beginning of a level, on one line.
fn short(level: &str) -> String {
    const MOST: usize = 16;
    let mut text: String = level.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if level.chars().nth(MOST).is_some() {
        text.push('…');
    }
    text
}

/// Counts as bars, the highest of the most frequent; the least one that is not nothing can be seen.
fn bars(counts: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0);
    let bar = |&count: &u64| match count {
        0 => ' ',
        _ => BARS[((count as f64 / most as f64 * 8.0).ceil() as usize).clamp(1, 8) - 1],
    };
    counts.iter().map(bar).collect()
}

/// The day, or the time to the second.
fn date(days: f64) -> Option<String> {
    date_text((days * 86_400.0).round() / 86_400.0)
}

fn object(name: &str, description: &Description) -> Value {
    let columns = description.columns.iter().map(|column| {
        let mut fields = json!({
            "name": column.name,
            "type": column.kind.to_string(),
            "missing": column.missing,
        });
        let more = match (&column.values, column.kind) {
            (Values::Categories(categories), _) => categories_object(categories),
            (Values::Numbers(numbers), Kind::Date) => dates_object(numbers),
            (Values::Numbers(numbers), _) => numbers_object(numbers),
        };
        if let (Value::Object(fields), Value::Object(more)) = (&mut fields, more) {
            fields.extend(more);
        }
        fields
    });
    json!({"file": name, "rows": description.rows, "columns": columns.collect::<Vec<_>>()})
}

fn numbers_object(numbers: &Numbers) -> Value {
    let [min, low, median, high, max] = numbers.quantiles;
    json!({
        "mean": numbers.mean, "deviation": numbers.deviation,
        "min": min, "q25": low, "median": median, "q75": high, "max": max,
        "rank_error": numbers.rank_error, "histogram": numbers.histogram,
    })
}

fn dates_object(numbers: &Numbers) -> Value {
    let [first, low, median, high, last] = numbers.quantiles.map(date);
    json!({
        "first": first, "q25": low, "median": median, "q75": high, "last": last,
        "rank_error": numbers.rank_error, "histogram": numbers.histogram,
    })
}

fn categories_object(categories: &Categories) -> Value {
    const MOST: usize = 100;
    let frequent = categories.frequencies.iter().take(MOST);
    let frequent: Vec<Value> =
        frequent.map(|(level, count)| json!({"level": level, "count": count})).collect();
    json!({
        "levels": categories.frequencies.len(), "uncounted": categories.uncounted,
        "most_frequent": frequent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_high_as_counts() {
        assert_eq!(bars(&[8, 4, 1, 0, 1000]), "▁▁▁ █");
        assert_eq!(bars(&[1, 2, 3, 4, 5, 6, 7, 8]), "▁▂▃▄▅▆▇█");
        assert_eq!(bars(&[]), "");
    }
}
