//! How often a training step asks the system for memory. In a file of its own, since it replaces the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use ndgrad_data::{ArrayDataset, DataLoader};
use ndgrad_tensor::{autograd, random};

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: all is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.set(COUNT.get() + 1);
        // SAFETY: the caller promises for `layout` what is asked of it here.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the memory came from `alloc` above, with this layout.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The loop of the tutorial: batches, loss, gradients, updates. A step asks for nothing; an epoch for its order of rows.
#[test]
fn a_step_asks_the_system_for_no_memory() {
    random::seed(1);
    let x = random::normal([1000, 2]);
    let y = random::normal([1000]);
    let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(4).shuffle(true);
    let (w, b) = (random::normal([2, 1]).attach_grad(), random::normal([1]).attach_grad());
    let mut moving_loss = 0.0;
    let mut most = 0;
    for epoch in 0..3 {
        let batches = train.iter();
        let mut before = COUNT.get();
        for (data, label) in batches {
            let label = label.reshape([-1, 1]);
            let loss = autograd::record(|| (data.dot(&w) + &b - &label).square().mean());
            loss.backward();
            for parameter in [&w, &b] {
                parameter.assign(parameter - 0.001 * parameter.grad());
            }
            moving_loss = 0.99 * moving_loss + 0.01 * loss.item();
            drop((data, label, loss));
            let after = COUNT.get();
            if epoch > 0 {
                most = most.max(after - before);
            }
            before = after;
        }
    }
    assert!(moving_loss.is_finite());
    assert_eq!(most, 0);
}
