//! What comes between one run of a program and the next: rows go into slots, and results to where they are read.

use std::slice;

use ndgrad_array::{Array, OperationError};

use super::few::{self, FEW};
use super::{Prepared, Program, Slot};
use crate::contiguous;
use crate::movement::{GatherRows, gatherer};

/// What is done for each of many runs.
#[derive(Default)]
pub(super) struct Between {
    gathers: Vec<Gather>,
    carries: Vec<Carry>,
    /// Slots whose results are written where they are read: which they share with.
    shared: Vec<(Slot, Slot)>,
}

/// The way of a table's rows into a slot.
struct Gather {
    /// Its elements lie one behind the other, from this byte on.
    table: Array,
    first: usize,
    to: Slot,
    rows: usize,
    /// The elements of a row, and the bytes of all rows.
    width: usize,
    bytes: usize,
    run: GatherRows,
}

/// The way of a result to where it is read.
struct Carry {
    from: Slot,
    to: Slot,
    /// The bytes of an element, if there are so few that they are copied.
    size_of_few: Option<usize>,
}

/// What a program runs on in [`Program::run_on`].
impl Program {
    /// Makes a slot, which no step writes, be written here: its array is one that nobody else sees, and cannot be put.
    ///
    /// # Panics
    /// When it is written already.
    fn claim(&mut self, slot: Slot) {
        let was_written = std::mem::replace(&mut self.is_written[slot.0], true);
        assert!(!was_written, "a slot that nothing writes");
        let pointer = self.arrays[slot.0].bytes_mut().as_mut_ptr();
        self.point(slot, pointer);
    }

    /// From now on, [`Program::run_on`] brings what a step wrote to `from` into `to`, which no step writes, for the next run
    /// to read.
    ///
    /// # Panics
    /// When the slots differ in shape or dtype, `from` is written by no step, or `to` is written.
    pub fn carry(&mut self, from: Slot, to: Slot) {
        let spec = self.specs[to.0];
        assert!(self.is_written[from.0] && self.specs[from.0] == spec, "a result moves to where it is read");
        self.claim(to);
        if self.may_share(from, to) {
            self.point(from, self.pointers.0[to.0]);
            self.between.shared.push((from, to));
            return;
        }
        let size_of_few = (spec.shape.size() <= FEW).then(|| spec.dtype.size());
        self.between.carries.push(Carry { from, to, size_of_few });
    }

    /// Whether what is written to `from` may be written to `to` straight away: once, by what reads before it writes (a kernel of a
    /// few elements, or a change of states), when nobody else reads any more what was there, nor can refuse to go on.
    fn may_share(&self, from: Slot, to: Slot) -> bool {
        let mut is_written = false;
        for step in &self.steps {
            match step {
                Prepared::Chain(chain) => {
                    for placed in chain.kernels() {
                        let (reads, writes) = (placed.reads(to), placed.writes(from));
                        if is_written && (reads || writes) {
                            return false;
                        }
                        is_written |= writes;
                    }
                }
                Prepared::Change(change) if !is_written && change.may_overwrite(from, to) => {
                    is_written = true
                }
                Prepared::Compute { .. } if is_written => return false,
                _ if step.touches(from) || is_written && step.touches(to) => return false,
                _ => {}
            }
        }
        is_written
    }

    /// From now on, [`Program::run_on`] puts rows of this table into a slot that no step writes: as many as the slot has.
    ///
    /// # Panics
    /// When the slot's rows are of another shape or dtype, or it is written.
    pub fn gather(&mut self, table: &Array, to: Slot) {
        let spec = self.specs[to.0];
        assert!(table.dtype() == spec.dtype && table.shape()[1..] == spec.shape[1..], "a slot for such rows");
        self.claim(to);
        let (width, size) = (spec.shape[1..].iter().product(), spec.dtype.size());
        let table = contiguous(table);
        self.between.gathers.push(Gather {
            first: table.layout().offset() * size,
            table,
            to,
            rows: spec.shape[0],
            width,
            bytes: spec.shape.size() * size,
            run: gatherer(size, width),
        });
    }

    /// Gathers rows, by number, runs all steps, and carries what they computed. The numbers behind those of as many rows as
    /// slots have are of rows that will be wanted next, and are asked from memory.
    ///
    /// # Errors
    /// When a function refuses its inputs; nothing has been carried.
    ///
    /// # Panics
    /// When there are fewer rows than a slot has, or there is no such row.
    #[inline]
    pub fn run_on(&mut self, rows: &[usize]) -> Result<(), OperationError> {
        for Gather { table, first, to, rows: count, width, bytes, run } in &self.between.gathers {
            assert!(rows.len() >= *count, "as many rows as the slot has");
            // SAFETY: the pointer was taken of the slot's array when the slot was claimed; nobody else has seen that since, and
            // `self` is borrowed mutably. It has these bytes.
            let target = unsafe { slice::from_raw_parts_mut(self.pointers.0[to.0], *bytes) };
            run(&table.bytes()[*first..], *width, rows, target);
        }
        self.run()?;
        for Carry { from, to, size_of_few } in &self.between.carries {
            match size_of_few {
                // SAFETY: both slots are whole cache lines and are seen by nobody else, since steps write the one and the
                // other is claimed; they are two.
                Some(size) => unsafe { few::copy(*size, self.pointers.0[from.0], self.pointers.0[to.0]) },
                None => {
                    self.arrays.swap(from.0, to.0);
                    self.pointers.0.swap(from.0, to.0);
                    self.is_stale = true;
                }
            }
        }
        Ok(())
    }

    /// Forgets what there was to do for [`Program::run_on`]: slots hold what they do, and can be put again.
    pub fn end_runs(&mut self) {
        let Between { gathers, carries, shared } = std::mem::take(&mut self.between);
        for &(from, _) in &shared {
            let pointer = self.arrays[from.0].bytes_mut().as_mut_ptr();
            self.point(from, pointer);
        }
        let gathered = gathers.iter().map(|gather| gather.to);
        let carried = carries.iter().map(|carry| carry.to).chain(shared.iter().map(|&(_, to)| to));
        for slot in gathered.chain(carried) {
            self.is_written[slot.0] = false;
        }
    }
}
