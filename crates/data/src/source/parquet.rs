//! Parquet files: the wanted columns in groups that are decoded side by side.

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use ndgrad_array::{Error, Place, Result};
use ndgrad_tensor::threads;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};

use super::arrow::{self, Columns, ROWS, piece};
use super::format::{Format, Piece, Plan, Trouble};
use super::guard::guarded;
use super::input::Input;
use super::ordered::{Task, Tasks};
use super::{Kind, LeftOut};

/// The most groups of columns.
const LANES: usize = 8;

/// Numbers in a batch, about, where columns are thousands.
const NUMBERS: usize = 1 << 20;

/// A Parquet file.
pub(super) struct Parquet {
    input: Input,
    metadata: ArrowReaderMetadata,
    columns: Columns,
    rows: u64,
}

impl Parquet {
    pub fn open(input: Input) -> Result<Parquet> {
        let file = input.file()?;
        let metadata = guarded(&input.name, || {
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| error.to_string())
        })?;
        let columns = arrow::columns(&input.name, metadata.schema())?;
        let rows = metadata.metadata().file_metadata().num_rows().max(0) as u64;
        Ok(Parquet { input, metadata, columns, rows })
    }

    fn lane(&self, columns: &[usize], rows: usize) -> Result<ParquetRecordBatchReader> {
        // Each lane has a file of its own: clones of one would share the place at which they read.
        let file = self.input.file()?;
        guarded(&self.input.name, || {
            let roots = columns.iter().map(|column| self.columns.places[*column]);
            let mask = ProjectionMask::roots(self.metadata.parquet_schema(), roots);
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
                .with_projection(mask)
                .with_batch_size(rows)
                .build()
                .map_err(|error| error.to_string())
        })
    }
}

/// A group of columns, and their next rows.
struct Lane {
    reader: ParquetRecordBatchReader,
    next: Option<Result<RecordBatch>>,
}

impl Format for Parquet {
    fn names(&self) -> &Arc<Vec<String>> {
        &self.columns.names
    }

    fn left_out(&self) -> &[LeftOut] {
        &self.columns.left_out
    }

    fn declared(&self) -> Option<(Vec<Kind>, Option<u64>)> {
        Some((self.columns.kinds.clone(), Some(self.rows)))
    }

    fn tasks(&self, plan: &Arc<Plan>) -> Result<Tasks<'static, Result<Piece, Trouble>>> {
        // The lanes' columns in the order of the file, and where each of them is wanted.
        let mut columns: Vec<(usize, usize)> =
            plan.columns.iter().enumerate().map(|(slot, (column, _))| (*column, slot)).collect();
        columns.sort_unstable();
        let rows = (NUMBERS / columns.len().max(1)).clamp(256, ROWS);
        let groups = columns.chunks(columns.len().div_ceil(LANES).max(1));
        let groups: Vec<Vec<usize>> =
            groups.map(|group| group.iter().map(|(column, _)| *column).collect()).collect();
        let groups = if groups.is_empty() { vec![Vec::new()] } else { groups };
        let lanes = groups.iter().map(|group| Ok(Lane { reader: self.lane(group, rows)?, next: None }));
        let mut lanes: Vec<Lane> = lanes.collect::<Result<_>>()?;
        let slots: Vec<usize> = columns.into_iter().map(|(_, slot)| slot).collect();
        let (file, names, plan) = (self.input.name.clone(), self.columns.names.clone(), plan.clone());
        let mut first = 0;
        Ok(Box::new(std::iter::from_fn(move || {
            // So much work that each lane is a piece of its own.
            threads::fill_pieces(&mut lanes, 1 << 20, 1, |_, lanes| {
                for lane in lanes {
                    let read = || lane.reader.next().transpose().map_err(|error| error.to_string());
                    lane.next = guarded(&file, read).transpose();
                }
            });
            let mut arrays: Vec<Option<ArrayRef>> = vec![None; slots.len()];
            let (mut rows, mut slot, mut ended) = (None, slots.iter(), 0);
            for lane in &mut lanes {
                match lane.next.take() {
                    None => ended += 1,
                    Some(Err(error)) => return Some(Err(error)),
                    Some(Ok(batch)) => {
                        if *rows.get_or_insert(batch.num_rows()) != batch.num_rows() {
                            return Some(Err(uneven(&file)));
                        }
                        batch
                            .columns()
                            .iter()
                            .zip(&mut slot)
                            .for_each(|(array, slot)| arrays[*slot] = Some(array.clone()));
                    }
                }
            }
            let rows = rows?;
            let arrays: Option<Vec<ArrayRef>> = arrays.into_iter().collect();
            let Some(arrays) = arrays.filter(|_| ended == 0) else { return Some(Err(uneven(&file))) };
            let range = (first, rows);
            first += rows as u64;
            let (file, names, plan) = (file.clone(), names.clone(), plan.clone());
            Some(Ok(Box::new(move || Ok(piece(&file, &names, &plan, range, &arrays))) as Task<'static, _>))
        })))
    }
}

fn uneven(file: &str) -> Error {
    let message = "the file is damaged: its columns have different numbers of rows\n    Write it again.";
    Error::content(Place::file(file), message)
}
