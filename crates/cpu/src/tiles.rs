//! Operands of any layout as contiguous slices of one length.
//!
//! What lies one behind the other is handed on as it is. What is stretched or strided is copied, a tile at a time,
//! to where a loop over contiguous slices finds it in L1. Nothing here knows of dtypes: elements are bytes.

use std::cell::RefCell;

use ndgrad_array::{Array, Layout};

use crate::contiguous;
use crate::movement::{copy_rows, copy_run};
use crate::threads::split;

/// Bytes of a tile: the three that an operation may need fit in L1 beside its result.
const BYTES: usize = 4096;

/// Memory for what a kernel computes on the way, aligned for every dtype and vector register.
#[repr(align(64))]
struct Scratch([u8; 4 * BYTES]);

thread_local! {
    // Kept, because zeroing it anew would cost more than a small operation.
    static SCRATCH: RefCell<Scratch> = const { RefCell::new(Scratch([0; 4 * BYTES])) };
}

/// Lends 16 KiB that belong to the thread. What they hold is unspecified. They cannot be lent again meanwhile.
#[inline]
pub fn with_scratch<R>(body: impl FnOnce(&mut [u8]) -> R) -> R {
    SCRATCH.with_borrow_mut(|scratch| body(&mut scratch.0))
}

/// What is done with a piece of every operand and the piece of the result that belongs to it.
type Run<'a, const N: usize> = &'a (dyn Fn([&[u8]; N], &mut [u8]) + Sync);

