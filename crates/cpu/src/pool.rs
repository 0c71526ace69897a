//! The threads themselves: they wait for jobs, and take the pieces of one as long as there are any.
//!
//! The thread that brings a job works on it like the others, so that a job may bring jobs of its own, and none waits
//! for a thread that never comes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};

/// Calls with the numbers below `count`, each once, on any thread.
struct Job {
    body: *const (dyn Fn(usize) + Sync),
    count: usize,
    /// The first number that nobody has taken.
    next: AtomicUsize,
    /// Calls that have not returned.
    left: AtomicUsize,
    /// Who waits for them.
    owner: Thread,
    /// What the first of them that panicked said.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

// SAFETY: all but `body` may be sent and shared by itself; `body` is `Sync`, and is called only while its owner waits
// in `for_each` (see `Job::work`).
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    fn has_work(&self) -> bool {
        self.next.load(Ordering::Relaxed) < self.count
    }

    /// Makes calls until all are taken.
    fn work(&self) {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.count {
                return;
            }
            // SAFETY: this call is among those left, so the owner waits, and what `body` borrows is alive.
            let body = unsafe { &*self.body };
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| body(index))) {
                lock(&self.panic).get_or_insert(panic);
            }
            // The owner reads what was written before this.
            if self.left.fetch_sub(1, Ordering::Release) == 1 {
                self.owner.unpark();
            }
        }
    }
}

struct Pool {
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    jobs: Vec<Arc<Job>>,
    /// Threads that wait or work, beside those that bring jobs.
    helpers: usize,
    /// How many there should be.
    wanted: usize,
}

static POOL: Pool =
    Pool { state: Mutex::new(State { jobs: Vec::new(), helpers: 0, wanted: 0 }), wake: Condvar::new() };

/// No state is left half changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls `body` with each number below `count`, on up to `threads` threads, this one among them.
///
/// # Panics
/// When a call does, after all have returned.
pub fn for_each(count: usize, threads: usize, body: &(dyn Fn(usize) + Sync)) {
    if count <= 1 || threads <= 1 {
        return (0..count).for_each(body);
    }
    // SAFETY: the lifetime is only forgotten; this function returns when no call is left.
    let body = unsafe {
        std::mem::transmute::<*const (dyn Fn(usize) + Sync + '_), *const (dyn Fn(usize) + Sync)>(body)
    };
    let job = Arc::new(Job {
        body,
        count,
        next: AtomicUsize::new(0),
        left: AtomicUsize::new(count),
        owner: thread::current(),
        panic: Mutex::new(None),
    });
    {
        let mut state = lock(&POOL.state);
        state.wanted = threads - 1;
        while state.helpers < state.wanted && start_helper(state.helpers) {
            state.helpers += 1;
        }
        state.jobs.push(job.clone());
    }
    for _ in 1..count.min(threads) {
        POOL.wake.notify_one();
    }
    job.work();
    lock(&POOL.state).jobs.retain(|other| !Arc::ptr_eq(other, &job));
    while job.left.load(Ordering::Acquire) > 0 {
        thread::park();
    }
    if let Some(panic) = lock(&job.panic).take() {
        resume_unwind(panic);
    }
}

/// A system that has no more threads to give makes work slower, not wrong.
fn start_helper(index: usize) -> bool {
    thread::Builder::new().name(format!("ndgrad-{index}")).spawn(help).is_ok()
}

/// What a helper does until it is one too many.
fn help() {
    let mut state = lock(&POOL.state);
    while state.helpers <= state.wanted {
        match state.jobs.iter().find(|job| job.has_work()).cloned() {
            Some(job) => {
                drop(state);
                job.work();
                drop(job);
                state = lock(&POOL.state);
            }
            None => state = POOL.wake.wait(state).unwrap_or_else(PoisonError::into_inner),
        }
    }
    state.helpers -= 1;
}

/// Lets helpers beyond this many threads go.
pub fn shrink(threads: usize) {
    lock(&POOL.state).wanted = threads.saturating_sub(1);
    POOL.wake.notify_all();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_called_once_and_jobs_may_bring_jobs() {
        let calls: Vec<AtomicUsize> = (0..1000).map(|_| AtomicUsize::new(0)).collect();
        for_each(10, 4, &|i| {
            for_each(100, 4, &|j| {
                calls[100 * i + j].fetch_add(1, Ordering::Relaxed);
            });
        });
        assert!(calls.iter().all(|calls| calls.load(Ordering::Relaxed) == 1));
    }

    #[test]
    fn many_threads_bring_jobs_at_the_same_time() {
        let total = AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    (0..200).for_each(|_| for_each(7, 3, &|i| _ = total.fetch_add(i, Ordering::Relaxed)))
                });
            }
        });
        assert_eq!(total.load(Ordering::Relaxed), 4 * 200 * 21);
    }

    #[test]
    fn a_panic_reaches_who_brought_the_job() {
        let returned = AtomicUsize::new(0);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            for_each(50, 2, &|i| {
                assert!(i != 20, "number {i}");
                returned.fetch_add(1, Ordering::Relaxed);
            });
        }));
        assert_eq!(*caught.unwrap_err().downcast::<String>().unwrap(), "number 20");
        assert_eq!(returned.load(Ordering::Relaxed), 49);
        for_each(3, 2, &|_| {});
    }
}
