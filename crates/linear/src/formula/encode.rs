//! From the rows of a batch to rows of numbers.

use std::ops::Range;
use std::sync::Mutex;

use ndgrad_array::{Error, Result};
use ndgrad_tensor::threads;

use super::batch::{Batch, NO_LEVEL, Values};
use super::info::Group;
use crate::encode::LARGEST;

/// Numbers that are encoded together: 64 KiB of them stay in a near cache.
const TOGETHER: usize = 1 << 13;

impl Batch<'_> {
    /// The design of the used rows of this range, row after row, into `out`, which has a place for each number.
    ///
    /// # Errors
    /// If a value is not finite, or a level is not known; the first in the order of the rows that are encoded
    /// together.
    pub fn encode(&self, rows: Range<usize>, out: &mut [f64]) -> Result<()> {
        let width = self.info.names.len();
        if width == 0 || rows.is_empty() {
            return Ok(());
        }
        let height = (TOGETHER / width).max(1);
        let first: Mutex<Option<(usize, Error)>> = Mutex::new(None);
        threads::fill_pieces(out, 4, width, |start, piece| {
            let mut row = rows.start + start / width;
            for part in piece.chunks_mut(height * width) {
                let next = row + part.len() / width;
                if let Err(error) = self.encode_part(row..next, part) {
                    let mut first = first.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                    if first.as_ref().is_none_or(|(earlier, _)| row < *earlier) {
                        *first = Some((row, error));
                    }
                    return;
                }
                row = next;
            }
        });
        match first.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()) {
            Some((_, error)) => Err(error),
            None => Ok(()),
        }
    }

    fn encode_part(&self, rows: Range<usize>, out: &mut [f64]) -> Result<()> {
        let width = self.info.names.len();
        let values = (0..self.info.factors.len()).map(|factor| self.values(factor, rows.clone()));
        let values = values.collect::<Result<Vec<_>>>()?;
        for group in &self.info.groups {
            match &group.factors[..] {
                [(factor, None)] => {
                    let Values::Columns(columns) = &values[*factor] else { continue };
                    for (column, values) in columns.iter().enumerate() {
                        let places = out[group.start + column..].iter_mut().step_by(width);
                        places.zip(values.iter()).for_each(|(place, value)| *place = *value);
                    }
                }
                [(factor, Some(coding))] => {
                    let Values::Levels(levels) = &values[*factor] else { continue };
                    for (row, &level) in out.chunks_exact_mut(width).zip(levels) {
                        let place = &mut row[group.start..][..group.width];
                        if level != NO_LEVEL {
                            place.copy_from_slice(coding.row(level as usize));
                        }
                    }
                }
                _ => self.encode_product(group, &values, rows.clone(), out)?,
            }
        }
        Ok(())
    }

    /// The products of the factors' columns, the first factor's varying fastest.
    fn encode_product(
        &self,
        group: &Group,
        values: &[Values<'_>],
        rows: Range<usize>,
        out: &mut [f64],
    ) -> Result<()> {
        // A category of one level may have no column.
        if group.width == 0 {
            return Ok(());
        }
        let width = self.info.names.len();
        let mut buffer = Vec::new();
        for (row, out) in out.chunks_exact_mut(width).enumerate() {
            let out = &mut out[group.start..][..group.width];
            out[0] = 1.0;
            let mut done = 1;
            for (factor, coding) in &group.factors {
                let own: &[f64] = match (&values[*factor], coding) {
                    (Values::Levels(levels), Some(coding)) if levels[row] != NO_LEVEL => {
                        coding.row(levels[row] as usize)
                    }
                    (Values::Columns(columns), _) => {
                        buffer.clear();
                        buffer.extend(columns.iter().map(|column| column[row]));
                        &buffer
                    }
                    _ => &[],
                };
                // From the last, as the first is read by all.
                for (place, value) in own.iter().enumerate().rev() {
                    for before in 0..done {
                        out[place * done + before] = out[before] * value;
                    }
                }
                done *= own.len();
            }
            if let Some(column) = out.iter().position(|value| value.is_nan() || value.abs() > LARGEST) {
                let name = &self.info.names[group.start + column];
                return Err(Error::content(
                    self.table.place(self.row(rows.start + row), name),
                    format!(
                        "{:e} is too large to compute with (the limit is 1e150)\n    express the columns in other units",
                        out[column]
                    ),
                ));
            }
        }
        Ok(())
    }
}
