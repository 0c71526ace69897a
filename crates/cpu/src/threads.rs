//! One pool of threads for all kernels, and when it is worth waking.

use std::sync::{Arc, OnceLock, RwLock};

use rayon::ThreadPool;
use rayon::prelude::*;

/// Work below this many element operations stays on the calling thread. Handing work to a sleeping thread
/// costs 5 to 10 us here; 64 Ki elements take about that long when they come from memory.
pub const LEAST_PARALLEL: usize = 1 << 16;

/// Elements per task of a parallel elementwise kernel: 64 KiB of f32, so a task's operands stay in L2.
const CHUNK: usize = 1 << 14;

fn pool() -> &'static RwLock<Arc<ThreadPool>> {
    static POOL: OnceLock<RwLock<Arc<ThreadPool>>> = OnceLock::new();
    POOL.get_or_init(|| {
        let named = std::env::var("NDGRAD_THREADS").ok().and_then(|text| text.parse().ok());
        RwLock::new(Arc::new(build(named.unwrap_or(0))))
    })
}

/// More threads than any machine has processors only cost memory.
const MOST: usize = 1024;

/// `count` threads, or one per processor for 0.
fn build(count: usize) -> ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(count.min(MOST))
        .thread_name(|index| format!("ndgrad-{index}"))
        .build()
        .expect("the system starts threads")
}

fn current() -> Arc<ThreadPool> {
    pool().read().expect("no panic while the pool is exchanged").clone()
}

/// The number of threads that large kernels use. At first it is the environment variable `NDGRAD_THREADS`, or
/// else the number of processors.
pub fn threads() -> usize {
    current().current_num_threads()
}

/// Uses this many threads from now on, 1024 at the most; 0 means one per processor. Results do not depend on it.
pub fn set_threads(count: usize) {
    *pool().write().expect("no panic while the pool is exchanged") = Arc::new(build(count));
}

/// Whether work of this many element operations is split over threads.
#[inline]
pub(crate) fn is_parallel(work: usize) -> bool {
    work >= LEAST_PARALLEL && threads() > 1
}

/// Fills `out` piece by piece: `fill` is given the index of a piece's first element, and the piece. `work` is
/// the number of operations per element; pieces start at multiples of `unit`.
#[inline]
pub(crate) fn fill_pieces<T: Send>(
    out: &mut [T],
    work: usize,
    unit: usize,
    fill: impl Fn(usize, &mut [T]) + Sync,
) {
    if !is_parallel(out.len().saturating_mul(work)) {
        return fill(0, out);
    }
    let piece = (CHUNK / work.max(1)).next_multiple_of(unit.max(1)).max(unit);
    current().install(|| {
        out.par_chunks_mut(piece).enumerate().for_each(|(index, chunk)| fill(index * piece, chunk));
    });
}

/// Calls `body` with each number below `count`, on all threads.
pub(crate) fn for_each(count: usize, body: impl Fn(usize) + Send + Sync) {
    current().install(|| (0..count).into_par_iter().for_each(body));
}

/// Both results; on two threads if the work of each is large.
#[inline]
pub(crate) fn join<A: Send, B: Send>(
    work: usize,
    left: impl FnOnce() -> A + Send,
    right: impl FnOnce() -> B + Send,
) -> (A, B) {
    if is_parallel(work) { current().install(|| rayon::join(left, right)) } else { (left(), right()) }
}
