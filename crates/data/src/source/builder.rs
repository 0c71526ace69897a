//! `Builder`: a column of a batch in the making.

use super::Kind;
use super::schema::Survey;
use crate::table::{Column, Field, Levels, Numeric, Tally, Value, date_text};

/// What is made of a column's fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// A column of this kind.
    Column(Kind),
    /// A count of what they look like.
    Survey,
}

/// What was made.
pub(crate) enum Made {
    Column(Column),
    Survey(Survey),
}

/// A column in the making.
pub(super) enum Builder {
    Number(Numbers),
    Date(Numbers),
    Category(Levels, Tally),
    Survey(Survey),
}

/// Numbers in the making: nearly all are present, so only the missing ones are remembered.
#[derive(Default)]
pub(super) struct Numbers {
    values: Vec<f64>,
    missing: Vec<usize>,
}

impl Numbers {
    #[inline]
    pub fn push(&mut self, value: f64) {
        self.values.push(value);
    }

    fn push_missing(&mut self) {
        self.missing.push(self.values.len());
        self.values.push(f64::NAN);
    }

    fn finish(self, date: bool) -> Column {
        let mut present = vec![true; self.values.len()];
        self.missing.into_iter().for_each(|row| present[row] = false);
        Column::Numeric(Numeric::with_gaps(self.values, present, date))
    }
}

impl Builder {
    /// For about so many rows.
    pub fn new(used: Use, rows: usize) -> Self {
        let numbers = || Numbers { values: Vec::with_capacity(rows), missing: Vec::new() };
        match used {
            Use::Column(Kind::Number) => Builder::Number(numbers()),
            Use::Column(Kind::Date) => Builder::Date(numbers()),
            Use::Column(Kind::Category) => Builder::Category(Levels::default(), Tally::default()),
            Use::Survey => Builder::Survey(Survey::default()),
        }
    }

    /// Adds what a field says; gives the kind that was wanted if it is of another.
    pub fn push(&mut self, row: usize, text: &str) -> Result<(), Kind> {
        match self {
            Builder::Number(numbers) => match Field::read(text).value {
                Value::Number(number) => numbers.push(number),
                Value::Missing => numbers.push_missing(),
                _ => return Err(Kind::Number),
            },
            Builder::Date(numbers) => match Field::read(text).value {
                Value::Date(number) => numbers.push(number),
                Value::Missing => numbers.push_missing(),
                _ => return Err(Kind::Date),
            },
            Builder::Category(levels, tally) => {
                let field = Field::read(text);
                tally.count(row, field);
                levels.push((field.value != Value::Missing).then_some(field.text));
            }
            Builder::Survey(survey) => survey.count(Field::read(text).value),
        }
        Ok(())
    }

    pub fn finish(self) -> Made {
        match self {
            Builder::Number(numbers) => Made::Column(numbers.finish(false)),
            Builder::Date(numbers) => Made::Column(numbers.finish(true)),
            Builder::Category(levels, tally) => Made::Column(Column::Category(levels.finish(tally))),
            Builder::Survey(survey) => Made::Survey(survey),
        }
    }
}

/// A column of this kind made of numbers, or of dates in days, or the row and the text of the first that cannot be in it.
pub(super) fn of_numbers(
    values: Vec<f64>,
    present: Vec<bool>,
    is_date: bool,
    wanted: Kind,
) -> Result<Column, (usize, String)> {
    let text = |value: f64| is_date.then(|| date_text(value)).flatten().unwrap_or_else(|| value.to_string());
    Ok(match wanted {
        Kind::Category => {
            let texts: Vec<Option<String>> =
                values.iter().zip(&present).map(|(value, present)| present.then(|| text(*value))).collect();
            category(texts.iter().map(Option::as_deref))
        }
        Kind::Date if !is_date => match present.iter().position(|present| *present) {
            Some(row) => return Err((row, text(values[row]))),
            None => Column::Numeric(Numeric::with_gaps(values, present, true)),
        },
        Kind::Number | Kind::Date => {
            Column::Numeric(Numeric::with_gaps(values, present, wanted == Kind::Date))
        }
    })
}

/// Every text is a level as it is.
pub(super) fn category<'a>(texts: impl Iterator<Item = Option<&'a str>>) -> Column {
    let (mut levels, mut tally) = (Levels::default(), Tally::default());
    for (row, text) in texts.enumerate() {
        levels.push(text);
        if let Some(text) = text {
            tally.count(row, Field::read(text));
        }
    }
    Column::Category(levels.finish(tally))
}
