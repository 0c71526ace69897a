//! A source's rows as CSV, with more columns at their end.

use super::Source;
use crate::table::{Appender, Column, Header, Table, taken, write_header};
use ndgrad_array::{Error, Place, Result};
use std::io::{BufWriter, Write};
use std::sync::Arc;

impl Source {
    /// Writes all rows as CSV, with columns of these names at their end, whose values `make` makes of each table of
    /// `columns`, one table after the other.
    ///
    /// The rows of a text file are copied byte by byte, decompressed, with its own delimiter; those of any other are written
    /// with `delimiter`, as [`Table::write_csv`] writes them, and `make` is given all columns of these. A missing value
    /// is an empty field. Give it to [`write_file`](crate::write_file) to write a file whole or not at all.
    ///
    /// ```
    /// use ndgrad_data::{Column, Numeric, Options, Source};
    ///
    /// let text = "area;city\r\n040.50;\"Köln; Süd\"\r\n55;Bonn\r\n";
    /// let source = Source::from_reader("flats.csv", text.as_bytes(), &Options::new().delimiter(b';'))?;
    /// let mut output = Vec::new();
    /// source.append(&["area"], &mut output, b',', &["twice"], |table| {
    ///     let twice = table.numeric("area")?.iter().map(|area| area.map(|area| 2.0 * area));
    ///     Ok(vec![Column::from(Numeric::from_iter(twice))])
    /// })?;
    /// let expected = "area;city;twice\r\n040.50;\"Köln; Süd\";81\r\n55;Bonn;110\r\n";
    /// assert_eq!(String::from_utf8(output).unwrap(), expected);
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`tables`](Self::tables); if there is a column of one of these names already; what `make` returns; if `output`
    /// fails (then [`Error::File`] holds the reason, a broken pipe for example). Some rows may be written then.
    ///
    /// # Panics
    /// If `make` does not make a column for each name with a value for each row, or one of `columns` occurs twice.
    #[track_caller]
    pub fn append<S: AsRef<str>, N: AsRef<str>>(
        &self,
        columns: &[S],
        output: impl Write,
        delimiter: u8,
        names: &[N],
        mut make: impl FnMut(&Table) -> Result<Vec<Column>>,
    ) -> Result<()> {
        let mut checked = |table: &Table| {
            let made = make(table)?;
            let fits = made.len() == names.len() && made.iter().all(|column| column.len() == table.rows());
            assert!(fits, "append: one column is made for each name, with a value for each row");
            Ok::<_, Error>(made)
        };
        if let Some(records) = self.format.records() {
            let mut appender = Appender::new(records?, output, names)?;
            for table in self.tables(columns)? {
                let table = table?;
                let made = checked(&table)?;
                appender.append(&made.iter().collect::<Vec<_>>(), table.rows())?;
            }
            return appender.finish();
        }
        let own = self.names();
        if let Some(name) = names.iter().find(|name| own.iter().any(|own| own == name.as_ref())) {
            return Err(taken(Place::file(self.name()), name.as_ref()));
        }
        let all: Vec<String> =
            own.iter().cloned().chain(names.iter().map(|name| name.as_ref().to_string())).collect();
        let header = Arc::new(Header::new(all));
        let mut output = BufWriter::new(output);
        let mut first = true;
        for table in self.tables(own)? {
            let table = table?;
            let columns = table.columns().iter().cloned().chain(checked(&table)?).collect();
            let table = Table::assemble(self.name.clone(), header.clone(), table.rows(), columns, None);
            if std::mem::take(&mut first) {
                write_header(&mut output, table.names(), delimiter).map_err(Error::output)?;
            }
            table.write_rows(&mut output, delimiter).map_err(Error::output)?;
        }
        output.flush().map_err(Error::output)
    }
}
