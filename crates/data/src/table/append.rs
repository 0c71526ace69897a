//! `append_column`: copy a CSV file and add one column at its end.

use super::field::excerpt;
use super::records::Records;
use super::write::{write_field, write_text};
use super::{Column, Csv, Numeric};
use crate::source::Input;
use ndgrad_array::{Error, Place, Result};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

/// Copies the CSV file at `input` byte by byte, with a column `name` of `values` added at its end; a missing
/// value becomes an empty field. See [`Csv::append_column`] for files with another delimiter.
///
/// ```
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("flats.csv");
/// std::fs::write(&path, "area,city\r\n040.50,\"Köln, Süd\"\r\n55,Bonn\r\n").unwrap();
/// let mut output = Vec::new();
/// ndgrad_data::append_column(&path, &mut output, "predicted", &[Some(812.5), None])?;
/// assert_eq!(
///     String::from_utf8(output).unwrap(),
///     "area,city,predicted\r\n040.50,\"Köln, Süd\",812.5\r\n55,Bonn,\r\n"
/// );
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
///
/// # Errors
/// If the file cannot be read, has a column of that name already, or has another number of rows than there are
/// values; if `output` fails (then [`Error::File`] holds the reason, a broken pipe for example).
pub fn append_column(
    input: impl AsRef<Path>,
    output: impl Write,
    name: &str,
    values: &[Option<f64>],
) -> Result<()> {
    Csv::new().append_column(input, output, name, values)
}

impl Csv {
    /// As the function [`append_column`], for a file with this delimiter. Give it to
    /// [`write_file`](crate::write_file) to write a file whole or not at all.
    ///
    /// # Errors
    /// As for the function.
    pub fn append_column(
        &self,
        input: impl AsRef<Path>,
        output: impl Write,
        name: &str,
        values: &[Option<f64>],
    ) -> Result<()> {
        let column = Column::from(Numeric::from_iter(values.iter().copied()));
        self.append_columns(input, output, &[(name, &column)])
    }

    /// As [`append_column`](Self::append_column), with several columns, of numbers or of texts, by their names.
    ///
    /// # Errors
    /// As [`append_column`](Self::append_column).
    ///
    /// # Panics
    /// If one column has another number of values than the first.
    #[track_caller]
    pub fn append_columns(
        &self,
        input: impl AsRef<Path>,
        output: impl Write,
        columns: &[(&str, &Column)],
    ) -> Result<()> {
        let path = input.as_ref();
        let count = columns.first().map_or(0, |(_, column)| column.len());
        assert!(
            columns.iter().all(|(_, column)| column.len() == count),
            "append_columns: the columns must have as many values as each other"
        );
        let delimiter = self.delimiter_for(path);
        let records = Records::open(&path.display().to_string(), delimiter, Input::open(path)?.read()?)?;
        let (names, columns): (Vec<&str>, Vec<&Column>) = columns.iter().copied().unzip();
        let mut appender = Appender::new(records, output, &names)?;
        appender.append(&columns, count)?;
        appender.finish()
    }
}

/// A text file on its way to a copy with more columns.
pub(crate) struct Appender<R, W: Write> {
    records: Records<R>,
    output: BufWriter<W>,
    rows: usize,
    values: usize,
}

impl<R: Read, W: Write> Appender<R, W> {
    /// Writes the header, after which `records` stands.
    pub fn new<S: AsRef<str>>(records: Records<R>, output: W, names: &[S]) -> Result<Self> {
        if let Some(name) = names.iter().find(|name| records.names().iter().any(|own| own == name.as_ref())) {
            return Err(taken(records.here(), name.as_ref()));
        }
        let mut output = BufWriter::new(output);
        let delimiter = records.delimiter();
        let header =
            |writer: &mut dyn Write, column: usize| write_text(writer, names[column].as_ref(), delimiter);
        copy(&mut output, records.bytes(), delimiter, names.len(), header).map_err(Error::output)?;
        Ok(Appender { records, output, rows: 0, values: 0 })
    }

    /// Writes so many more rows, with the values of these columns.
    pub fn append(&mut self, columns: &[&Column], count: usize) -> Result<()> {
        let delimiter = self.records.delimiter();
        self.values += count;
        for row in 0..count {
            if !self.records.advance_row()? {
                break;
            }
            let field =
                |writer: &mut dyn Write, column: usize| write_field(writer, columns[column], row, delimiter);
            copy(&mut self.output, self.records.bytes(), delimiter, columns.len(), field)
                .map_err(Error::output)?;
            self.rows += 1;
        }
        Ok(())
    }

