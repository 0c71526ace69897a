//! `Load`: the elements that a layout shows, brought into a tile.

use ndgrad_array::{Layout, Spec};

use super::Slot;

/// Brings a piece of what a layout shows of a slot into a tile.
pub(super) struct Load {
    pub from: Slot,
    pub tile: usize,
    /// Collapsed.
    layout: Layout,
    /// Bytes of an element.
    size: usize,
}

impl Load {
    /// # Panics
    /// When the layout shows what the slot does not have.
    pub fn new(from: Slot, layout: &Layout, spec: Spec, tile: usize) -> Load {
        let furthest =
            layout.shape().iter().zip(layout.strides()).fold(layout.offset(), |place, (&size, &stride)| {
                place + stride.max(0) as usize * size.saturating_sub(1)
            });
        let nearest = layout
            .shape()
            .iter()
            .zip(layout.strides())
            .fold(layout.offset() as isize, |place, (&size, &stride)| {
                place + stride.min(0) * size.saturating_sub(1) as isize
            });
        let fits = nearest >= 0 && furthest < spec.shape.size();
        assert!(fits || layout.shape().size() == 0, "a layout within its slot");
        Load { from, tile, layout: layout.collapse(), size: spec.dtype.size() }
    }

    /// Whether all elements are one: then a tile that is loaded stays right.
    pub fn is_constant(&self) -> bool {
        self.layout.shape().rank() == 0 || self.layout.strides().iter().all(|&stride| stride == 0)
    }

    /// Loads `count` elements from the one with number `start` on, in row-major order.
    ///
    /// # Safety
    /// `from` points to the slot's elements, `to` to room for `count` elements and is aligned to 8 bytes; nobody
    /// writes the former nor uses the latter meanwhile; `start + count` is at most the layout's size.
    pub unsafe fn run(&self, from: *const u8, to: *mut u8, start: usize, count: usize) {
        // SAFETY: the caller's promise.
        unsafe {
            match self.size {
                1 => self.run_as::<u8>(from, to, start, count),
                4 => self.run_as::<u32>(from.cast(), to.cast(), start, count),
                _ => self.run_as::<u64>(from.cast(), to.cast(), start, count),
            }
        }
    }

    /// # Safety
    /// As [`Load::run`], for elements of the size of `T`.
    unsafe fn run_as<T: Copy>(&self, from: *const u8, to: *mut u8, start: usize, count: usize) {
        let (from, mut to) = (from.cast::<T>(), to.cast::<T>());
        let rank = self.layout.shape().rank();
        let Some(inner) = rank.checked_sub(1) else {
            // SAFETY: one element, of which `count` is at most one.
            unsafe { (0..count).for_each(|i| to.add(i).write(from.add(self.layout.offset()).read())) };
            return;
        };
        let (size, stride) = (self.layout.shape()[inner], self.layout.strides()[inner]);
        let outer = self.layout.split(inner).0;
        let mut skip = start % size;
        let mut left = count;
        let mut rows = outer.offsets_from(start / size);
        while left > 0 {
            let row = rows.next().expect("as many elements as were asked for");
            let length = left.min(size - skip);
            // SAFETY: the places are those that the layout shows, which the constructor has checked to lie within
            // the slot; at most `count` elements are written.
            unsafe {
                let first = from.add(row).offset(stride * skip as isize);
                match stride {
                    0 => std::slice::from_raw_parts_mut(to.cast::<std::mem::MaybeUninit<T>>(), length)
                        .fill(std::mem::MaybeUninit::new(first.read())),
                    1 => std::ptr::copy_nonoverlapping(first, to, length),
                    _ => (0..length).for_each(|i| to.add(i).write(first.offset(stride * i as isize).read())),
                }
                to = to.add(length);
            }
            left -= length;
            skip = 0;
        }
    }
}
