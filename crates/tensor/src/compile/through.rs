//! `Through`: a program that is run for batch after batch, and lets go of the leaves only at the end.

use ndgrad_array::OperationError;
use ndgrad_cpu::program::Slot;

use super::program::{Bound, Change, Output, Place, Replay};
use crate::Tensor;

/// Batches as a compiled function takes them: rows of tables, or whatever else.
pub trait Feed<Batch> {
    /// The next batch.
    fn next(&mut self) -> Option<Batch>;

    /// The tensors whose rows batches are, in the order of the tensors in a batch; none if batches are made in another way.
    fn tables(&self) -> Vec<Tensor>;

    /// The rows of the next batch, if there is one and it is made of rows: their number, and behind them, as far as they are
    /// known, those of the batches after it, which are then asked from memory in time.
    fn rows(&self) -> Option<(usize, &[usize])>;

    /// Passes over the next batch.
    fn skip(&mut self);
}

/// A replay that is run for batch after batch: what leaves hold goes from run to run within the program.
pub(super) struct Through<'a> {
    replay: &'a mut Replay,
    /// What was computed, and where the next run reads it.
    carried: Vec<(Slot, Slot)>,
    has_run: bool,
}

impl<'a> Through<'a> {
    /// None if something stands in the way: what a leaf is to hold is part of a slot, or in one that somebody else gets.
    pub fn new(replay: &'a mut Replay, tables: &[Tensor]) -> Option<Through<'a>> {
        let mut carried = Vec::new();
        for (reads, change) in replay.leaves.iter().flat_map(Bound::states) {
            match (reads, change) {
                (_, Change::Cleared) => return None,
                (_, Change::To(place)) if place.view.is_some() || !place.is_last => return None,
                (Some(to), Change::To(place)) => carried.push((place.slot, to)),
                _ => {}
            }
        }
        let is_carried = |output: &Output| match output {
            Output::Value(place) => carried.iter().any(|&(from, to)| from == place.slot || to == place.slot),
            Output::Leaf(_) => false,
        };
        if replay.outputs.iter().any(is_carried) {
            return None;
        }
        replay.put_leaves();
        let machine = &mut replay.machine;
        for (slot, table) in replay.inputs.iter().zip(tables) {
            if let Some(slot) = slot {
                machine.gather(table.value().elements(), *slot);
            }
        }
        carried.iter().for_each(|&(from, to)| machine.carry(from, to));
        Some(Through { replay, carried, has_run: false })
    }

    /// Runs the program for these rows, or as many of them as a batch has.
    ///
    /// # Errors
    /// When an operation refuses its inputs.
    #[inline]
    pub fn run(&mut self, rows: &[usize]) -> Result<(), OperationError> {
        self.replay.machine.run_on(rows)?;
        self.has_run = true;
        Ok(())
    }

    /// What came out of the last run.
    pub fn results(self) -> Vec<Tensor> {
        let replay = &mut *self.replay;
        let result = |output: &Output| match output {
            Output::Leaf(leaf) => leaf.clone(),
            Output::Value(place) => Tensor::from_array(place.fetch(&mut replay.machine)),
        };
        replay.outputs.iter().map(result).collect()
    }
}

/// Leaves get what they are to hold, also when a run panics.
impl Drop for Through<'_> {
    fn drop(&mut self) {
        let Replay { machine, leaves, .. } = &mut *self.replay;
        machine.end_runs();
        if !self.has_run {
            return;
        }
        let mut result = |place: &Place| {
            let carried = self.carried.iter().find(|&&(from, _)| from == place.slot);
            Tensor::from_array(match carried {
                Some(&(_, to)) => machine.get(to).clone(),
                None => machine.take(place.slot),
            })
        };
        for bound in leaves {
            if let Change::To(place) = &bound.gradient {
                bound.leaf.set_gradient(Some(result(place)));
            }
            if let Change::To(place) = &bound.value {
                bound.leaf.assign(result(place));
            }
        }
    }
}
