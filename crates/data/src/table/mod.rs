//! `Table`: named columns of equal length, as an analyst's CSV file holds them.

mod append;
mod category;
mod collect;
mod column;
mod csv;
mod date;
mod field;
mod file;
mod lines;
mod nearest;
mod number;
mod records;
#[cfg(test)]
mod tests;
mod write;

pub use append::append_column;
pub(crate) use append::{Appender, taken};
pub(crate) use category::Levels;
pub use category::{Category, Tally};
pub(crate) use collect::Collector;
pub use column::{Column, Numeric};
pub use csv::Csv;
pub use date::format as date_text;
pub use field::MISSING;
pub(crate) use field::{Field, Value, not_of_kind, shorten};
pub(crate) use file::open;
pub(crate) use lines::Lines;
pub use nearest::nearest;
pub(crate) use number::prefix;
pub(crate) use records::{Records, breaks, is_break};
pub(crate) use write::write_header;

use field::{excerpt, list, not_a_number};
use ndgrad_array::{Error, Place, Result};
use std::collections::HashMap;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// Named columns of equal length, each of numbers or of categories, any value of which may be missing.
///
/// ```
/// use ndgrad_data::Table;
/// let text = "height,weight,sex\n1.62,58,female\n1.80,NA,male\n";
/// let table = Table::from_csv("people.csv", text.as_bytes())?;
/// assert_eq!((table.rows(), table.names().len()), (2, 3));
/// assert_eq!(table.numeric("weight")?.get(1), None);
/// assert_eq!(table.category("sex")?.levels(), ["female", "male"]);
///
/// let error = table.column("hight").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "people.csv: there is no column \"hight\"; did you mean \"height\"?\n    \
///      The columns are \"height\", \"weight\", \"sex\"."
/// );
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Table {
    name: Arc<str>,
    header: Arc<Header>,
    columns: Vec<Column>,
    rows: usize,
    /// Where the rows stand in the file that they were read from.
    lines: Option<Lines>,
}