    /// Writes what follows the last row.
    pub fn finish(mut self) -> Result<()> {
        while self.records.advance_row()? {
            self.rows += 1;
        }
        if self.rows != self.values {
            let message = format!(
                "the file has {} row(s), but there are {} value(s) for them\n    Did the file change meanwhile? Then try again.",
                self.rows, self.values
            );
            return Err(Error::content(Place::file(self.records.file()), message));
        }
        let (rest, _) = self.records.bytes();
        self.output.write_all(rest).and_then(|()| self.output.flush()).map_err(Error::output)
    }
}

/// The error for a column that is there already.
pub(crate) fn taken(place: Place, name: &str) -> Error {
    let message =
        format!("there is already a column {}\n    Rename it or remove it, then try again.", excerpt(name));
    Error::content(place, message)
}

/// Writes a record as it stands in the file, with so many more fields before its line break.
fn copy(
    writer: &mut dyn Write,
    (gap, record): (&[u8], &[u8]),
    delimiter: u8,
    count: usize,
    field: impl Fn(&mut dyn Write, usize) -> io::Result<()>,
) -> io::Result<()> {
    // The last record may have no line break.
    let fields = record.strip_suffix(b"\n").or(record.strip_suffix(b"\r")).unwrap_or(record);
    writer.write_all(gap)?;
    writer.write_all(fields)?;
    for more in 0..count {
        writer.write_all(&[delimiter])?;
        field(writer, more)?;
    }
    writer.write_all(&record[fields.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Category;
    use std::fs;

    fn append(text: &str, values: &[Option<f64>]) -> (String, Result<()>) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        fs::write(&path, text).unwrap();
        let mut output = Vec::new();
        let result = append_column(&path, &mut output, "p", values);
        (String::from_utf8(output).unwrap(), result)
    }

    /// The message, with the file's name only.
    fn refusal(text: &str, values: &[Option<f64>]) -> String {
        let message = append(text, values).1.unwrap_err().to_string();
        message[message.find("a.csv").unwrap()..].to_string()
    }

    #[test]
    fn everything_else_stays_as_it_was() {
        let text = "\u{feff} a , \"b\"\"\"\r\n\r\n\"1\n2\",x\r\n 007 ,\"\"\r\n\n";
        let (output, result) = append(text, &[Some(0.1), None]);
        result.unwrap();
        assert_eq!(output, "\u{feff} a , \"b\"\"\",p\r\n\r\n\"1\n2\",x,0.1\r\n 007 ,\"\",\r\n\n");
    }

    #[test]
    fn lone_returns_and_a_last_line_without_a_break() {
        assert_eq!(append("a\r1\r2", &[Some(1.0), Some(2.0)]).0, "a,p\r1,1\r2,2");
        assert_eq!(append("a\n\"\"", &[Some(1e300)]).0, "a,p\n\"\",1e300");
    }

    #[test]
    fn several_columns_stand_in_their_order() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        fs::write(&path, "a\n1\n2\n").unwrap();
        let mut output = Vec::new();
        let p = Column::from(Numeric::from_iter([Some(1.5), None]));
        let q = Column::from(Category::from_iter([Some("b, c"), Some("d")]));
        Csv::new().append_columns(&path, &mut output, &[("p", &p), ("q", &q)]).unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "a,p,q\n1,1.5,\"b, c\"\n2,,d\n");
    }

    #[test]
    fn refusals() {
        assert_eq!(
            refusal("x,p\n1,2\n", &[None]),
            "a.csv:1: there is already a column \"p\"\n    Rename it or remove it, then try again."
        );
        for values in [&[][..], &[None; 2]] {
            assert_eq!(
                refusal("x\n1\n", values),
                format!(
                    "a.csv: the file has 1 row(s), but there are {} value(s) for them\n    \
                     Did the file change meanwhile? Then try again.",
                    values.len()
                )
            );
        }
        assert!(refusal("x,y\n1\n", &[None]).starts_with("a.csv:2: this row has 1 field"));
    }

    #[test]
    fn a_broken_pipe_can_be_told() {
        struct Broken;
        impl Write for Broken {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.csv");
        fs::write(&path, "a\n1\n").unwrap();
        let error = append_column(&path, Broken, "p", &[None]).unwrap_err();
        assert!(matches!(error, Error::File { source, .. } if source.kind() == io::ErrorKind::BrokenPipe));
    }
}
