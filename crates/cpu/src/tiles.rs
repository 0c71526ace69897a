//! Operands of any layout as contiguous slices of one length.
//!
//! What lies one behind the other is handed on as it is. What is stretched or strided is copied, a tile at a time,
//! to where a loop over contiguous slices finds it in L1. Nothing here knows of dtypes: elements are bytes.

use std::cell::RefCell;
use std::iter;

use ndgrad_array::{Array, Layout};

use crate::contiguous;
use crate::movement::{copy_rows, copy_run};
use crate::threads::split;

/// Bytes of a tile: the three that an operation may need fit in L1 beside its result.
const BYTES: usize = 4096;

/// Bytes of [`with_scratch`]'s memory.
pub const SCRATCH: usize = 4 * BYTES;

/// Memory for what a kernel computes on the way, aligned for every dtype and vector register.
#[repr(align(64))]
struct Scratch([u8; SCRATCH]);

thread_local! {
    // Kept, because zeroing it anew would cost more than a small operation.
    static MEMORY: RefCell<Scratch> = const { RefCell::new(Scratch([0; SCRATCH])) };
}

/// Lends 16 KiB that belong to the thread. What they hold is unspecified. They cannot be lent again meanwhile.
#[inline]
pub fn with_scratch<R>(body: impl FnOnce(&mut [u8]) -> R) -> R {
    MEMORY.with_borrow_mut(|scratch| body(&mut scratch.0))
}

/// What is done with a piece of every operand and the piece of the result that belongs to it.
type Run<'a, const N: usize> = &'a (dyn Fn([&[u8]; N], &mut [u8]) + Sync);

/// Calls `run` with pieces of `out`, which is contiguous, and with those of up to three operands that belong to
/// them; operands stretch to the shape of `out`.
pub fn for_tiles<const N: usize>(operands: [&Array; N], out: &mut Array, run: Run<'_, N>) {
    let shape = *out.shape();
    let (count, size) = (shape.size(), out.dtype().size());
    if count == 0 {
        return;
    }
    let mut row = None;
    let plain = operands.map(|x| Source::plain(x, &shape, count, &mut row));
    if plain.iter().all(Option::is_some) {
        let sources = plain.map(|source| source.expect("all are plain"));
        if sources.iter().all(|source| matches!(source.places, Places::Whole)) {
            return split(out.as_bytes_mut(), size, 1, 1, &|first, out| {
                let count = out.len() / size;
                run(sources.each_ref().map(|source| source.part(first, count)), out);
            });
        }
        return run_tiles(&sources, row.unwrap_or(count), out, run);
    }
    let near = operands.map(|x| is_far(x).then(|| contiguous(x)));
    let operands: [&Array; N] = std::array::from_fn(|i| near[i].as_ref().unwrap_or(operands[i]));
    let layouts = Layout::collapse_all(operands.map(|x| x.layout().broadcast_to(shape)));
    let row = layouts[0].shape().last().copied().unwrap_or(1);
    let splits = layouts.map(|layout| layout.split(layout.shape().rank().saturating_sub(1)));
    let sources: [Source<'_>; N] = std::array::from_fn(|i| {
        let (x, (rows, inner)) = (operands[i], &splits[i]);
        let places = Places::Rows(rows, inner.strides().last().copied().unwrap_or(0));
        Source { bytes: x.bytes(), size: x.dtype().size(), places }
    });
    run_tiles(&sources, row, out, run);
}

/// Whether the elements of much memory are visited far from each other: they are brought together first, block by
/// block.
fn is_far(x: &Array) -> bool {
    let layout = x.layout();
    !layout.is_contiguous()
        && layout.shape().size() > BYTES
        && !matches!(layout.collapse().strides().last(), None | Some(0 | 1))
}

