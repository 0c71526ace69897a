//! Writing a table as CSV.

use super::{Column, Table, date};
use ndgrad_array::{Error, Result, write_file};
use std::io::{self, BufWriter, Write};
use std::path::Path;

impl Table {
    /// Writes the table as a CSV file, whole or not at all: a temporary file beside it takes its place.
    /// Fields are separated by commas, or by tabs if the name ends in `.tsv` or `.tab`, so that
    /// [`read_csv`](Self::read_csv) reads the file back.
    ///
    /// Numbers are written in the shortest form that reads back to the same bits, missing values as empty
    /// fields, dates as ISO 8601 has them, to the millisecond. What a file cannot say comes back otherwise: a NaN or infinity as text, categories that look like
    /// numbers as numbers (unless they are [asked for](super::Csv::categories)), a level that looks missing as
    /// missing, spaces around a level not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<()> {
        let delimiter = super::Csv::new().delimiter_for(path.as_ref());
        write_file(path, |writer| self.write(writer, delimiter).map_err(Error::output))
    }

    /// Writes the table as CSV with commas, as [`write_csv`](Self::write_csv) does.
    ///
    /// # Errors
    /// If `writer` fails.
    pub fn to_csv(&self, writer: impl Write) -> Result<()> {
        let mut writer = BufWriter::new(writer);
        self.write(&mut writer, b',').and_then(|()| writer.flush()).map_err(Error::output)
    }

    fn write(&self, writer: &mut dyn Write, delimiter: u8) -> io::Result<()> {
        write_header(writer, self.names(), delimiter)?;
        self.write_rows(writer, delimiter)
    }

    /// Writes the rows without the header.
    pub(crate) fn write_rows(&self, writer: &mut dyn Write, delimiter: u8) -> io::Result<()> {
        // An empty line would be skipped as blank.
        let missing = if self.columns().len() == 1 { "\"\"" } else { "" };
        for row in 0..self.rows() {
            for (index, column) in self.columns().iter().enumerate() {
                separate(writer, index, delimiter)?;
                match column.is_missing(row) {
                    true => writer.write_all(missing.as_bytes())?,
                    false => write_field(writer, column, row, delimiter)?,
                }
            }
            writer.write_all(b"\n")?;
        }
        Ok(())
    }
}

/// The names of columns as the first line.
pub(crate) fn write_header<S: AsRef<str>>(
    writer: &mut dyn Write,
    names: &[S],
    delimiter: u8,
) -> io::Result<()> {
    for (index, name) in names.iter().enumerate() {
        separate(writer, index, delimiter)?;
        write_text(writer, name.as_ref(), delimiter)?;
    }
    writer.write_all(b"\n")
}

/// A value of a column; nothing where it is missing.
pub(super) fn write_field(
    writer: &mut dyn Write,
    column: &Column,
    row: usize,
    delimiter: u8,
) -> io::Result<()> {
    match column {
        Column::Numeric(numeric) => {
            let Some(value) = numeric.get(row) else { return Ok(()) };
            match numeric.is_dates().then(|| date::format(value)).flatten() {
                Some(date) => writer.write_all(date.as_bytes()),
                None => write_number(writer, value),
            }
        }
        Column::Category(category) => {
            category.get(row).map_or(Ok(()), |text| write_text(writer, text, delimiter))
        }
    }
}

fn separate(writer: &mut dyn Write, index: usize, delimiter: u8) -> io::Result<()> {
    if index == 0 { Ok(()) } else { writer.write_all(&[delimiter]) }
}

/// A number in the shortest form that reads back to the same bits.
pub(super) fn write_number(writer: &mut dyn Write, value: f64) -> io::Result<()> {
    let size = value.abs();
    if size != 0.0 && size.is_finite() && !(1e-5..1e16).contains(&size) {
        write!(writer, "{value:e}")
    } else {
        write!(writer, "{value}")
    }
}

/// A text, in double quotes where it needs them.
pub(super) fn write_text(writer: &mut dyn Write, text: &str, delimiter: u8) -> io::Result<()> {
    let special = |byte| byte == delimiter || matches!(byte, b'"' | b'\n' | b'\r');
    // A byte order mark at the beginning of a file would be taken for one.
    if text.is_empty() || text.starts_with('\u{feff}') || text.bytes().any(special) {
        write!(writer, "\"{}\"", text.replace('"', "\"\""))
    } else {
        writer.write_all(text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Numeric;

    fn number(value: f64) -> String {
        let mut text = Vec::new();
        write_number(&mut text, value).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn numbers_are_short() {
        let cases = [(1.0, "1"), (-0.0, "-0"), (0.1, "0.1"), (1e15, "1000000000000000"), (1e16, "1e16")];
        for (value, text) in cases.into_iter().chain([(1e-5, "0.00001"), (-2.5e-300, "-2.5e-300")]) {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(f64::MIN_POSITIVE).parse(), Ok(f64::MIN_POSITIVE));
    }

    #[test]
    fn quotes_where_they_are_needed() {
        let names = ["a,b", "c\"d", "e\nf", "g"];
        let table = Table::new("t", names.map(|name| (name, Numeric::from(vec![1.5]).into())));
        let mut text = Vec::new();
        table.to_csv(&mut text).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "\"a,b\",\"c\"\"d\",\"e\nf\",g\n1.5,1.5,1.5,1.5\n");
    }

    #[test]
    fn the_extension_chooses_the_delimiter() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.tsv");
        let column = || Numeric::from_iter([Some(1.0), None]).into();
        let table = Table::new("t", [("x", column()), ("y", column())]);
        table.write_csv(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "x\ty\n1\t1\n\t\n");
        assert_eq!(Table::read_csv(&path).unwrap(), table);
    }
}
