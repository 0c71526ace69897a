//! `Batch`: the rows of one table, as a design reads them.

use std::borrow::Cow;
use std::ops::Range;

use ndgrad_array::{Error, Result, Scalar};
use ndgrad_data::{Category, Column, Table, nearest};

use super::expression::{Expression, Operator};
use super::info::{DesignInfo, Fill, Kind, Learned, Levels};
use crate::encode::LARGEST;
use crate::text::{list, quoted};

/// A table whose columns have been found, and the rows that are used.
pub(super) struct Batch<'a> {
    pub info: &'a DesignInfo,
    pub table: &'a Table,
    bound: Vec<Bound<'a>>,
    /// The used rows of the table; `None` for all.
    used: Option<Vec<u32>>,
    /// For each factor of categories whose column is one, the design's level for each of the table's.
    places: Vec<Option<Vec<Option<u32>>>>,
}

/// A column of the table.
enum Bound<'a> {
    /// `complete` if no value is missing.
    Numbers {
        values: &'a [f64],
        present: &'a [bool],
        complete: bool,
        fill: Option<f64>,
        level: Option<&'a str>,
    },
    Category {
        category: &'a Category,
        fill: Option<&'a str>,
    },
    /// Not read here.
    Absent,
}

/// A factor's values in some rows.
pub(super) enum Values<'a> {
    /// Its columns.
    Columns(Vec<Cow<'a, [f64]>>),
    /// The places of its levels.
    Levels(Vec<u32>),
}

/// The place of no level.
pub(super) const NO_LEVEL: u32 = u32::MAX;

