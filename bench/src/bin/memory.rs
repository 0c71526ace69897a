//! S10: memory over many eager steps. An allocator that counts, around the system's, says how often a step asks for
//! memory; the system says how much the process holds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use ndgrad::prelude::*;
use ndgrad_bench::data::Rows;
use ndgrad_bench::report::{Report, resident_memory};
use ndgrad_bench::seeds_loop::{params, step};
use ndgrad_bench::settings::cases;

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is the system allocator's; counting touches no memory that is handed out.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`, which is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above; the pointer came from the system.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn report(case: &str, figure: f64, unit: &str) {
    Report { workload: "S10", case, variant: "eager", figure, unit, check: None }.print();
}

fn main() {
    let steps = cases()[0][0];
    let rows = Rows::of_the_seeds_loop();
    let [w, b] = params();
    // One epoch first: its batches are those of every later one, so that what is counted are the steps.
    let batches: Vec<(Tensor, Tensor)> = rows.loader().iter().collect();
    let run = |count: usize| {
        let all = batches.iter().cycle().take(count);
        let last = all.fold(0.0, |_, (data, label)| step(data, label, [&w, &b], 0.001).item());
        assert!(last.is_finite(), "training went astray");
    };
    run(1000);
    let (allocations, buffers, bytes) =
        (ALLOCATIONS.load(Ordering::Relaxed), ndgrad::live_buffers(), resident_memory());
    run(steps);
    let asked = ALLOCATIONS.load(Ordering::Relaxed) - allocations;
    report("allocations a step", asked as f64 / steps as f64, "allocations");
    report("buffers more at the end", (ndgrad::live_buffers() - buffers) as f64, "buffers");
    report("memory more at the end", (resident_memory() - bytes) / 1e6, "MB");
}
