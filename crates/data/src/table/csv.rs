//! `Csv`: how a CSV file is written down, and how it is read into a table.

use super::category::{Levels, Tally};
use super::column::{Column, Numeric};
use super::field::{Field, Value};
use super::file::open;
use super::lines::Lines;
use super::records::Records;
use super::{Table, no_column};
use ndgrad_array::{Error, Place, Result};
use std::io::{Cursor, Read};
use std::path::Path;

/// How a CSV file is to be read.
///
/// The first line that is not blank is the header. Fields are separated by commas (or what
/// [`delimiter`](Self::delimiter) says) and may stand in double quotes, which protect delimiters, line breaks
/// and, doubled, quotes. Lines end in `\n`, `\r\n` or `\r`; blank lines are skipped; a byte order mark is
/// allowed; the text is UTF-8. Spaces around a field are ignored, quoted or not. An empty field and the
/// spellings of [`MISSING`](super::MISSING) are missing values.
///
/// A column is numeric if every field that is not missing is a finite number (`1`, `-2.5`, `.5`, `1e5`); so is
/// one in which everything is missing. Any other is a category column; `inf`, `nan` and `12,5` therefore
/// make it one, and [`Table::numeric`] then says which line is to blame. [`Tally::is_mostly_numeric`] tells such columns from
/// real categories.
///
/// ```
/// use ndgrad_data::Csv;
/// let text = "zone;price\n02;1,5\n";
/// let error = Csv::new().delimiter(b';').read_from("zones.csv", text.as_bytes())?.numeric("price").unwrap_err();
/// assert!(error.to_string().ends_with("Write it with a decimal point: 1.5"));
///
/// let zones = Csv::new().delimiter(b';').categories(["zone"]).read_from("zones.csv", text.as_bytes())?;
/// assert_eq!(zones.category("zone")?.get(0), Some("02"));
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Csv {
    delimiter: Option<u8>,
    categories: Vec<String>,
}

impl Csv {
    /// Commas, or tabs for a file whose name ends in `.tsv` or `.tab`; every column's type as its fields are.
    pub fn new() -> Self {
        Csv::default()
    }

