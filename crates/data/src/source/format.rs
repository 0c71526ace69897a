//! `Format`: what a kind of file must be able to do.

use super::Kind;
use super::builder::{Made, Use};
use super::ordered::Tasks;
use crate::table::Lines;
use ndgrad_array::{Error, Result};
use std::sync::Arc;

/// A file, ready to be read as often as need be.
pub(super) trait Format: Send + Sync {
    /// The names of its columns.
    fn names(&self) -> &Arc<Vec<String>>;

    /// The kinds of its columns and the number of its rows, where the file says so.
    fn declared(&self) -> Option<(Vec<Kind>, u64)> {
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
