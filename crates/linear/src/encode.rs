//! `Encoded`: the rows of a table as the numbers that a model is trained on.

use crate::feature::{Feature, Kind, Level, Term};
use crate::identifier::identifier;
use crate::text::{count, quoted, rounded, shortened};
use ndgrad_array::{Error, Result};
use ndgrad_data::{Category, Column, Numeric, Table};

/// What happens to rows in which a feature has no value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Missing {
    /// The row is left out of the training; in a table to predict it has no prediction.
    #[default]
    Drop,
    /// The mean of the rows that have a number stands in for a missing one, and the most frequent level (the first
    /// in sorted order among equals) for a missing category; in a table to predict too.
    Mean,
}

/// Numbers that a design may have: 2 GiB of them.
const MOST_NUMBERS: usize = 1 << 28;

/// Sums of squares of larger numbers come near the end of the range of `f64`.
pub(crate) const LARGEST: f64 = 1e150;

/// Which columns a model is made of.
pub(crate) struct Choice<'a> {
    pub target: &'a str,
    /// All but the target if `None`.
    pub features: Option<&'a [String]>,
    /// Columns to be taken as categories whatever they look like.
    pub categories: &'a [String],
    pub missing: Missing,
}

/// The rows that are used, encoded.
pub(crate) struct Encoded {
    pub features: Vec<Feature>,
    /// The rows of the table that are used, in order.
    pub rows: Vec<usize>,
    /// One number for each term, row after row.
    pub x: Vec<f64>,
    /// The target of each row.
    pub y: Vec<f64>,
    pub warnings: Vec<String>,
}

impl Encoded {
    /// Chooses the columns and the rows, and encodes them.
    pub fn new(table: &Table, choice: &Choice<'_>) -> Result<Encoded> {
        let target = table.numeric(choice.target)?;
        let mut warnings = Vec::new();
        let names = candidates(table, target, choice, &mut warnings)?;
        let rows = used_rows(table, target, &names, choice)?;
        let mut features = Vec::new();
        for name in names {
            let kind = match table.column(&name)? {
                Column::Numeric(numbers) => numeric(numbers, &rows, choice.missing),
                Column::Category(category) => categorical(category, &rows, choice.missing),
            };
            match kind {
                Ok(kind) => features.push(Feature { name, kind }),
                Err(reason) => warnings.push(format!("feature {} was left out: {reason}", quoted(&name))),
            }
        }
        if features.is_empty() {
            return Err(no_features(table, choice, &warnings));
        }
        let y: Vec<f64> = rows.iter().map(|&row| target.values()[row]).collect();
        let width = features.iter().map(Feature::width).sum::<usize>();
        check_size(table, width, &y, choice)?;
        let mut x = Vec::with_capacity(rows.len() * width);
        let bound = features.iter().map(|feature| feature.bind(table)).collect::<Result<Vec<_>>>()?;
        for (&row, &y) in rows.iter().zip(&y) {
            check_number(table, row, choice.target, y)?;
            for (feature, bound) in features.iter().zip(&bound) {
                let start = x.len();
                bound.read(row, &mut x)?;
                check_number(table, row, &feature.name, x[start])?;
            }
        }
        drop(bound);
        Ok(Encoded { features, rows, x, y, warnings })
    }

    /// The terms of all features, in order.
    pub fn terms(&self) -> Vec<Term> {
        self.features.iter().flat_map(Feature::terms).collect()
    }

    /// Takes out the terms whose flag is false, and the features that are left without one.
    pub fn retain(&mut self, keep: &[bool]) {
        let width = keep.len();
        let mut flags = keep.iter().copied();
        self.features.retain_mut(|feature| {
            let own: Vec<bool> = flags.by_ref().take(feature.width()).collect();
            feature.retain_terms(own.into_iter())
        });
        let mut place = 0;
        self.x.retain(|_| {
            place += 1;
            keep[(place - 1) % width]
        });
    }
}

