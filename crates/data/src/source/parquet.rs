//! Parquet files: the wanted columns in groups that are decoded side by side.

use std::fs::File;
use std::sync::Arc;

use ndgrad_array::{Error, Place, Result};
use ndgrad_tensor::threads;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::format::{Format, Piece, Plan, Trouble};
use super::guard::guarded;
use super::input::Input;
use super::leaf::{Leaf, Reader};
use super::ordered::{Task, Tasks};
use super::values::{Columns, ROWS, Values, piece};
use super::{Kind, LeftOut};

/// The most groups of columns.
const LANES: usize = 8;

/// Numbers in a batch, about, where columns are thousands.
const NUMBERS: usize = 1 << 20;

/// A Parquet file.
pub(super) struct Parquet {
    input: Input,
    metadata: Arc<ParquetMetaData>,
    columns: Columns<Leaf>,
    rows: u64,
}

impl Parquet {
    pub fn open(input: Input) -> Result<Parquet> {
        let file = input.file()?;
        let (metadata, fields) = guarded(&input.name, || {
            let metadata = ParquetMetaDataReader::new().parse_and_finish(&file);
            let metadata = metadata.map_err(|error| error.to_string())?;
            let fields = Leaf::all(metadata.file_metadata().schema_descr());
            Ok((metadata, fields))
        })?;
        let columns = Columns::new(&input.name, fields)?;
        let rows = metadata.row_groups().iter().map(|group| group.num_rows().max(0) as u64).sum();
        Ok(Parquet { input, metadata: Arc::new(metadata), columns, rows })
    }

    fn lane(&self, columns: &[usize]) -> Result<Lane> {
        // Each lane has a file of its own: clones of one would share the place at which they read.
        let file = Arc::new(self.input.file()?);
        let reader =
            |&column: &usize| Reader::new(file.clone(), self.metadata.clone(), self.columns.columns[column]);
        Ok(Lane { readers: columns.iter().map(reader).collect(), next: None })
    }
}

/// A group of columns, and their next rows.
struct Lane {
    readers: Vec<Reader<File>>,
    next: Option<Result<Vec<Values>>>,
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
        let most = (NUMBERS / columns.len().max(1)).clamp(256, ROWS);
        let groups = columns.chunks(columns.len().div_ceil(LANES).max(1));
        let groups = groups.map(|group| group.iter().map(|(column, _)| *column).collect::<Vec<_>>());
        let mut lanes: Vec<Lane> = groups.map(|group| self.lane(&group)).collect::<Result<_>>()?;
        let slots: Vec<usize> = columns.into_iter().map(|(_, slot)| slot).collect();
        let (file, names, plan) = (self.input.name.clone(), self.columns.names.clone(), plan.clone());
        let (mut first, all) = (0, self.rows);
        Ok(Box::new(std::iter::from_fn(move || {
            let rows = most.min(usize::try_from(all - first).unwrap_or(most));
            if rows == 0 {
                return None;
            }
            // So much work that each lane is a piece of its own.
            threads::fill_pieces(&mut lanes, 1 << 20, 1, |_, lanes| {
                for Lane { readers, next } in lanes {
                    let read = || readers.iter_mut().map(|reader| reader.read(rows)).collect();
                    *next = Some(guarded(&file, read));
                }
            });
            let mut values: Vec<Option<Values>> = slots.iter().map(|_| None).collect();
            let mut slot = slots.iter();
            for lane in &mut lanes {
                match lane.next.take()? {
                    Err(error) => return Some(Err(error)),
                    Ok(read) => {
                        read.into_iter().zip(&mut slot).for_each(|(read, slot)| values[*slot] = Some(read))
                    }
                }
            }
            let values: Option<Vec<Values>> = values.into_iter().collect();
            let Some(values) = values.filter(|values| values.iter().all(|values| values.len() == rows))
            else {
                return Some(Err(uneven(&file)));
            };
            let range = (first, rows);
            first += rows as u64;
            let (file, names, plan) = (file.clone(), names.clone(), plan.clone());
            Some(Ok(Box::new(move || Ok(piece(&file, &names, &plan, range, values))) as Task<'static, _>))
        })))
    }
}

fn uneven(file: &str) -> Error {
    let message = "the file is damaged: its columns have different numbers of rows\n    Write it again.";
    Error::content(Place::file(file), message)
}
