//! `Load`: the elements that a layout shows, brought into a tile.

use ndgrad_array::{Layout, Spec};

use super::Slot;
use super::routine::Operand;
use crate::movement::copy_run;

/// Brings a piece of what a layout shows of a slot into a tile.
pub(super) struct Load {
    pub from: Slot,
    pub tile: usize,
    pub operand: Operand,
    /// Collapsed.
    layout: Layout,
    /// Bytes of an element.
    pub size: usize,
}

impl Load {
    /// # Panics
    /// When the layout shows what the slot does not have.
    pub fn new(from: Slot, layout: &Layout, spec: Spec, tile: usize) -> Load {
        let operand = Operand { slot: spec, layout: *layout };
        operand.check();
        let size = spec.dtype.size();
        Load { from, tile, operand, layout: layout.collapse(), size }
    }

    /// Whether all elements are one: then a tile that is loaded stays right.
    pub fn is_constant(&self) -> bool {
        self.layout.shape().rank() == 0 || self.layout.strides().iter().all(|&stride| stride == 0)
    }

    /// Fills `to` with elements of the slot `from`, in row-major order from the one with number `start` on.
    pub fn run(&self, from: &[u8], mut to: &mut [u8], start: usize) {
        let Some(inner) = self.layout.shape().rank().checked_sub(1) else {
            return copy_run(self.size, from, self.layout.offset(), 0, to);
        };
        let (row, stride) = (self.layout.shape()[inner], self.layout.strides()[inner]);
        let mut skip = start % row;
        for first in self.layout.split(inner).0.offsets_from(start / row) {
            let length = (to.len() / self.size).min(row - skip);
            let (piece, rest) = to.split_at_mut(length * self.size);
            copy_run(self.size, from, first.wrapping_add_signed(stride * skip as isize), stride, piece);
            if rest.is_empty() {
                return;
            }
            (to, skip) = (rest, 0);
        }
    }
}
