//! How many threads kernels use, and when it is worth waking them.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::pool;

/// Work below this many element operations stays on the calling thread. Handing work to a sleeping thread
/// costs 5 to 10 us here; 64 Ki elements take about that long when they come from memory.
pub const LEAST_PARALLEL: usize = 1 << 16;

/// Elements per task of a parallel elementwise kernel: 64 KiB of f32, so a task's operands stay in L2.
const CHUNK: usize = 1 << 14;

/// More threads than any machine has processors only cost memory.
const MOST: usize = 1024;

/// 0 until first asked for.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// The number of threads that large kernels use. At first it is the environment variable `NDGRAD_THREADS`, or
/// else the number of processors.
pub fn threads() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => {
            let named = std::env::var("NDGRAD_THREADS").ok().and_then(|text| text.parse().ok());
            set_threads(named.unwrap_or(0));
            THREADS.load(Ordering::Relaxed)
        }
        count => count,
    }
}

/// Uses this many threads from now on, 1024 at the most; 0 means one per processor. Results do not depend on it.
pub fn set_threads(count: usize) {
    let count = match count {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        count => count,
    };
    THREADS.store(count.min(MOST), Ordering::Relaxed);
    pool::shrink(count.min(MOST));
}

/// Whether work of this many element operations is split over threads.
#[inline]
pub(crate) fn is_parallel(work: usize) -> bool {
    work >= LEAST_PARALLEL && threads() > 1
}

/// Calls `body` with each number below `count`, on all threads.
pub(crate) fn for_each(count: usize, body: impl Fn(usize) + Sync) {
    pool::for_each(count, threads(), &body);
}

/// Fills `out` piece by piece: `fill` is given the index of a piece's first element, and the piece. `work` is
/// the number of operations per element; pieces start at multiples of `unit`. Large work is split over threads, so
/// what an element becomes may depend on its index alone.
///
/// ```
/// let mut squares = vec![0; 1 << 20];
/// ndgrad_cpu::threads::fill_pieces(&mut squares, 1, 1, |start, piece| {
///     for (i, out) in piece.iter_mut().enumerate() {
///         *out = (start + i) * (start + i);
///     }
/// });
/// assert_eq!(squares[1000], 1_000_000);
/// ```
#[inline]
pub fn fill_pieces<T: Send>(out: &mut [T], work: usize, unit: usize, fill: impl Fn(usize, &mut [T]) + Sync) {
    if !is_parallel(out.len().saturating_mul(work)) {
        return fill(0, out);
    }
    let piece = piece_of(work, unit);
    fill_each(out, piece, |index, out| fill(index * piece, out));
}

/// [`fill_pieces`] for elements of `size` bytes.
pub(crate) fn split(
    out: &mut [u8],
    size: usize,
    work: usize,
    unit: usize,
    fill: &(dyn Fn(usize, &mut [u8]) + Sync),
) {
    if !is_parallel((out.len() / size).saturating_mul(work)) {
        return fill(0, out);
    }
    let piece = piece_of(work, unit);
    fill_each(out, piece * size, |index, out| fill(index * piece, out));
}

/// Elements of a piece of parallel work.
fn piece_of(work: usize, unit: usize) -> usize {
    (CHUNK / work.max(1)).max(1).next_multiple_of(unit)
}

/// Fills pieces of `piece` elements each, given their numbers, on all threads.
pub(crate) fn fill_each<T: Send>(out: &mut [T], piece: usize, fill: impl Fn(usize, &mut [T]) + Sync) {
    struct Start<T>(*mut T);
    // SAFETY: each call below makes a slice of its own of what this points to, and its elements may be sent.
    unsafe impl<T: Send> Sync for Start<T> {}

    let (count, start) = (out.len(), &Start(out.as_mut_ptr()));
    for_each(count.div_ceil(piece), |index| {
        let from = index * piece;
        // SAFETY: the pieces lie in `out`, which is borrowed meanwhile, and no two overlap.
        let out = unsafe { std::slice::from_raw_parts_mut(start.0.add(from), piece.min(count - from)) };
        fill(index, out);
    });
}
