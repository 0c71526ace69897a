//! `Format`: what a kind of file must be able to do.

use super::builder::{Made, Use};
use super::delimited::Delimited;
use super::input::Input;
use super::npy::Npy;
use super::ordered::Tasks;
use super::{Kind, LeftOut, Options};
use crate::npy::MAGIC;
use crate::table::{Lines, Records, no_column, shorten};
use ndgrad_array::{Error, Place, Result};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

/// A file, ready to be read as often as need be.
pub(super) trait Format: Send + Sync {
    /// The names of its columns.
    fn names(&self) -> &Arc<Vec<String>>;

    /// The kinds of its columns, where the file says so, and the number of its rows, where it says that too.
    fn declared(&self) -> Option<(Vec<Kind>, Option<u64>)> {
        None
    }

    /// The columns that are in the file besides, and cannot be read.
    fn left_out(&self) -> &[LeftOut] {
        &[]
    }

    /// The records of a text file, from its header on.
    fn records(&self) -> Option<Result<Records<Box<dyn Read + Send>>>> {
        None
    }

    /// The tasks that read pieces of it, one after another; the pieces do not depend on who runs them.
    fn tasks(&self, plan: &Arc<Plan>) -> Result<Tasks<'static, Result<Piece, Trouble>>>;
}

/// What is to be read.
#[derive(Debug)]
pub(super) struct Plan {
    /// The indices of columns, each once, and what is made of them.
    pub columns: Vec<(usize, Use)>,
}

/// Consecutive rows, as a plan wants them.
pub(super) struct Piece {
    pub rows: usize,
    /// What was made of each column of the plan.
    pub made: Vec<Made>,
    pub lines: Option<Lines>,
}

/// Why a piece cannot be read.
pub(super) enum Trouble {
    /// A value is of another kind than its column.
    Kind(Error),
    /// Anything else.
    Other(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Trouble::Other(error)
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Kind(error) | Trouble::Other(error) => error,
        }
    }
}

/// The error for a column that no table holds.
pub(super) fn no_such_column(file: &str, wanted: &str, format: &dyn Format) -> Error {
    match format.left_out().iter().find(|column| column.name == wanted) {
        Some(column) => Error::content(
            Place::file(file).column(shorten(wanted)),
            format!("{}\n    Leave the column out, or write it as numbers, dates or text.", column.reason),
        ),
        None => no_column(file, wanted, format.names()),
    }
}

/// Opens a file by its first bytes, or else as text.
pub(super) fn open(mut input: Input, options: &Options, delimiter: u8) -> Result<Arc<dyn Format>> {
    const PARQUET: &[u8] = b"PAR1";
    const ARROW_FILE: &[u8] = b"ARROW1";
    /// The mark of a message, whose length is less than 16 MB in a schema's.
    const ARROW_STREAM: &[u8] = b"\xff\xff\xff\xff";
    const ZIP: &[u8] = b"PK\x03\x04";
    let beginning = |mut reader: Box<dyn Read + Send>| {
        let mut start = Vec::new();
        reader.by_ref().take(8).read_to_end(&mut start).map_err(|error| input.failed(error))?;
        Ok::<_, Error>(start)
    };
    let mut start = beginning(Box::new(input.raw()?))?;
    // Binary files are read from any place, which a compressed stream is not.
    let inner = beginning(input.read()?)?;
    if inner != start && [PARQUET, ARROW_FILE, ARROW_STREAM, MAGIC].iter().any(|mark| inner.starts_with(mark))
    {
        let copy = Input::copy(&input.name, input.read()?)?;
        (input, start) = (copy, inner);
    }
    let ending = Path::new(&input.name).extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if start.starts_with(PARQUET) || ending.as_deref() == Some("parquet") {
        #[cfg(feature = "parquet")]
        return Ok(Arc::new(super::parquet::Parquet::open(input)?));
        #[cfg(not(feature = "parquet"))]
        return Err(not_built(&input, "Parquet", "parquet"));
    }
    let is_stream = start.starts_with(ARROW_STREAM) && start.get(7) == Some(&0);
    if start.starts_with(ARROW_FILE) || is_stream {
        #[cfg(feature = "arrow")]
        return Ok(Arc::new(super::arrow::Ipc::open(input, is_stream)?));
        #[cfg(not(feature = "arrow"))]
        return Err(not_built(&input, "Arrow IPC", "arrow"));
    }
    if start.starts_with(MAGIC) {
        return Ok(Arc::new(Npy::open(input)?));
    }
    if start.starts_with(ZIP) && ending.as_deref() == Some("npz") {
        return Ok(Arc::new(Npy::open_archive(&input)?));
    }
    Ok(Arc::new(Delimited::open(input, delimiter, options.batch_bytes)?))
}

#[cfg(not(all(feature = "arrow", feature = "parquet")))]
fn not_built(input: &Input, format: &str, feature: &str) -> Error {
    let message = format!(
        "the file is {format}, which this build does not read\n    Build with the feature {feature:?}, or write the file as CSV."
    );
    Error::content(Place::file(&input.name), message)
}