impl<'a> Batch<'a> {
    /// Finds the columns, and the rows that lack nothing. `training` tells whether the target, weights and clusters
    /// are read.
    ///
    /// # Errors
    /// If a column is not there, or of another kind.
    pub fn new(info: &'a DesignInfo, table: &'a Table, training: bool) -> Result<Batch<'a>> {
        let mut bound = Vec::with_capacity(info.inputs.len());
        for input in &info.inputs {
            if input.training && !training {
                bound.push(Bound::Absent);
                continue;
            }
            let (fill, level) = match &input.fill {
                Some(Fill::Number(fill)) => (Some(*fill), None),
                Some(Fill::Level(level)) => (None, Some(level.as_str())),
                None => (None, None),
            };
            bound.push(match table.column(&input.name)? {
                Column::Numeric(numbers) => Bound::Numbers {
                    values: numbers.values(),
                    present: numbers.present(),
                    complete: numbers.missing() == 0,
                    fill,
                    level,
                },
                Column::Category(category) => Bound::Category { category, fill: level },
            });
        }
        let used = used(info, &bound, table.rows(), training);
        let places = info.factors.iter().chain([&info.target]).map(|learned| {
            let (levels, column) = (learned.levels()?, learned.factor.expression().column()?);
            match bound[column.index] {
                Bound::Category { category, .. } => {
                    Some(category.levels().iter().map(|name| levels.of_text(name)).collect())
                }
                _ => None,
            }
        });
        let places = places.collect();
        Ok(Batch { info, table, bound, used, places })
    }

    /// The number of rows used.
    pub fn rows(&self) -> usize {
        self.used.as_ref().map_or(self.table.rows(), Vec::len)
    }

    /// The row of the table that is used as number `row`.
    pub fn row(&self, row: usize) -> usize {
        self.used.as_ref().map_or(row, |used| used[row] as usize)
    }

    /// Adds to each input's count the rows that have no value of it.
    pub fn count_gaps(&self, counts: &mut [usize]) {
        for (count, bound) in counts.iter_mut().zip(&self.bound) {
            *count += match bound {
                Bound::Numbers { complete: true, .. } | Bound::Absent => 0,
                Bound::Numbers { present, .. } => present.iter().filter(|present| !**present).count(),
                Bound::Category { category, .. } => category.missing(),
            };
        }
    }

    /// The category of this input, if it is one here.
    pub fn category(&self, input: usize) -> Option<&'a Category> {
        match self.bound[input] {
            Bound::Category { category, .. } => Some(category),
            _ => None,
        }
    }

    /// The numbers of an input in the used rows of this range; NaN where one is missing and nothing stands in.
    pub fn numbers(&self, input: usize, rows: Range<usize>) -> Result<Cow<'a, [f64]>> {
        let (values, present, complete, fill) = match self.bound[input] {
            Bound::Numbers { values, present, complete, fill, .. } => (values, present, complete, fill),
            // The error shows what stands there instead of numbers.
            _ => {
                let name = &self.info.inputs[input].name;
                self.table.numeric(name)?;
                return Ok(Cow::Owned(vec![f64::NAN; rows.len()]));
            }
        };
        if self.used.is_none() && complete {
            return Ok(Cow::Borrowed(&values[rows]));
        }
        let gap = fill.unwrap_or(f64::NAN);
        let gathered = rows.map(|row| self.row(row)).map(|row| if present[row] { values[row] } else { gap });
        Ok(Cow::Owned(gathered.collect()))
    }

    /// The value of an expression in the used rows of this range.
    pub fn evaluate(&self, expression: &Expression, rows: Range<usize>) -> Result<Cow<'a, [f64]>> {
        let mut values = match expression {
            Expression::Column(column) => return self.numbers(column.index, rows),
            Expression::Number(number) => return Ok(Cow::Owned(vec![*number; rows.len()])),
            Expression::Negative(of) | Expression::Apply(_, of) | Expression::Standardize { of, .. } => {
                self.evaluate(of, rows)?.into_owned()
            }
            Expression::Binary(operator, left, right) => {
                let mut left = self.evaluate(left, rows.clone())?.into_owned();
                match (operator, &**right) {
                    (_, Expression::Number(number)) => {
                        operate(*operator, &mut left, std::iter::repeat(number))
                    }
                    _ => operate(*operator, &mut left, self.evaluate(right, rows)?.iter()),
                }
                left
            }
        };
        match expression {
            Expression::Negative(_) => values.iter_mut().for_each(|value| *value = -*value),
            Expression::Apply(function, _) => function.apply(&mut values),
            Expression::Standardize { learned: Some((mean, deviation)), .. } => {
                values.iter_mut().for_each(|value| *value = (*value - mean) / deviation);
            }
            _ => {}
        }
        Ok(Cow::Owned(values))
    }

    /// The values of factor `number` in the used rows of this range; that of all factors' count is the target.
    ///
    /// # Errors
    /// If one is not finite, or too large, or a level that is not known.
    pub fn values(&self, number: usize, rows: Range<usize>) -> Result<Values<'a>> {
        let learned = self.info.factors.get(number).unwrap_or(&self.info.target);
        if let Kind::Category(Some(levels)) = &learned.kind {
            return Ok(Values::Levels(self.levels(number, learned, levels, rows)?));
        }
        let start = rows.start;
        let values = self.evaluate(learned.factor.expression(), rows)?;
        let columns = match &learned.kind {
            Kind::Basis(Some(functions)) => {
                self.check(&values, start, learned)?;
                if let Some((place, bounds)) = functions.outside(&values) {
                    return Err(self.outside(self.row(start + place), values[place], bounds, learned));
                }
                functions.values(&values).into_iter().map(Cow::Owned).collect()
            }
            _ => vec![values],
        };
        for column in &columns {
            self.check(column, start, learned)?;
        }
        Ok(Values::Columns(columns))
    }

    fn levels(
        &self,
        number: usize,
        learned: &Learned,
        levels: &Levels,
        rows: Range<usize>,
    ) -> Result<Vec<u32>> {
        let expression = learned.factor.expression();
        let column = expression.column().map(|column| (column, &self.bound[column.index]));
        let unseen = |row: usize, text: &str| self.unseen(row, text, learned, levels);
        if let (Some((_, Bound::Category { category, fill })), Some(places)) = (column, &self.places[number])
        {
            let gap = fill.and_then(|fill| levels.of_text(fill));
            let place = |row: usize| match category.code(row) {
                None => Ok(gap.unwrap_or(NO_LEVEL)),
                Some(code) => {
                    let place = places[code as usize];
                    place.ok_or_else(|| unseen(row, &category.levels()[code as usize]))
                }
            };
            return rows.map(|row| place(self.row(row))).collect();
        }
        let gap = match column {
            Some((_, Bound::Numbers { level, .. })) => level.and_then(|level| levels.of_text(level)),
            _ => None,
        };
        let start = rows.start;
        let numbers = self.evaluate(expression, rows)?;
        let place = |(row, number): (usize, &f64)| match levels.of_number(*number) {
            Some(place) => Ok(place),
            None if number.is_nan() && self.is_gap(column, self.row(start + row)) => {
                Ok(gap.unwrap_or(NO_LEVEL))
            }
            None => Err(unseen(self.row(start + row), &number.to_string())),
        };
        numbers.iter().enumerate().map(place).collect()
    }

    fn is_gap(&self, column: Option<(&super::Column, &Bound<'_>)>, row: usize) -> bool {
        matches!(column, Some((_, Bound::Numbers { present, .. })) if !present[row])
    }

    pub fn check(&self, values: &[f64], start: usize, learned: &Learned) -> Result<()> {
        // Without a branch in it, the loop is of vectors.
        if values.iter().fold(true, |fine, value| fine & (value.abs() <= LARGEST)) {
            return Ok(());
        }
        let place =
            values.iter().position(|value| value.is_nan() || value.abs() > LARGEST).unwrap_or_default();
        Err(self.not_finite(self.row(start + place), values[place], learned))
    }

    fn not_finite(&self, row: usize, value: f64, learned: &Learned) -> Error {
        let expression = learned.factor.expression();
        let columns = expression.columns();
        let first = columns.first().map_or("", |column| &column.name);
        let mut message = match value.is_finite() {
            true => format!("{value:e} is too large to compute with (the limit is 1e150)"),
            false => format!("{value} is not a number that a model can be trained on"),
        };
        let remedy = match (expression, value.is_finite()) {
            (Expression::Column(_), true) => "express the column in other units",
            (Expression::Column(_), false) => "take the row out, or leave the field empty",
            _ => {
                let number = |name: &str| self.table.numeric(name).ok().and_then(|numbers| numbers.get(row));
                let mut given: Vec<String> = Vec::new();
                for column in &columns {
                    let value =
                        number(&column.name).map_or("filled in".to_string(), |value| value.to_string());
                    let text = format!("{column} is {value}");
                    if !given.contains(&text) {
                        given.push(text);
                    }
                }
                let shown = match &learned.factor {
                    super::Factor::Plain(of) => of.to_string(),
                    factor => factor.to_string(),
                };
                let what = if value.is_finite() { format!("{value:e}") } else { value.to_string() };
                message = format!("{shown} is {what} where {}", given.join(" and "));
                "take such rows out, or use a function that is finite there"
            }
        };
        Error::content(self.table.place(row, first), format!("{message}\n    {remedy}"))
    }

    fn outside(&self, row: usize, value: f64, bounds: (f64, f64), learned: &Learned) -> Error {
        let expression = learned.factor.expression();
        let columns = expression.columns();
        Error::content(
            self.table.place(row, columns.first().map_or("", |column| &column.name)),
            format!(
                "{expression} is {value}, outside of {} to {}, for which {} was learned\n    take the row out, or learn \
                 with a lower_bound and an upper_bound that hold it",
                bounds.0, bounds.1, learned.factor
            ),
        )
    }

    fn unseen(&self, row: usize, text: &str, learned: &Learned, levels: &Levels) -> Error {
        let hint = nearest(text, levels.names.iter().map(String::as_str));
        let hint = hint.map(|name| format!("; did you mean {}?", quoted(name))).unwrap_or_default();
        let columns = learned.factor.expression().columns();
        Error::content(
            self.table.place(row, columns.first().map_or("", |column| &column.name)),
            format!(
                "the model has not seen the category {}{hint}\n    It was trained on {}.",
                quoted(text),
                list(&levels.names)
            ),
        )
    }
}

