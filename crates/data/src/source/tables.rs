//! `Tables`: the rows of a source, table by table.

use super::Source;
use super::format::{Piece, Trouble};
use super::ordered::Ordered;
use crate::table::{Header, Table};
use ndgrad_array::Result;
use std::sync::Arc;

/// The rows of a source, table by table; see [`Source::tables`].
pub struct Tables {
    pieces: Ordered<Result<Piece, Trouble>>,
    source: Source,
    header: Arc<Header>,
    failed: bool,
}

impl Tables {
    pub(super) fn new(pieces: Ordered<Result<Piece, Trouble>>, source: Source, header: Arc<Header>) -> Self {
        Tables { pieces, source, header, failed: false }
    }
}

impl Iterator for Tables {
    type Item = Result<Table>;

    fn next(&mut self) -> Option<Result<Table>> {
        // Nothing but blank lines is no table.
        let is_empty = |piece: &Result<Piece>| piece.as_ref().is_ok_and(|piece| piece.rows == 0);
        while !self.failed {
            let piece = self.pieces.next()?.and_then(|piece| self.source.note(piece));
            self.failed = piece.is_err();
            if !is_empty(&piece) {
                return Some(piece.map(|piece| self.source.assemble(piece, &self.header)));
            }
        }
        None
    }
}

impl std::fmt::Debug for Tables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables").field("source", &self.source).finish_non_exhaustive()
    }
}
