//! The threads themselves: they wait for jobs, and take the pieces of one as long as there are any.
//!
//! The thread that brings a job works on it like the others, so that a job may bring jobs of its own, and none waits
//! for a thread that never comes.

use std::any::Any;
use std::hint;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// How long a thread looks for work, or for the end of it, before it sleeps: a few times what it takes to wake one. Work that
/// comes again and again, as the operations of a training step do, then finds everyone awake.
const PATIENCE: Duration = Duration::from_micros(50);

/// Calls with the numbers below a count, each once, on any thread.
struct Job {
    body: *const (dyn Fn(usize) + Sync),
    /// The numbers, cut in as many shares as there are threads.
    shares: Vec<Share>,
    /// Calls that have not returned.
    left: AtomicUsize,
    /// Who waits for them.
    owner: Thread,
    /// What the first of them that panicked said.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

/// Neighbouring numbers, in a cache line of their own.
#[repr(align(64))]
struct Share {
    /// The first that nobody has taken.
    next: AtomicUsize,
    end: usize,
}

impl Share {
    fn has_work(&self) -> bool {
        self.next.load(Ordering::Relaxed) < self.end
    }
}

// SAFETY: all but `body` may be sent and shared by itself; `body` is `Sync`, and is called only while its owner waits
// in `for_each` (see `Job::work`).
unsafe impl Send for Job {}
// SAFETY: as above.
unsafe impl Sync for Job {}

impl Job {
    fn has_work(&self) -> bool {
        self.shares.iter().any(Share::has_work)
    }

    /// Makes calls until all are taken: first those of one's own share, which is the same from job to job, so that what
    /// a thread has written is near when it reads it.
    fn work(&self, own: usize) {
        let (before, after) = self.shares.split_at(own % self.shares.len());
        for share in after.iter().chain(before) {
            while share.has_work() {
                let index = share.next.fetch_add(1, Ordering::Relaxed);
                if index < share.end {
                    self.call(index);
                }
            }
        }
    }

    fn call(&self, index: usize) {
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

    fn is_done(&self) -> bool {
        self.left.load(Ordering::Acquire) == 0
    }
}

struct Pool {
    state: Mutex<State>,
    wake: Condvar,
    /// How many jobs there have been: who looks for one need not lock anything.
    brought: AtomicUsize,
}

struct State {
    jobs: Vec<Arc<Job>>,
    /// Threads that wait or work, beside those that bring jobs.
    helpers: usize,
    /// How many there should be.
    wanted: usize,
    /// How many of them sleep.
    asleep: usize,
}

static POOL: Pool = Pool {
    state: Mutex::new(State { jobs: Vec::new(), helpers: 0, wanted: 0, asleep: 0 }),
    wake: Condvar::new(),
    brought: AtomicUsize::new(0),
};

/// No state is left half changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Looks for a while whether something has come: whether it has.
fn comes(has_come: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    loop {
        // Asking the time takes as long as some looks.
        for _ in 0..32 {
            if has_come() {
                return true;
            }
            hint::spin_loop();
        }
        if start.elapsed() > PATIENCE {
            return false;
        }
    }
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
    let workers = count.min(threads);
    let share = |i| Share { next: AtomicUsize::new(count * i / workers), end: count * (i + 1) / workers };
    let job = Arc::new(Job {
        body,
        shares: (0..workers).map(share).collect(),
        left: AtomicUsize::new(count),
        owner: thread::current(),
        panic: Mutex::new(None),
    });
    let asleep = {
        let mut state = lock(&POOL.state);
        state.wanted = threads - 1;
        while state.helpers < state.wanted && start_helper(state.helpers + 1) {
            state.helpers += 1;
        }
        state.jobs.push(job.clone());
        POOL.brought.fetch_add(1, Ordering::Release);
        state.asleep
    };
    for _ in 0..asleep.min(workers - 1) {
        POOL.wake.notify_one();
    }
    job.work(0);
    lock(&POOL.state).jobs.retain(|other| !Arc::ptr_eq(other, &job));
    if !job.is_done() && !comes(|| job.is_done()) {
        while !job.is_done() {
            thread::park();
        }
    }
    if let Some(panic) = lock(&job.panic).take() {
        resume_unwind(panic);
    }
}

/// A system that has no more threads to give makes work slower, not wrong.
fn start_helper(index: usize) -> bool {
    thread::Builder::new().name(format!("ndgrad-{index}")).spawn(move || help(index)).is_ok()
}

/// What a helper does until it is one too many.
fn help(index: usize) {
    let mut state = lock(&POOL.state);
    while state.helpers <= state.wanted {
        if let Some(job) = state.jobs.iter().find(|job| job.has_work()).cloned() {
            drop(state);
            job.work(index);
            drop(job);
            state = lock(&POOL.state);
            continue;
        }
        // Jobs are brought while the state is locked.
        let seen = POOL.brought.load(Ordering::Relaxed);
        drop(state);
        let has_come = comes(|| POOL.brought.load(Ordering::Relaxed) != seen);
        state = lock(&POOL.state);
        if !has_come && POOL.brought.load(Ordering::Relaxed) == seen && state.helpers <= state.wanted {
            state.asleep += 1;
            state = POOL.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.asleep -= 1;
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