    /// What separates the fields, whatever the file's name.
    ///
    /// # Panics
    /// If it is a double quote, a line break or not ASCII.
    #[track_caller]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        let usable = delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n' | b'\r');
        assert!(usable, "{:?} cannot separate fields", delimiter as char);
        self.delimiter = Some(delimiter);
        self
    }

    /// Columns to read as categories even if all of their fields are numbers: postal codes, or what a model
    /// knows to be categories. The fields' texts become the levels.
    pub fn categories<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.categories.extend(names.into_iter().map(Into::into));
        self
    }

    /// Reads the file at `path`.
    ///
    /// The file is read once as a stream, and once more if there are columns with numbers first and text later.
    /// What is not a regular file, a pipe for example, is held in memory as text meanwhile.
    ///
    /// # Errors
    /// If the file cannot be read, is empty, has a header only, names a column twice or not at all, lacks one of
    /// the [`categories`](Self::categories), has a row with too few or too many fields, a quote that is never
    /// closed, or text that is not UTF-8.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table> {
        let path = path.as_ref();
        let name = path.display().to_string();
        let csv = Csv { delimiter: Some(self.delimiter_for(path)), categories: self.categories.clone() };
        let (file, regular) = open(path)?;
        if !regular {
            return csv.read_from(&name, file);
        }
        drop(file);
        csv.parse(&name, || Ok(open(path)?.0))
    }

    /// Reads text from anywhere; `name` stands for the file in messages. The text is held in memory meanwhile.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(&self, name: &str, mut reader: impl Read) -> Result<Table> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|error| Error::file(name, "read", error))?;
        self.parse(name, || Ok(Cursor::new(&text)))
    }

    pub(super) fn delimiter_for(&self, path: &Path) -> u8 {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let tab = extension.eq_ignore_ascii_case("tsv") || extension.eq_ignore_ascii_case("tab");
        self.delimiter.unwrap_or(if tab { b'\t' } else { b',' })
    }

    /// Reads what `open` opens, twice if need be.
    ///
    /// A column counts as numeric until a text is met. If numbers came before it, their spelling is lost (`007`
    /// is not `7`), and rather than keeping the text of every number in case it is needed, such rare columns are
    /// read again.
    fn parse<R: Read>(&self, name: &str, open: impl Fn() -> Result<R>) -> Result<Table> {
        let mut records = Records::open(name, self.delimiter.unwrap_or(b','), open()?)?;
        let names = records.names();
        let mut builders: Vec<Builder> = (0..names.len()).map(Builder::new).collect();
        for wanted in &self.categories {
            let position = names.iter().position(|name| name == wanted);
            let position = position.ok_or_else(|| no_column(name, wanted, names))?;
            builders[position].content = Content::Category(Levels::default());
        }
        let lines = fill(&mut records, &mut builders)?;
        if lines.rows() == 0 {
            let message = "there is a header but no row below it\n    Add at least one line of values.";
            return Err(Error::content(Place::file(name), message));
        }
        let names = records.into_names();

        let mut again: Vec<Builder> = Vec::new();
        for builder in &builders {
            if matches!(builder.content, Content::Mixed) {
                let content = Content::Category(Levels::default());
                again.push(Builder { content, ..Builder::new(builder.column) });
            }
        }
        if !again.is_empty() {
            let mut records = Records::open(name, self.delimiter.unwrap_or(b','), open()?)?;
            if records.names() != names || fill(&mut records, &mut again)?.rows() != lines.rows() {
                let message =
                    "the file changed while it was being read\n    Read it again once it is complete.";
                return Err(Error::content(Place::file(name), message));
            }
            for builder in again {
                let column = builder.column;
                builders[column] = builder;
            }
        }
        let columns = builders.into_iter().map(Builder::finish).collect();
        Ok(Table::assemble(name.to_string(), names, columns, Some(lines)))
    }
}

/// Gives every record's fields to the builders of their columns.
fn fill<R: Read>(records: &mut Records<R>, builders: &mut [Builder]) -> Result<Lines> {
    let mut lines = Lines::default();
    while records.advance_row()? {
        for builder in builders.iter_mut() {
            builder.push(lines.rows(), Field::read(records.field(builder.column)));
        }
        lines.push(records.line());
    }
    Ok(lines)
}

/// A column in the making.
struct Builder {
    column: usize,
    tally: Tally,
    content: Content,
}

enum Content {
    Numeric(Numeric),
    Category(Levels),
    /// Text was met after numbers: to be read again.
    Mixed,
}

impl Builder {
    fn new(column: usize) -> Self {
        Builder { column, tally: Tally::default(), content: Content::Numeric(Numeric::default()) }
    }

    fn push(&mut self, row: usize, field: Field<'_>) {
        self.tally.count(row, field);
        match (&mut self.content, field.value) {
            (Content::Mixed, _) => {}
            (Content::Numeric(numeric), Value::Number(number)) => numeric.push(Some(number)),
            (Content::Numeric(numeric), Value::Missing) => numeric.push(None),
            (Content::Category(levels), Value::Missing) => levels.push(None),
            (Content::Category(levels), _) => levels.push(Some(field.text)),
            (Content::Numeric(_), _) if self.tally.numbers() > 0 => self.content = Content::Mixed,
            (Content::Numeric(_), _) => {
                let mut levels = Levels::after_missing(row);
                levels.push(Some(field.text));
                self.content = Content::Category(levels);
            }
        }
    }

    fn finish(self) -> Column {
        match self.content {
            Content::Numeric(numeric) => Column::Numeric(numeric),
            Content::Category(levels) => Column::Category(levels.finish(self.tally)),
            Content::Mixed => unreachable!("mixed columns are read again"),
        }
    }
}
