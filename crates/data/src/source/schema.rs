//! `Schema`: the columns of a file and what kind of values they hold.

use crate::table::Value;
use std::fmt;

/// What kind of values a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Finite numbers: a [`Numeric`](crate::Numeric) column.
    Number,
    /// Dates or times: a [`Numeric`](crate::Numeric) column of days since 1970-01-01.
    Date,
    /// Names of categories, whatever they look like: a [`Category`](crate::Category) column.
    Category,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Number => "number",
            Kind::Date => "date",
            Kind::Category => "category",
        })
    }
}

/// One column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

/// A column of a file that no table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub name: String,
    /// Why: `values of type Struct(…) cannot be read`.
    pub reason: String,
}

/// The columns of a file, known for certain: every value was looked at, or the file itself says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// The columns, in the order of the file.
    pub variables: Vec<Variable>,
    /// The number of rows.
    pub rows: u64,
}

/// What the fields of a column look like, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Survey {
    pub numbers: u64,
    pub dates: u64,
    pub texts: u64,
}

impl Survey {
    pub fn count(&mut self, value: Value) {
        match value {
            Value::Missing => {}
            Value::Number(_) => self.numbers += 1,
            Value::Date(_) => self.dates += 1,
            Value::Almost | Value::Text => self.texts += 1,
        }
    }

    pub fn add(&mut self, other: &Survey) {
        self.numbers += other.numbers;
        self.dates += other.dates;
        self.texts += other.texts;
    }

    /// The kind of a column with these fields; one in which all is missing is numeric.
    pub fn kind(&self) -> Kind {
        match (self.numbers, self.dates, self.texts) {
            (_, 0, 0) => Kind::Number,
            (0, _, 0) => Kind::Date,
            _ => Kind::Category,
        }
    }
}
