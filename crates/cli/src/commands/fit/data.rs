//! `Data`: the rows of a fit, in memory where they fit and read from the file for each pass where they do not.

use std::io::Read;
use std::path::Path;

use ndgrad::Result;
use ndgrad::data::{Options, Source, Table, samples};
use ndgrad::linear::{ColumnInfo, DesignInfo, DesignOptions, Formula, Observed, TableSource};

use crate::number::grouped;
use crate::progress::Progress;

/// The rows of a file, as often as they are read.
pub struct Data {
    source: Source,
    /// All rows of the columns that are read, if they are not too large.
    table: Option<Table>,
    rows: u64,
}

impl Data {
    /// The file, or the embedded penguins.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn open(file: Option<&Path>, options: &Options) -> Result<Data> {
        let source = match file {
            Some(path) => Source::open(path, options)?,
            None => Source::from_reader("penguins.csv", samples::PENGUINS.as_bytes().by_ref(), options)?,
        };
        Ok(Data { source, table: None, rows: 0 })
    }

    /// Reads what the formula needs, and keeps it if it takes at most so many bytes of memory.
    ///
    /// # Errors
    /// What is wrong with the file, or as [`Formula::learn`].
    pub fn learn(&mut self, formula: &Formula, options: &DesignOptions, memory: u64) -> Result<DesignInfo> {
        let all = self.source.names();
        let named = formula.columns();
        let beside = [&options.weights, &options.offset, &options.clusters];
        let wanted = |name: &str| {
            formula.uses_all()
                || named.contains(&name)
                || beside.iter().any(|column| column.as_deref() == Some(name))
        };
        let columns: Vec<&str> = all.iter().map(String::as_str).filter(|name| wanted(name)).collect();
        if !columns.is_empty() {
            self.table = self.source.table_within(&columns, memory)?;
        }
        self.rows = match &self.table {
            Some(table) => table.rows() as u64,
            // What the columns hold must be certain before they are used.
            None => self.source.schema()?.rows,
        };
        formula.learn(self, options)
    }

    /// The file's name.
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// The file.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The number of rows of the file.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The rows as a design sees them.
    pub fn observe<'a>(&'a mut self, design: &'a DesignInfo) -> Observed<'a, &'a mut Data> {
        design.observe(self)
    }
}

impl TableSource for Data {
    fn columns(&mut self) -> Result<Vec<ColumnInfo>> {
        let mut columns = TableSource::columns(&mut &self.source)?;
        if let Some(mut table) = self.table.as_ref() {
            let known = TableSource::columns(&mut table)?;
            for found in known.into_iter().filter(|found| found.unfit.is_some()) {
                let own = columns.iter_mut().filter(|column| column.name == found.name);
                own.for_each(|column| column.unfit.clone_from(&found.unfit));
            }
        }
        Ok(columns)
    }

    fn in_memory(&self) -> bool {
        self.table.is_some()
    }

    fn pass(&mut self, names: &[String], visit: &mut dyn FnMut(&Table) -> Result<()>) -> Result<()> {
        if let Some(table) = &self.table {
            return visit(table);
        }
        let mut progress = Progress::new(Some(self.rows), "row");
        for table in self.source.tables(names)? {
            let table = table?;
            visit(&table)?;
            progress.advance(table.rows() as u64, || format!("of {}", grouped(self.rows as usize)));
        }
        Ok(())
    }
}
