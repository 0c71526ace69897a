//! `append_column`: copy a CSV file and add one column at its end.

use super::field::excerpt;
use super::records::Records;
use super::write::{write_number, write_text};
use super::{Column, Csv, Numeric};
use crate::source::Input;
use ndgrad_array::{Error, Place, Result};
use std::io::{self, BufWriter, Write};
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
    pub fn append_columns(
        &self,
        input: impl AsRef<Path>,
        output: impl Write,
        columns: &[(&str, &Column)],
    ) -> Result<()> {
        let path = input.as_ref();
        let delimiter = self.delimiter_for(path);
        let mut records = Records::open(&path.display().to_string(), delimiter, Input::open(path)?.read()?)?;
        if let Some((name, _)) =
            columns.iter().find(|(name, _)| records.names().iter().any(|own| own == name))
        {
            let message = format!(
                "there is already a column {}\n    Rename it or remove it, then try again.",
                excerpt(name)
            );
            return Err(Error::content(Place::from(path).line(records.line()), message));
        }
        let mut output = BufWriter::new(output);
        let header = |writer: &mut dyn Write, column: usize| write_text(writer, columns[column].0, delimiter);
        copy(&mut output, records.bytes(), delimiter, columns.len(), header).map_err(Error::output)?;
        let mut rows = 0;
        while records.advance_row()? {
            let field = |writer: &mut dyn Write, column: usize| match columns[column].1 {
                column if rows >= column.len() => Ok(()),
                Column::Numeric(numbers) => {
                    numbers.get(rows).map_or(Ok(()), |value| write_number(writer, value))
                }
                Column::Category(category) => {
                    category.get(rows).map_or(Ok(()), |text| write_text(writer, text, delimiter))
                }
            };
            copy(&mut output, records.bytes(), delimiter, columns.len(), field).map_err(Error::output)?;
            rows += 1;
        }
        if let Some((_, column)) = columns.iter().find(|(_, column)| column.len() != rows) {
            let message = format!(
                "the file has {rows} row(s), but there are {} value(s) for them\n    Did the file change meanwhile? Then try again.",
                column.len()
            );
            return Err(Error::content(Place::from(path), message));
        }
        let (rest, _) = records.bytes();
        output.write_all(rest).and_then(|()| output.flush()).map_err(Error::output)
    }
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