/// The names of the columns that can be features; what cannot is refused if it was asked for, or else left out
/// with a warning.
fn candidates(
    table: &Table,
    target: &Numeric,
    choice: &Choice<'_>,
    warnings: &mut Vec<String>,
) -> Result<Vec<String>> {
    for name in choice.categories {
        table.category(name)?;
    }
    if let Some(chosen) = choice.features {
        for (index, name) in chosen.iter().enumerate() {
            table.position(name)?;
            if name == choice.target {
                return Err(Error::Data(format!(
                    "the target {} cannot be a feature too\n    leave it out of the features",
                    quoted(name)
                )));
            }
            if chosen[..index].contains(name) {
                return Err(Error::Data(format!(
                    "the feature {} is named twice\n    name it once",
                    quoted(name)
                )));
            }
        }
    }
    let mut names = Vec::new();
    for name in choice.features.unwrap_or(table.names()) {
        let column = table.column(name)?;
        if name == choice.target {
            continue;
        }
        if column.missing() == column.len() {
            warnings.push(format!("feature {} was left out: it has no value in any row", quoted(name)));
            continue;
        }
        if let Column::Category(category) = column
            && !choice.categories.contains(name)
        {
            if category.tally().is_mostly_numeric() {
                // The error names the line and the text that is not a number.
                table.numeric(name)?;
            }
            let (levels, rows) = levels_and_rows(category, target);
            if let Some(reason) = identifier(levels, rows) {
                if choice.features.is_some() {
                    return Err(Error::Data(format!(
                        "{}: column {}: {reason}\n    leave it out of the features, or declare it a category",
                        table.name(),
                        quoted(name)
                    )));
                }
                warnings.push(format!("feature {} was left out: {reason}", quoted(name)));
                continue;
            }
        }
        names.push(name.clone());
    }
    Ok(names)
}

/// The levels that occur where there is a target, and the rows that have one of them.
fn levels_and_rows(category: &Category, target: &Numeric) -> (usize, usize) {
    let mut met = vec![false; category.levels().len()];
    let mut rows = 0;
    for (code, _) in category.codes().zip(target.present()).filter(|(_, present)| **present) {
        if let Some(code) = code {
            met[code as usize] = true;
            rows += 1;
        }
    }
    (met.into_iter().filter(|&met| met).count(), rows)
}

/// The rows with a target and, where gaps are not filled, with a value in every column.
fn used_rows(table: &Table, target: &Numeric, names: &[String], choice: &Choice<'_>) -> Result<Vec<usize>> {
    let mut used = target.present().to_vec();
    let with_target = used.iter().filter(|&&used| used).count();
    if with_target == 0 {
        return Err(Error::Data(format!(
            "{}: the target {} has no value in any row\n    choose another target, or fill in its values",
            table.name(),
            quoted(choice.target)
        )));
    }
    let columns = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>>>()?;
    if choice.missing == Missing::Drop {
        for column in columns.iter().filter(|column| column.missing() > 0) {
            for (row, used) in used.iter_mut().enumerate().filter(|(_, used)| **used) {
                *used = !column.is_missing(row);
            }
        }
    }
    let rows: Vec<usize> = (0..used.len()).filter(|&row| used[row]).collect();
    let emptiest = names.iter().zip(&columns).rev().max_by_key(|(_, column)| column.missing());
    match emptiest {
        Some((name, column)) if rows.is_empty() => Err(Error::Data(format!(
            "{}: all {} were dropped: each lacks the target or the value of a feature\n    \
             {} has the most gaps ({}): leave it out of the features,\n    \
             or have missing values filled in with the mean",
            table.name(),
            count(table.rows(), "row"),
            quoted(name),
            column.missing(),
        ))),
        _ => Ok(rows),
    }
}

fn all(rows: usize) -> String {
    if rows == 1 { "the only row".to_string() } else { format!("all {rows} rows") }
}

/// A feature of numbers, or why it would be constant.
fn numeric(numbers: &Numeric, rows: &[usize], missing: Missing) -> Result<Kind, String> {
    let present = || rows.iter().filter_map(|&row| numbers.get(row));
    let Some(first) = present().next() else {
        return Err("it has no value in the rows used".to_string());
    };
    if present().all(|value| value == first) {
        return Err(format!("it is {} in {}", rounded(first, 6), all(rows.len())));
    }
    let fill = (missing == Missing::Mean).then(|| mean(present()));
    Ok(Kind::Numeric { fill })
}