/// Along a row of `row` elements, every operand is evenly spaced. Short rows are taken several at a time, long ones in
/// pieces.
fn run_tiles<const N: usize>(sources: &[Source<'_>; N], row: usize, out: &mut Array, run: Run<'_, N>) {
    let size = out.dtype().size();
    let most = BYTES / sources.iter().map(|source| source.size).max().unwrap_or(1);
    let whole_rows = most / row * row;
    let unit = if whole_rows > 0 { row } else { 1 };
    split(out.as_bytes_mut(), size, 1, unit, &|first, mut out| {
        with_scratch(|scratch| {
            let mut held = [None; N];
            let mut done = first;
            while !out.is_empty() {
                let (at, column) = if whole_rows > 0 { (done / row, 0) } else { (done / row, done % row) };
                let most = if whole_rows > 0 { whole_rows } else { most.min(row - column) };
                let step = most.min(out.len() / size);
                let (piece, rest) = std::mem::take(&mut out).split_at_mut(step * size);
                let mut memory = scratch.chunks_exact_mut(BYTES).zip(&mut held);
                let parts = sources.each_ref().map(|source| {
                    let (tile, held) = memory.next().expect("a tile for each operand");
                    source.piece(Piece { at, column, row, count: step }, tile, held)
                });
                run(parts, piece);
                (out, done) = (rest, done + step);
            }
        });
    });
}

/// Elements of a result: `count` from a column of row `at` on; they go on in further rows if they begin with a row.
#[derive(Clone, Copy)]
struct Piece {
    at: usize,
    column: usize,
    row: usize,
    count: usize,
}

/// An operand, as one sees it who walks through the result.
#[derive(Clone, Copy)]
struct Source<'a> {
    bytes: &'a [u8],
    /// Bytes of an element.
    size: usize,
    places: Places<'a>,
}

/// Where the elements of an operand lie.
#[derive(Clone, Copy)]
enum Places<'a> {
    /// One for each of the result's, in their order.
    Whole,
    /// One for all.
    Single,
    /// One row, the same for every row of the result.
    Same,
    /// One for each row of the result.
    Each,
    /// In rows: where each begins, and the distance of neighbours in one.
    Rows(&'a Layout, isize),
}

impl<'a> Source<'a> {
    /// An operand whose elements lie one behind the other, and stretch over rows of one length that all operands agree
    /// on.
    #[inline]
    fn plain(x: &'a Array, shape: &[usize], count: usize, row: &mut Option<usize>) -> Option<Source<'a>> {
        let bytes = x.as_bytes()?;
        let size = x.dtype().size();
        let own = bytes.len() / size;
        let mut agreed = |length: usize| *row.get_or_insert(length) == length;
        let places = if own == count {
            Places::Whole
        } else if own == 1 {
            Places::Single
        } else {
            let last = x.shape().iter().position(|&size| size != 1)?;
            let inner = shape.len() - x.shape().iter().rev().position(|&size| size != 1)?;
            if shape.ends_with(&x.shape()[last..]) && agreed(own) {
                Places::Same
            } else if x.shape().len() == shape.len()
                && x.shape()[..inner] == shape[..inner]
                && agreed(shape[inner..].iter().product())
            {
                Places::Each
            } else {
                return None;
            }
        };
        Some(Source { bytes, size, places })
    }

    #[inline]
    fn part(&self, first: usize, count: usize) -> &'a [u8] {
        &self.bytes[first * self.size..][..count * self.size]
    }

    /// The elements of a piece. `held` is where the elements lie that the tile holds from earlier, and how many.
    #[inline]
    fn piece<'t>(&'t self, piece: Piece, tile: &'t mut [u8], held: &mut Option<(usize, usize)>) -> &'t [u8] {
        let Piece { at, column, row, count } = piece;
        let in_row = count <= row - column;
        let (start, stride, again) = match self.places {
            Places::Whole => return self.part(at * row + column, count),
            Places::Single => (0, 0, true),
            Places::Same => (column, 1, true),
            Places::Each => (at, 0, in_row),
            Places::Rows(rows, stride) => {
                let start = rows.offsets_from(at).next().expect("a row of the operand");
                let again =
                    if in_row { stride == 0 } else { rows.strides().iter().all(|&stride| stride == 0) };
                (start.wrapping_add_signed(stride * column as isize), stride, again)
            }
        };
        if in_row && stride == 1 {
            return self.part(start, count);
        }
        let tile = &mut tile[..count * self.size];
        if !again || held.is_none_or(|(place, filled)| place != start || filled < count) {
            *held = Some((start, count));
            match self.places {
                Places::Same => copy_rows(self.size, self.bytes, iter::repeat(0), stride, row, tile),
                Places::Each if !in_row => copy_rows(self.size, self.bytes, at.., stride, row, tile),
                Places::Rows(rows, _) if !in_row => {
                    copy_rows(self.size, self.bytes, rows.offsets_from(at), stride, row, tile);
                }
                _ => copy_run(self.size, self.bytes, start, stride, tile),
            }
        }
        tile
    }
}
