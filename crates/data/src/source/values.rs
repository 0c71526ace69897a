//! `Values`: what a file of columns holds in some rows of a column, and what a plan makes of it.

use std::sync::Arc;

use ndgrad_array::{Error, Place, Result};

use super::builder::{Builder, Made, Use, category, of_numbers};
use super::format::{Piece, Plan, Trouble};
use super::schema::Survey;
use super::{Kind, LeftOut};
use crate::table::{Column, not_of_kind, shorten};

/// The most rows of a batch.
pub(super) const ROWS: usize = 1 << 14;

/// The values of consecutive rows.
pub(super) enum Values {
    /// Numbers, or dates in days; those that are not there are NaN.
    Numbers { values: Vec<f64>, present: Vec<bool>, is_date: bool },
    /// Which of some texts each row has.
    Texts { texts: Arc<Texts>, places: Vec<Option<u32>> },
}

impl Values {
    /// A text for each row, those that are there.
    pub fn of_texts(texts: Texts, present: &[bool]) -> Values {
        let places = (0..).zip(present).map(|(place, present)| present.then_some(place)).collect();
        Values::Texts { texts: Arc::new(texts), places }
    }

    /// The values at these places, where they are present; none if there is no such place.
    pub fn chosen(&self, places: &[f64], present: &[bool], is_date: bool) -> Option<Values> {
        let place = |(place, present): (&f64, &bool)| match present {
            false => Some(None),
            true => ((0.0..self.len() as f64).contains(place)).then_some(Some(*place as usize)),
        };
        let chosen = places.iter().zip(present).map(place).collect::<Option<Vec<Option<usize>>>>()?;
        Some(match self {
            Values::Numbers { values, present, .. } => {
                let number =
                    |place: Option<usize>| place.filter(|&place| present[place]).map(|place| values[place]);
                let numbers = chosen.into_iter().map(number);
                let (values, present) =
                    numbers.map(|number| (number.unwrap_or(f64::NAN), number.is_some())).unzip();
                Values::Numbers { values, present, is_date }
            }
            Values::Texts { texts, places } => {
                let places = chosen.into_iter().map(|place| places[place?]).collect();
                Values::Texts { texts: texts.clone(), places }
            }
        })
    }

    /// These values and then others.
    pub fn followed_by(&self, others: &Values) -> Option<Values> {
        Some(match (self, others) {
            (
                Values::Numbers { values, present, is_date },
                Values::Numbers { values: more, present: and, .. },
            ) => Values::Numbers {
                values: [&values[..], more].concat(),
                present: [&present[..], and].concat(),
                is_date: *is_date,
            },
            (Values::Texts { texts, places }, Values::Texts { texts: more, places: and }) => {
                let count = texts.ends.len();
                let ends = more.ends.iter().map(|end| texts.all.len() + end);
                let all = Texts {
                    all: [&texts.all[..], &more.all].concat(),
                    ends: texts.ends.iter().copied().chain(ends).collect(),
                };
                let and = and.iter().map(|place| place.map(|place| place + count as u32));
                Values::Texts { texts: Arc::new(all), places: places.iter().copied().chain(and).collect() }
            }
            _ => return None,
        })
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        match self {
            Values::Numbers { values, .. } => values.len(),
            Values::Texts { places, .. } => places.len(),
        }
    }
}

/// Texts, one behind the other.
#[derive(Default)]
pub(super) struct Texts {
    all: String,
    /// Where each of them ends.
    ends: Vec<usize>,
}

impl Texts {
    /// Texts that end at these places; none if they are not UTF-8.
    pub fn new(all: Vec<u8>, ends: Vec<usize>) -> Option<Texts> {
        let all = String::from_utf8(all).ok()?;
        let mut start = 0;
        let are_texts = ends.iter().all(|&end| {
            let is_text = start <= end && all.is_char_boundary(end);
            start = end;
            is_text
        });
        are_texts.then_some(Texts { all, ends })
    }

    pub fn get(&self, place: u32) -> &str {
        let place = place as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.all[start..self.ends[place]]
    }
}

/// The values as a column of this kind, or the row and the text of the first that cannot be.
fn column(values: Values, wanted: Kind) -> Result<Column, (usize, String)> {
    let (texts, places) = match values {
        Values::Numbers { values, present, is_date } => return of_numbers(values, present, is_date, wanted),
        Values::Texts { texts, places } => (texts, places),
    };
    let count = places.len();
    let each = places.into_iter().map(|place| place.map(|place| texts.get(place)));
    if wanted == Kind::Category {
        return Ok(category(each));
    }
    let mut builder = Builder::new(Use::Column(wanted), count);
    for (row, text) in each.enumerate() {
        let text = text.unwrap_or_default();
        builder.push(row, text).map_err(|_| (row, text.to_string()))?;
    }
    match builder.finish() {
        Made::Column(column) => Ok(column),
        Made::Survey(_) => unreachable!("a column was asked for"),
    }
}

/// What is made of the values of a plan's columns; `first` is the number of their first row.
pub(super) fn piece(
    file: &str,
    names: &[String],
    plan: &Plan,
    (first, rows): (u64, usize),
    values: Vec<Values>,
) -> Result<Piece, Trouble> {
    let made = plan.columns.iter().zip(values).map(|((index, used), values)| {
        let Use::Column(wanted) = used else { return Ok(Made::Survey(Survey::default())) };
        column(values, *wanted).map(Made::Column).map_err(|(row, text)| {
            let message = format!("row {}: {}", first + row as u64 + 1, not_of_kind(&text, *wanted));
            Trouble::Kind(Error::content(Place::file(file).column(shorten(&names[*index])), message))
        })
    });
    Ok(Piece { rows, made: made.collect::<Result<_, _>>()?, lines: None })
}

/// The columns of a file: their names, their kinds and how they are read, or else what they are.
pub(super) type Fields<T> = Vec<(String, Result<(Kind, T), String>)>;

/// The columns of a file that can be read.
pub(super) struct Columns<T> {
    /// The names of those that can be read, all different.
    pub names: Arc<Vec<String>>,
    pub kinds: Vec<Kind>,
    /// How each of them is read.
    pub columns: Vec<T>,
    pub left_out: Vec<LeftOut>,
}

impl<T> Columns<T> {
    /// There must be at least one that can be read, and no two of one name.
    pub fn new(file: &str, fields: Fields<T>) -> Result<Columns<T>> {
        let mut sorted: Vec<&String> = fields.iter().map(|(name, _)| name).collect();
        sorted.sort_unstable();
        if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
            let message = format!(
                "two columns have the same name, {:?}\n    Give each a name of its own.",
                shorten(pair[0])
            );
            return Err(Error::content(Place::file(file), message));
        }
        let (mut names, mut kinds, mut columns, mut left_out) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (name, field) in fields {
            match field {
                Ok((kind, column)) => {
                    names.push(name);
                    kinds.push(kind);
                    columns.push(column);
                }
                Err(of) => {
                    let reason = format!("values of type {} cannot be read", shorten(&of));
                    left_out.push(LeftOut { name, reason });
                }
            }
        }
        if names.is_empty() {
            let message = match left_out.first() {
                None => "the file has no column".to_string(),
                Some(LeftOut { name, reason }) => {
                    format!(
                        "the file has no column of numbers, dates or texts: {:?} has {reason}",
                        shorten(name)
                    )
                }
            };
            return Err(Error::content(
                Place::file(file),
                format!("{message}\n    Write one with at least one."),
            ));
        }
        Ok(Columns { names: Arc::new(names), kinds, columns, left_out })
    }
}