fn mean(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count() as f64;
    values.sum::<f64>() / count
}

/// A feature of the levels that occur, or why it would be constant.
fn categorical(category: &Category, rows: &[usize], missing: Missing) -> Result<Kind, String> {
    let mut counts = vec![0usize; category.levels().len()];
    rows.iter().filter_map(|&row| category.code(row)).for_each(|code| counts[code as usize] += 1);
    let (names, counts): (Vec<&String>, Vec<usize>) =
        category.levels().iter().zip(counts).filter(|&(_, count)| count > 0).unzip();
    match names[..] {
        [] => return Err("it has no value in the rows used".to_string()),
        [only] => return Err(format!("it is {} in {}", quoted(only), all(rows.len()))),
        _ => {}
    }
    // Of equals the last is the maximum, so from the back it is the first.
    let most_frequent = (0..counts.len()).rev().max_by_key(|&level| counts[level]);
    let level = |(index, name): (usize, &String)| Level { name: name.clone(), has_term: index > 0 };
    Ok(Kind::Category {
        levels: names.into_iter().enumerate().map(level).collect(),
        fill: most_frequent.filter(|_| missing == Missing::Mean),
    })
}

fn no_features(table: &Table, choice: &Choice<'_>, warnings: &[String]) -> Error {
    let reason = match warnings {
        [] if choice.features.is_some() => "no feature was named".to_string(),
        [] => format!("{} has no column besides it", table.name()),
        [first] => first.clone(),
        [first, rest @ ..] => format!("{first}\n    (and {} more like this)", rest.len()),
    };
    Error::Data(format!(
        "no feature is left to predict {} from: {reason}\n    name other features, or add columns or rows",
        quoted(choice.target)
    ))
}

fn check_size(table: &Table, width: usize, y: &[f64], choice: &Choice<'_>) -> Result<()> {
    let rows = y.len();
    if rows < width + 1 {
        let dropped = table.rows() - rows;
        let dropped = match dropped {
            0 => String::new(),
            _ => format!(" ({} more dropped for missing values)", dropped),
        };
        return Err(Error::Data(format!(
            "{}: {}{dropped} cannot determine {} and an intercept; at least {} rows are needed\n    \
             add rows, or name fewer features",
            table.name(),
            count(rows, "row"),
            count(width, "coefficient"),
            width + 1,
        )));
    }
    if y.iter().all(|&value| value == y[0]) {
        return Err(Error::Data(format!(
            "{}: the target {} is {} in all {} used: there is nothing to explain\n    \
             choose another target, or rows in which it varies",
            table.name(),
            quoted(choice.target),
            rounded(y[0], 6),
            count(rows, "row"),
        )));
    }
    if rows.saturating_mul(width) > MOST_NUMBERS {
        return Err(Error::Data(format!(
            "{}: {rows} rows of {width} coefficients are more than fit in memory (the limit is {MOST_NUMBERS} \
             numbers)\n    name fewer features, categories with many levels first, or take a sample of the rows",
            table.name(),
        )));
    }
    Ok(())
}

fn check_number(table: &Table, row: usize, column: &str, value: f64) -> Result<()> {
    if value.abs() <= LARGEST {
        return Ok(());
    }
    let message = if value.is_finite() {
        format!(
            "{value:e} is too large to compute with (the limit is 1e150)\n    express the column in other units"
        )
    } else {
        format!("{value} is not a number that a model can be trained on")
    };
    Err(Error::content(table.place(row, column), message))
}

/// The warning for terms that follow from others.
pub(crate) fn dependent(name: &str, equation: &str, constant: bool) -> String {
    let reason = if constant { "it is constant but for rounding" } else { "it follows from other features" };
    format!("feature {} was left out: {reason}: {}", quoted(name), shortened(equation, 200))
}

#[cfg(test)]
mod tests;