/// Calls `run` with pieces of `out`, which is contiguous, and with those of up to three operands that belong to
/// them; operands stretch to the shape of `out`.
pub fn for_tiles<const N: usize>(operands: [&Array; N], out: &mut Array, run: Run<'_, N>) {
    let count = out.shape().size();
    if count == 0 {
        return;
    }
    let simple = operands.map(|x| Source::simple(x, count));
    let largest = operands.iter().map(|x| x.dtype().size()).max().unwrap_or(1);
    if simple.iter().all(Option::is_some) {
        let sources = simple.map(|source| source.expect("all are simple"));
        let whole = sources.iter().all(|source| matches!(source.places, Places::Whole));
        let most = if whole { count } else { BYTES / largest };
        return run_pieces(&sources, Steps { row: count, unit: 1, most }, out, run);
    }
    let near = operands.map(|x| is_far(x).then(|| contiguous(x)));
    let operands: [&Array; N] = std::array::from_fn(|i| near[i].as_ref().unwrap_or(operands[i]));
    let layouts = Layout::collapse_all(operands.map(|x| x.layout().broadcast_to(*out.shape())));
    let sources: [Source<'_>; N] = std::array::from_fn(|i| Source::rows(operands[i], &layouts[i]));
    let row = layouts[0].shape().last().copied().unwrap_or(1);
    let most = BYTES / largest;
    // Short rows are taken several at a time, long ones in pieces.
    let steps = if row <= most {
        Steps { row, unit: row, most: most / row * row }
    } else {
        Steps { row, unit: 1, most }
    };
    run_pieces(&sources, steps, out, run);
}

/// Whether the elements of much memory are visited far from each other: they are brought together first, block by
/// block.
fn is_far(x: &Array) -> bool {
    let layout = x.layout();
    !layout.is_contiguous()
        && layout.shape().size() > BYTES
        && !matches!(layout.collapse().strides().last(), None | Some(0 | 1))
}

/// How the elements of a result are taken.
#[derive(Clone, Copy)]
struct Steps {
    /// Elements of a row, along which every operand is evenly spaced.
    row: usize,
    /// Pieces begin at multiples of this: whole rows, or anywhere in one.
    unit: usize,
    /// Elements of a piece at most.
    most: usize,
}

fn run_pieces<const N: usize>(sources: &[Source<'_>; N], steps: Steps, out: &mut Array, run: Run<'_, N>) {
    let size = out.dtype().size();
    let Steps { row, unit, most } = steps;
    split(out.as_bytes_mut(), size, 1, unit, &|first, mut out| {
        with_scratch(|scratch| {
            let mut held = [None; N];
            let mut done = first;
            while !out.is_empty() {
                let (at, column) = (done / row, done % row);
                let left = if unit == 1 { row - column } else { usize::MAX };
                let step = most.min(left).min(out.len() / size);
                let (piece, rest) = std::mem::take(&mut out).split_at_mut(step * size);
                let mut memory = scratch.chunks_exact_mut(BYTES).zip(&mut held);
                let parts = sources.each_ref().map(|source| {
                    let (tile, held) = memory.next().expect("a tile for each operand");
                    source.piece(at, column..column + step, row, tile, held)
                });
                run(parts, piece);
                (out, done) = (rest, done + step);
            }
        });
    });
}

/// An operand, as one sees it who walks through the result.
struct Source<'a> {
    /// From the first element on, if there is a first one in memory; else the whole buffer.
    bytes: &'a [u8],
    /// Bytes of an element.
    size: usize,
    places: Places,
}

/// Where the elements lie.
enum Places {
    /// One for each of the result's, in their order.
    Whole,
    /// One for all.
    Single,
    /// In rows: where each begins, and the distance of neighbours in one.
    Rows { rows: Layout, stride: isize },
}

impl<'a> Source<'a> {
    /// An operand that needs no layout.
    #[inline]
    fn simple(x: &'a Array, count: usize) -> Option<Source<'a>> {
        let bytes = x.as_bytes()?;
        let size = x.dtype().size();
        let places = match bytes.len() / size {
            own if own == count => Places::Whole,
            1 => Places::Single,
            _ => return None,
        };
        Some(Source { bytes, size, places })
    }

    /// An operand stretched to the shape of a result.
    fn rows(x: &'a Array, layout: &Layout) -> Source<'a> {
        if let Some(simple) = Source::simple(x, layout.shape().size()) {
            return simple;
        }
        let (rows, row) = layout.split(layout.shape().rank().saturating_sub(1));
        let stride = row.strides().last().copied().unwrap_or(0);
        Source { bytes: x.bytes(), size: x.dtype().size(), places: Places::Rows { rows, stride } }
    }

    /// The elements of row `at` (of the length `row`) from `columns.start` on; they may go on in the rows that follow
    /// if they begin with a row. `held` is where the elements lie that the tile holds from earlier, and how many.
    #[inline]
    fn piece<'t>(
        &'t self,
        at: usize,
        columns: std::ops::Range<usize>,
        row: usize,
        tile: &'t mut [u8],
        held: &mut Option<(usize, usize)>,
    ) -> &'t [u8] {
        let (size, count) = (self.size, columns.len());
        match &self.places {
            Places::Whole => &self.bytes[(at * row + columns.start) * size..][..count * size],
            Places::Single => {
                if held.is_none_or(|(_, held)| held < count) {
                    copy_run(size, self.bytes, 0, 0, &mut tile[..count * size]);
                    *held = Some((0, count));
                }
                &tile[..count * size]
            }
            Places::Rows { rows, stride } => {
                let place = rows.offsets_from(at).next().expect("a row of the operand");
                if columns.end <= row {
                    let start = place.wrapping_add_signed(stride * columns.start as isize);
                    if *stride == 1 {
                        return &self.bytes[start * size..][..count * size];
                    }
                    if *stride != 0 || held.is_none_or(|held| held.0 != start || held.1 < count) {
                        copy_run(size, self.bytes, start, *stride, &mut tile[..count * size]);
                        *held = Some((start, count));
                    }
                } else {
                    let same = rows.strides().iter().all(|&stride| stride == 0);
                    if !same || held.is_none_or(|held| held.1 < count) {
                        let rows = rows.offsets_from(at);
                        copy_rows(size, self.bytes, rows, *stride, row, &mut tile[..count * size]);
                        *held = Some((place, count));
                    }
                }
                &tile[..count * size]
            }
        }
    }
}
