//! CSV and TSV: text with a header, cut into chunks that are read side by side.

use super::builder::{Builder, Made};
use super::chunks::{Chunk, Chunks};
use super::format::{Format, Piece, Plan, Trouble};
use super::input::Input;
use super::ordered::{Task, Tasks};
use super::scan::{Stop, scan};
use crate::table::{Lines, Records, not_of_kind, shorten};
use ndgrad_array::{Error, Place, Result};
use std::io::Read;
use std::sync::Arc;

/// Bytes of a chunk, unless the columns are so many that it would have few rows.
const CHUNK: usize = 1 << 20;
const LONGEST_CHUNK: usize = 1 << 24;

/// Bytes for each column, so that chunks have some hundred rows.
const CHUNK_PER_COLUMN: usize = 1 << 12;

/// A text file.
pub(super) struct Delimited {
    input: Input,
    delimiter: u8,
    names: Arc<Vec<String>>,
    header: Vec<u8>,
    header_lines: u64,
    size: usize,
}

impl Delimited {
    pub fn open(input: Input, delimiter: u8, batch_bytes: Option<usize>) -> Result<Delimited> {
        let mut records = Records::open(&input.name, delimiter, input.read()?)?;
        let (header, header_lines) = records.header_bytes()?;
        let names = Arc::new(records.into_names());
        let size = (names.len() * CHUNK_PER_COLUMN).clamp(CHUNK, LONGEST_CHUNK);
        let size = batch_bytes.unwrap_or(size);
        Ok(Delimited { input, delimiter, names, header, header_lines, size })
    }

    fn chunks(&self) -> Result<Chunks> {
        Chunks::open(&self.input, &self.header, self.header_lines, self.delimiter, self.size)
    }
}

impl Format for Delimited {
    fn names(&self) -> &Arc<Vec<String>> {
        &self.names
    }

    fn records(&self) -> Option<Result<Records<Box<dyn Read + Send>>>> {
        let records = |reader| Records::open(&self.input.name, self.delimiter, reader);
        Some(self.input.read().and_then(records))
    }

    fn tasks(&self, plan: &Arc<Plan>) -> Result<Tasks<'static, Result<Piece, Trouble>>> {
        let mut slots = vec![None; self.names.len()];
        for (slot, (column, _)) in plan.columns.iter().enumerate() {
            slots[*column] = Some(slot);
        }
        let reader = Arc::new(Reader {
            file: self.input.name.clone(),
            delimiter: self.delimiter,
            names: self.names.clone(),
            slots,
            plan: plan.clone(),
        });
        Ok(Box::new(self.chunks()?.map(move |chunk| {
            let (chunk, reader) = (chunk?, reader.clone());
            Ok(Box::new(move || Ok(reader.read(&chunk))) as Task<'static, Result<Piece, Trouble>>)
        })))
    }
}

/// What is needed to read any chunk.
struct Reader {
    file: String,
    delimiter: u8,
    names: Arc<Vec<String>>,
    slots: Vec<Option<usize>>,
    plan: Arc<Plan>,
}

impl Reader {
    fn builders(&self, chunk: &Chunk) -> Vec<Builder> {
        let rows = chunk.breaks as usize + 1;
        self.plan.columns.iter().map(|(_, used)| Builder::new(*used, rows)).collect()
    }

    fn read(&self, chunk: &Chunk) -> Result<Piece, Trouble> {
        let mut builders = self.builders(chunk);
        let result = match scan(chunk, self.delimiter, &self.slots, &mut builders) {
            Err(Stop::Irregular) => {
                builders = self.builders(chunk);
                self.read_carefully(chunk, &mut builders)?
            }
            result => result,
        };
        match result {
            Ok(lines) => {
                let made = builders.into_iter().map(Builder::finish).collect::<Vec<Made>>();
                Ok(Piece { rows: lines.rows(), made, lines: Some(lines) })
            }
            Err(Stop::Other { line, builder, wanted, text }) => {
                let name = &self.names[self.plan.columns[builder].0];
                let place = Place::file(&self.file).line(line).column(shorten(name));
                Err(Trouble::Kind(Error::content(place, not_of_kind(&text, wanted))))
            }
            Err(Stop::Irregular) => unreachable!("records are read or refused"),
        }
    }

    /// Reads a chunk record by record, which says what is wrong with it.
    fn read_carefully(&self, chunk: &Chunk, builders: &mut [Builder]) -> Result<Result<Lines, Stop>> {
        let mut records = Records::resume(&self.file, self.delimiter, &self.names, chunk.line, chunk.bytes());
        let mut lines = Lines::default();
        while records.advance_row()? {
            for (builder, (column, _)) in builders.iter_mut().zip(&self.plan.columns) {
                let text = records.field(*column);
                if let Err(wanted) = builder.push(lines.rows(), text) {
                    let builder = self.slots[*column].expect("a builder for each column of the plan");
                    let text = text.trim().to_string();
                    return Ok(Err(Stop::Other { line: records.line(), builder, wanted, text }));
                }
            }
            lines.push(records.line());
        }
        Ok(Ok(lines))
    }
}
