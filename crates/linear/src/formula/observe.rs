//! `Observed`: the rows of tables as observations.

use std::collections::HashMap;

use ndgrad_array::{Error, Result};
use ndgrad_data::{Column, Table};

use super::batch::{Batch, Values};
use super::info::{DesignInfo, bits};
use super::learn::no_rows;
use super::table_source::TableSource;
use crate::observations::{Block, InMemory, Observations};

/// Rows of tables, encoded as a design says, block by block: what [`DesignInfo::observe`] gives.
pub struct Observed<'a, T> {
    info: &'a DesignInfo,
    tables: T,
    rows: u64,
    dropped: u64,
    clusters: Clusters,
}

/// The clusters met so far, numbered by first appearance.
#[derive(Default)]
struct Clusters {
    texts: HashMap<String, u32>,
    numbers: HashMap<u64, u32>,
}

impl Clusters {
    fn next(&self) -> u32 {
        (self.texts.len() + self.numbers.len()) as u32
    }

    fn of(&mut self, batch: &Batch<'_>, name: &str, rows: std::ops::Range<usize>) -> Result<Vec<u32>> {
        let mut found = Vec::with_capacity(rows.len());
        match batch.table.column(name)? {
            Column::Category(category) => {
                for row in rows {
                    let text = category.get(batch.row(row)).unwrap_or_default();
                    let next = self.next();
                    found.push(match self.texts.get(text) {
                        Some(number) => *number,
                        None => *self.texts.entry(text.to_string()).or_insert(next),
                    });
                }
            }
            Column::Numeric(numbers) => {
                for row in rows {
                    let next = self.next();
                    found.push(*self.numbers.entry(bits(numbers.values()[batch.row(row)])).or_insert(next));
                }
            }
        }
        Ok(found)
    }
}

/// Rows of a table, encoded for prediction.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DesignRows {
    /// The rows of the table that lack nothing, counted from 0.
    pub rows: Vec<usize>,
    /// The columns of the design, row after row, without the intercept.
    pub x: Vec<f64>,
    /// What is added to the linear predictor of each row.
    pub offset: Option<Vec<f64>>,
}

impl DesignInfo {
    /// The rows of `tables` as observations. They stream: no more than one table and one block of rows is in memory.
    /// Encoding takes all threads; the blocks do not depend on how many there are.
    pub fn observe<T: TableSource>(&self, tables: T) -> Observed<'_, T> {
        Observed { info: self, tables, rows: 0, dropped: 0, clusters: Clusters::default() }
    }

    /// The rows of a table that have a value wherever the terms need one. The target need not be there.
    ///
    /// # Errors
    /// If a column is missing or does not hold what the design was learned from, if a row holds a level that is not
    /// known, or if a function has no finite value; the message names the line.
    pub fn encode(&self, table: &Table) -> Result<DesignRows> {
        let batch = Batch::new(self, table, false)?;
        let all = 0..batch.rows();
        let mut x = vec![0.0; batch.rows() * self.names().len()];
        batch.encode(all.clone(), &mut x)?;
        let offset = match &self.options.offset {
            Some(name) => Some(number(&batch, name, all.clone(), |value| value.is_finite())?),
            None => None,
        };
        Ok(DesignRows { rows: all.map(|row| batch.row(row)).collect(), x, offset })
    }

    /// The rows of a table that training uses: those that have all that it reads.
    ///
    /// # Errors
    /// If a column is missing or of another kind.
    pub fn used_rows(&self, table: &Table) -> Result<Vec<usize>> {
        let batch = Batch::new(self, table, true)?;
        Ok((0..batch.rows()).map(|row| batch.row(row)).collect())
    }
}

/// A column that stands beside the design.
fn number(
    batch: &Batch<'_>,
    name: &str,
    rows: std::ops::Range<usize>,
    fits: impl Fn(f64) -> bool,
) -> Result<Vec<f64>> {
    let Some(input) = batch.info.input(name) else { return Ok(Vec::new()) };
    let start = rows.start;
    let values = batch.numbers(input, rows)?.into_owned();
    match values.iter().position(|&value| !fits(value)) {
        Some(place) => Err(Error::content(
            batch.table.place(batch.row(start + place), name),
            format!(
                "{} cannot stand here\n    weights are at least 0, and all numbers finite",
                values[place]
            ),
        )),
        None => Ok(values),
    }
}

impl<T: TableSource> Observed<'_, T> {
    /// The number of rows that the last pass used.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The number of rows that the last pass left out, for lack of a value.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The design.
    pub fn info(&self) -> &DesignInfo {
        self.info
    }

    /// All rows, in memory.
    ///
    /// # Errors
    /// As a pass.
    pub fn collect(&mut self) -> Result<InMemory> {
        let mut all = InMemory {
            names: self.info.names().to_vec(),
            intercept: self.info.has_intercept(),
            ..InMemory::default()
        };
        self.pass(&mut |block| {
            all.x.extend(block.x);
            all.y.extend(block.y);
            let extend = |whole: &mut Option<Vec<f64>>, part: Option<&[f64]>| {
                if let Some(part) = part {
                    whole.get_or_insert_default().extend(part);
                }
            };
            extend(&mut all.weights, block.weights);
            extend(&mut all.offset, block.offset);
            if let Some(clusters) = block.clusters {
                all.clusters.get_or_insert_default().extend(clusters);
            }
            Ok(())
        })?;
        Ok(all)
    }
}

impl<T: TableSource> Observations for Observed<'_, T> {
    fn names(&self) -> &[String] {
        self.info.names()
    }

    fn has_intercept(&self) -> bool {
        self.info.has_intercept()
    }

    fn in_memory(&self) -> bool {
        self.tables.in_memory()
    }

    /// # Errors
    /// As [`DesignInfo::encode`], and if the target or a weight is not finite, a weight is negative, or no row is left.
    fn pass(&mut self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()> {
        let info = self.info;
        let width = info.names().len();
        let (mut rows, mut total) = (0u64, 0u64);
        let (mut x, mut gaps) = (Vec::new(), vec![0; info.inputs.len()]);
        let clusters = &mut self.clusters;
        self.tables.pass(&info.columns(true), &mut |table| {
            let batch = Batch::new(info, table, true)?;
            total += table.rows() as u64;
            batch.count_gaps(&mut gaps);
            for part in InMemory::parts(batch.rows(), width) {
                x.resize(part.len() * width, 0.0);
                batch.encode(part.clone(), &mut x)?;
                let y = match batch.values(info.factors.len(), part.clone())? {
                    Values::Columns(mut columns) => columns.remove(0),
                    Values::Levels(levels) => levels.into_iter().map(f64::from).collect(),
                };
                let options = &info.options;
                let column = |name: &Option<String>, fits: fn(f64) -> bool| match name {
                    Some(name) => number(&batch, name, part.clone(), fits).map(Some),
                    None => Ok(None),
                };
                let weights = column(&options.weights, |weight| weight.is_finite() && weight >= 0.0)?;
                let offset = column(&options.offset, f64::is_finite)?;
                let clusters = match &options.clusters {
                    Some(name) => Some(clusters.of(&batch, name, part.clone())?),
                    None => None,
                };
                visit(&Block {
                    first: rows,
                    x: &x,
                    y: &y,
                    weights: weights.as_deref(),
                    offset: offset.as_deref(),
                    clusters: clusters.as_deref(),
                })?;
                rows += part.len() as u64;
            }
            Ok(())
        })?;
        (self.rows, self.dropped) = (rows, total - rows);
        match rows {
            0 => Err(no_rows(info, total as usize, &gaps)),
            _ => Ok(()),
        }
    }
}
