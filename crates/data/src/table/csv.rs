//! `Csv`: how a CSV file is written down, and how it is read into a table.

use super::Table;
use crate::source::{Options, Source};
use ndgrad_array::Result;
use std::io::Read;
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
/// make it one, and [`Table::numeric`] then says which line is to blame.
/// [`Tally::is_mostly_numeric`](super::Tally::is_mostly_numeric) tells such columns from real categories. One in which
/// every field is an ISO date or time holds numbers of days since 1970-01-01; see [`Source`].
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
    options: Options,
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
        self.options = self.options.delimiter(delimiter);
        self
    }

    /// Columns to read as categories even if all of their fields are numbers: postal codes, or what a model
    /// knows to be categories. The fields' texts become the levels.
    pub fn categories<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.options = self.options.categories(names);
        self
    }

    /// Reads the file at `path`, or standard input for `-`.
    ///
    /// The file is read as a [`Source`]: compressed or not, on all threads, once as a rule. If there are columns with
    /// numbers first and text much later, it is read anew.
    ///
    /// # Errors
    /// If the file cannot be read, is empty, has a header only, names a column twice or not at all, lacks one of
    /// the [`categories`](Self::categories), has a row with too few or too many fields, a quote that is never
    /// closed, or text that is not UTF-8.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Table> {
        Source::open(path, &self.options)?.table()
    }

    /// Reads text from anywhere; `name` stands for the file in messages. The text is held in memory meanwhile.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(&self, name: &str, reader: impl Read) -> Result<Table> {
        Source::from_reader(name, reader, &self.options)?.table()
    }

    pub(super) fn delimiter_for(&self, path: &Path) -> u8 {
        self.options.delimiter_for(path)
    }
}