/// Names of columns, shared by all batches of a file.
#[derive(Debug)]
pub(crate) struct Header {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Header {
    pub fn new(names: Vec<String>) -> Self {
        Header { positions: names.iter().cloned().zip(0..).collect(), names }
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

impl Table {
    /// A table from columns made in the program. `name` stands in messages where a file's name would.
    ///
    /// # Panics
    /// If there is no column, if the columns differ in length, or if a name is empty or occurs twice.
    #[track_caller]
    pub fn new<S: Into<String>>(
        name: impl Into<String>,
        columns: impl IntoIterator<Item = (S, Column)>,
    ) -> Self {
        let (names, columns): (Vec<String>, Vec<Column>) =
            columns.into_iter().map(|(name, column)| (name.into(), column)).unzip();
        let rows = columns.first().expect("a table has at least one column").len();
        for (name, column) in names.iter().zip(&columns) {
            assert!(!name.is_empty(), "a column has no name");
            let (first, len) = (&names[0], column.len());
            assert!(len == rows, "column {name:?} has {len} rows, but {first:?} has {rows}");
        }
        let header = Header::new(names);
        assert!(header.positions.len() == header.names.len(), "a name occurs twice: {:?}", header.names);
        Table::assemble(name.into().into(), header.into(), rows, columns, None)
    }

    pub(crate) fn assemble(
        name: Arc<str>,
        header: Arc<Header>,
        rows: usize,
        columns: Vec<Column>,
        lines: Option<Lines>,
    ) -> Self {
        Table { name, header, columns, rows, lines }
    }

    /// Reads a CSV file as [`Csv`] describes it: with tabs between the fields if its name ends in `.tsv` or
    /// `.tab`, with commas otherwise.
    ///
    /// # Errors
    /// If the file cannot be read or is not CSV; the message names the line, and mostly the remedy.
    pub fn read_csv(path: impl AsRef<Path>) -> Result<Self> {
        Csv::new().read(path)
    }

    /// Reads CSV text from anywhere, as [`Csv::read_from`] does; `name` stands for the file in messages.
    ///
    /// # Errors
    /// If `reader` fails or the text is not CSV.
    pub fn from_csv(name: &str, reader: impl Read) -> Result<Self> {
        Csv::new().read_from(name, reader)
    }

    /// The file that the table was read from, or the name that it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// About how many bytes the columns take.
    pub fn bytes(&self) -> u64 {
        let size = |column: &Column| match column {
            Column::Numeric(numbers) => numbers.len() * (size_of::<f64>() + size_of::<bool>()),
            Column::Category(category) => {
                let texts = category.levels().iter().map(|level| size_of::<String>() + level.len());
                category.len() * size_of::<u32>() + texts.sum::<usize>()
            }
        };
        self.columns.iter().map(size).sum::<usize>() as u64
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> &[String] {
        &self.header.names
    }

    /// The columns, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The index of the column of this name.
    ///
    /// # Errors
    /// If there is none; the message suggests the nearest name.
    pub fn position(&self, name: &str) -> Result<usize> {
        self.header.position(name).ok_or_else(|| no_column(&self.name, name, self.names()))
    }

    /// The column of this name.
    ///
    /// # Errors
    /// If there is none; the message suggests the nearest name.
    pub fn column(&self, name: &str) -> Result<&Column> {
        Ok(&self.columns[self.position(name)?])
    }

    /// The numbers of the column of this name.
    ///
    /// # Errors
    /// If there is none, or if it holds categories; the message shows the first text that is not a number, with
    /// its line.
    pub fn numeric(&self, name: &str) -> Result<&Numeric> {
        match self.column(name)? {
            Column::Numeric(numeric) => Ok(numeric),
            Column::Category(category) => Err(self.not_numeric(name, category)),
        }
    }

    /// The categories of the column of this name.
    ///
    /// # Errors
    /// If there is none, or if it holds numbers.
    pub fn category(&self, name: &str) -> Result<&Category> {
        match self.column(name)? {
            Column::Category(category) => Ok(category),
            Column::Numeric(_) => {
                let message = "the column holds numbers, not categories\n    To use its numbers as names of categories, ask for that when the file is read.";
                Err(Error::content(Place::file(self.name.as_ref()).column(shorten(name)), message))
            }
        }
    }

    /// The line of the file at which `row` (counted from 0) begins, counted from 1; `None` if the table was not
    /// read from CSV.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn line(&self, row: usize) -> Option<u64> {
        assert!(row < self.rows, "row {row} of a table with {} rows", self.rows);
        self.lines.as_ref().map(|lines| lines.get(row))
    }

    /// The place of a value, for messages: the file, the line of `row`, and the column.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn place(&self, row: usize, column: &str) -> Place {
        let place = Place::file(self.name.as_ref()).column(shorten(column));
        match self.line(row) {
            Some(line) => place.line(line),
            None => place,
        }
    }

    fn not_numeric(&self, name: &str, category: &Category) -> Error {
        let tally = category.tally();
        let Some((row, text)) = tally.first_text() else {
            let message = "the column was read as categories\n    Its fields are all numbers; do not ask for categories when the file is read.";
            return Error::content(Place::file(self.name.as_ref()).column(shorten(name)), message);
        };
        let [reason, remedy] = not_a_number(text);
        let message = if tally.is_mostly_numeric() {
            let others = match (tally.numbers(), tally.texts()) {
                (0, 1) => "It is the column's only value.".to_string(),
                (1, 1) => "The column's other value is a number.".to_string(),
                (numbers, 1) => format!("The column's other {numbers} values are numbers."),
                (numbers, texts) => {
                    let numbers = match numbers {
                        0 => "no number".to_string(),
                        1 => "1 number".to_string(),
                        _ => format!("{numbers} numbers"),
                    };
                    format!("The column holds {numbers} and {texts} other texts; this is the first of them.")
                }
            };
            format!("{reason}\n    {others}\n    {remedy}")
        } else {
            let levels = list(category.levels());
            format!("{reason}\n    The column holds categories: {levels}.\n    Choose a column of numbers.")
        };
        Error::content(self.place(row, name), message)
    }
}

/// Equal names and equal columns in equal order, wherever they came from.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names() && self.columns == other.columns
    }
}

/// The error for a column that is not there.
pub(crate) fn no_column(file: &str, wanted: &str, names: &[String]) -> Error {
    let mut message = format!("there is no column {}", excerpt(wanted));
    if let Some(hint) = records::delimiter_hint(names) {
        message += &format!("\n    {hint}");
    } else {
        if let Some(name) = nearest(wanted, names.iter().map(String::as_str)) {
            message += &format!("; did you mean {}?", excerpt(name));
        }
        message += &match names {
            [only] => format!("\n    The only column is {}.", excerpt(only)),
            _ => format!("\n    The columns are {}.", list(names)),
        };
    }
    Error::content(Place::file(file), message)
}