/// The rows that lack nothing that is required, unless these are all.
fn used(info: &DesignInfo, bound: &[Bound<'_>], rows: usize, training: bool) -> Option<Vec<u32>> {
    let mut keep: Option<Vec<bool>> = None;
    for (input, bound) in info.inputs.iter().zip(bound) {
        // When predicting, a row that lacks what nothing stands in for has no prediction.
        if !input.required && (training || input.fill.is_some()) {
            continue;
        }
        match bound {
            Bound::Numbers { present, complete: false, .. } => {
                let keep = keep.get_or_insert_with(|| vec![true; rows]);
                keep.iter_mut().zip(present.iter()).for_each(|(keep, present)| *keep &= present);
            }
            Bound::Category { category, .. } if category.missing() > 0 => {
                let keep = keep.get_or_insert_with(|| vec![true; rows]);
                keep.iter_mut().zip(category.codes()).for_each(|(keep, code)| *keep &= code.is_some());
            }
            _ => {}
        }
    }
    let rows = |keep: Vec<bool>| (0..).zip(keep).filter(|(_, keep)| *keep).map(|(row, _)| row).collect();
    keep.map(rows)
}

/// `left` becomes the result.
fn operate<'v>(operator: Operator, left: &mut [f64], right: impl Iterator<Item = &'v f64>) {
    let pairs = left.iter_mut().zip(right);
    match operator {
        Operator::Add => pairs.for_each(|(a, b)| *a += b),
        Operator::Subtract => pairs.for_each(|(a, b)| *a -= b),
        Operator::Multiply => pairs.for_each(|(a, b)| *a *= b),
        Operator::Divide => pairs.for_each(|(a, b)| *a /= b),
        // A square is exact as a product.
        Operator::Power => {
            pairs.for_each(|(a, b)| *a = if *b == 2.0 { *a * *a } else { Scalar::pow(*a, *b) })
        }
    }
}
