//! `Tiled`: a pass that is ready to run.

use std::slice;

use ndgrad_array::{Buffer, DType};
use smallvec::SmallVec;

use super::Slot;
use super::chain::Placed;
use super::few::{self, FEW};
use super::lane::{LINE, Lane, MOST_INPUTS};
use super::load::Load;
use crate::simd::prefetch_all;
use crate::threads;

/// Elements of a tile: the operands of a formula of f32 take 12 KiB.
pub(super) const TILE: usize = 1024;

/// Bytes of a tile, whatever its dtype.
const TILE_BYTES: usize = TILE * size_of::<f64>();

/// A [`Pass`](super::Pass) whose operands are found.
pub(super) struct Tiled {
    pub count: usize,
    pub loads: Vec<Load>,
    pub calls: Vec<Call>,
    /// The number of tiles.
    pub tiles: usize,
}

/// A formula and where its operands lie.
pub(super) struct Call {
    pub lane: Box<dyn Lane>,
    pub unit: usize,
    pub inputs: [Address; MOST_INPUTS],
    pub out: Address,
    /// What no formula before it reads, of inputs in slots.
    pub news: SmallVec<[Address; MOST_INPUTS]>,
}

/// Where an operand begins: in a slot, a stride for each element that was passed further on; or in a tile.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Address {
    pub is_tile: bool,
    index: u32,
    stride: u32,
}

impl Address {
    pub fn slot(slot: Slot, dtype: DType) -> Address {
        Address { is_tile: false, index: slot.0 as u32, stride: dtype.size() as u32 }
    }

    pub fn tile(tile: usize) -> Address {
        Address { is_tile: true, index: tile as u32, stride: 0 }
    }

    /// The place in a table of pointers to the slots, and then to the pads that stand for tiles.
    fn place(self, slots: usize) -> u32 {
        if self.is_tile { slots as u32 + self.index } else { self.index }
    }

    #[inline(always)]
    fn pointer(self, slots: &Pointers, tiles: *mut u8, start: usize) -> *mut u8 {
        if self.is_tile {
            tiles.wrapping_add(self.index as usize * TILE_BYTES)
        } else {
            slots.0[self.index as usize].wrapping_add(start * self.stride as usize)
        }
    }
}

/// Where the elements of each slot begin.
pub(super) struct Pointers(pub Vec<*mut u8>);

// SAFETY: a pointer is a number; what is done with it is the business of those who do it.
unsafe impl Send for Pointers {}
// SAFETY: as above.
unsafe impl Sync for Pointers {}

/// Of how many tiles the pieces are that threads share, if so much work on so many elements is worth it: some pieces per
/// thread, so that one that is late has less to do.
pub(super) fn tiles_apart(count: usize, work: usize) -> Option<usize> {
    let tiles = count.div_ceil(TILE);
    (tiles > 1 && threads::is_parallel(work)).then(|| tiles.div_ceil(4 * threads::threads()))
}

/// Room for this many tiles.
pub(super) fn scratch(tiles: usize) -> Buffer {
    Buffer::new(tiles * TILE_BYTES)
}

impl Tiled {
    /// Whether there are so few elements that each formula is better computed on its own.
    pub fn is_few(&self) -> bool {
        self.count <= FEW
    }

    /// Whether a formula reads or writes this slot.
    pub fn touches(&self, slot: Slot) -> bool {
        let is_there = |address: &Address| !address.is_tile && address.index == slot.0 as u32;
        self.loads.iter().any(|load| load.from == slot)
            || self.calls.iter().any(|call| call.inputs.iter().chain([&call.out]).any(is_there))
    }

    /// Kernels one after the other instead, over as many pads as there are tiles, if that is better.
    pub fn few(self, slots: usize) -> Result<Vec<Placed>, Tiled> {
        if !self.is_few() {
            return Err(self);
        }
        let loads = self.loads.iter().map(|load| {
            let to = Address::tile(load.tile).place(slots);
            Placed::new(few::load(&load.operand), [Some(load.from.0 as u32), None, None], to)
        });
        let calls = self.calls.iter().map(|call| {
            let inputs = call.inputs.map(|input| Some(input.place(slots)));
            Placed::new(call.lane.few(), inputs, call.out.place(slots))
        });
        Ok(loads.chain(calls).collect())
    }

    /// Computes everything.
    ///
    /// # Safety
    /// `slots` point to the elements of the slots that the pass was prepared for, in buffers of whole cache lines;
    /// nobody else uses those that it writes, nor writes those that it reads, meanwhile.
    pub unsafe fn run(&self, slots: &Pointers, room: &mut Buffer) {
        let tiles = self.count.div_ceil(TILE);
        let Some(piece) = tiles_apart(self.count, self.count * self.calls.len()) else {
            // SAFETY: the caller's promise.
            return unsafe { self.run_tiles(slots, room, 0..tiles) };
        };
        threads::for_each(tiles.div_ceil(piece), |i| {
            let mut own = scratch(self.tiles);
            // SAFETY: the caller's promise; pieces write different elements.
            unsafe { self.run_tiles(slots, &mut own, i * piece..tiles.min((i + 1) * piece)) };
        });
    }

    /// # Safety
    /// As [`Tiled::run`]; nobody else computes the same tiles.
    unsafe fn run_tiles(&self, slots: &Pointers, room: &mut Buffer, range: std::ops::Range<usize>) {
        let room = room.as_mut_slice::<u8>();
        assert!(room.len() >= self.tiles * TILE_BYTES, "room for the tiles");
        let tiles = room.as_mut_ptr();
        let first = range.start;
        for tile in range {
            let start = tile * TILE;
            let count = TILE.min(self.count - start);
            for load in &self.loads {
                if tile == first || !load.is_constant() {
                    let to = tiles.wrapping_add(load.tile * TILE_BYTES);
                    // SAFETY: the slot has these bytes, which nobody writes; the tile has room for as many elements,
                    // and nothing else uses it now. What is the same everywhere is loaded once, for the first and
                    // thus longest tile.
                    unsafe {
                        let from = slice::from_raw_parts(slots.0[load.from.0], load.operand.bytes());
                        load.run(from, slice::from_raw_parts_mut(to, count * load.size), start);
                    }
                }
            }
            for call in &self.calls {
                let inputs = call.inputs.map(|input| input.pointer(slots, tiles, start).cast_const());
                // SAFETY: operands lie in slots of `self.count` elements or in tiles, checked when the pass was
                // prepared; both are whole cache lines, so that up to a line of elements can be read and written
                // behind the last; no result lies over an operand.
                unsafe {
                    let out = call.out.pointer(slots, tiles, start);
                    call.lane.run(&inputs, out, count.next_multiple_of(call.unit));
                }
                // Elsewhere in memory, which is far, another formula is at work meanwhile.
                if start + TILE < self.count {
                    for input in &call.news {
                        let next = input.pointer(slots, tiles, start + TILE);
                        prefetch_all(next, TILE * input.stride as usize);
                    }
                }
            }
        }
    }
}

const _: () = assert!(TILE_BYTES.is_multiple_of(LINE));
