//! Tasks run side by side on threads, their results taken in order.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::{self, JoinHandle};

use ndgrad_array::Result;
use ndgrad_tensor::threads::threads;

/// What is to be done, once, on any thread.
pub(crate) type Task<'a, T> = Box<dyn FnOnce() -> Result<T> + Send + 'a>;

/// Tasks one after another; getting the next one (reading from the file) is not free either.
pub(crate) type Tasks<'a, T> = Box<dyn Iterator<Item = Result<Task<'a, T>>> + Send + 'a>;

/// No state is left half changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The panic of a task reaches who takes its result.
type Done<T> = Result<Result<T>, Box<dyn Any + Send>>;

struct Shared<'a, T> {
    tasks: Mutex<Tasks<'a, T>>,
    state: Mutex<State<T>>,
    changed: Condvar,
    /// The most results that wait or are in the making: what bounds the memory.
    window: usize,
}

struct State<T> {
    /// The results from the next one on that is to be handed out; `None` where it is in the making.
    results: VecDeque<Option<Done<T>>>,
    /// How many were handed out.
    out: usize,
    /// Whether there are no more tasks, or nobody wants them.
    finished: bool,
}

impl<'a, T: Send> Shared<'a, T> {
    fn new(tasks: Tasks<'a, T>, threads: usize) -> Self {
        let state = State { results: VecDeque::new(), out: 0, finished: false };
        let window = 2 * threads + 1;
        Shared { tasks: Mutex::new(tasks), state: Mutex::new(state), changed: Condvar::new(), window }
    }

    /// Takes the next task, if there is one, and runs it.
    fn run_one(&self, mut tasks: MutexGuard<'_, Tasks<'a, T>>) {
        let next = catch_unwind(AssertUnwindSafe(|| tasks.next()));
        let number = {
            let mut state = lock(&self.state);
            let place = |state: &mut State<T>| {
                state.results.push_back(None);
                state.out + state.results.len() - 1
            };
            let number = match &next {
                _ if state.finished => None,
                Ok(None) => {
                    state.finished = true;
                    None
                }
                Ok(Some(Ok(_))) => Some(place(&mut state)),
                // Nothing is read after an error.
                Ok(Some(Err(_))) | Err(_) => {
                    state.finished = true;
                    Some(place(&mut state))
                }
            };
            self.changed.notify_all();
            number
        };
        drop(tasks);
        let Some(number) = number else { return };
        let done = match next {
            Ok(Some(Ok(task))) => catch_unwind(AssertUnwindSafe(task)),
            Ok(Some(Err(error))) => Ok(Err(error)),
            Err(panic) => Err(panic),
            Ok(None) => return,
        };
        let mut state = lock(&self.state);
        if !matches!(done, Ok(Ok(_))) {
            state.finished = true;
        }
        // Results before this one may have been handed out meanwhile.
        let index = number - state.out;
        state.results[index] = Some(done);
        self.changed.notify_all();
    }

    /// What a helping thread does until there is no more to do.
    fn help(&self) {
        loop {
            let tasks = lock(&self.tasks);
            let mut state = lock(&self.state);
            while !state.finished && state.results.len() >= self.window {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            if state.finished {
                return;
            }
            drop(state);
            self.run_one(tasks);
        }
    }

    /// The next result in order. Who waits for it helps meanwhile.
    fn next(&self) -> Option<Result<T>> {
        loop {
            let mut state = lock(&self.state);
            match state.results.front_mut().map(Option::take) {
                Some(Some(done)) => {
                    state.results.pop_front();
                    state.out += 1;
                    self.changed.notify_all();
                    drop(state);
                    return Some(done.unwrap_or_else(|panic| resume_unwind(panic)));
                }
                None if state.finished => return None,
                _ => {}
            }
            if !state.finished && state.results.len() < self.window {
                let tasks = match self.tasks.try_lock() {
                    Ok(tasks) => Some(tasks),
                    Err(TryLockError::Poisoned(tasks)) => Some(tasks.into_inner()),
                    Err(TryLockError::WouldBlock) => None,
                };
                if let Some(tasks) = tasks {
                    drop(state);
                    self.run_one(tasks);
                    continue;
                }
            }
            drop(self.changed.wait(state).unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn stop(&self) {
        lock(&self.state).finished = true;
        self.changed.notify_all();
    }
}

/// The results of tasks, in their order.
pub(crate) struct Ordered<T> {
    shared: Arc<Shared<'static, T>>,
    helpers: Vec<JoinHandle<()>>,
    /// Nothing comes after an error.
    ended: bool,
}

impl<T: Send + 'static> Ordered<T> {
    pub fn new(tasks: Tasks<'static, T>) -> Self {
        let threads = threads();
        let shared = Arc::new(Shared::new(tasks, threads));
        // A system that has no more threads to give makes this slower, not wrong.
        let helpers = (1..threads).map_while(|_| {
            let shared = shared.clone();
            thread::Builder::new().name("ndgrad-read".into()).spawn(move || shared.help()).ok()
        });
        Ordered { helpers: helpers.collect(), shared, ended: false }
    }
}

impl<T: Send> Iterator for Ordered<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        let next = if self.ended { None } else { self.shared.next() };
        if !matches!(next, Some(Ok(_))) {
            self.ended = true;
            self.shared.stop();
        }
        next
    }
}

impl<T> Drop for Ordered<T> {
    fn drop(&mut self) {
        lock(&self.shared.state).finished = true;
        self.shared.changed.notify_all();
        for helper in self.helpers.drain(..) {
            // Panics of tasks are handed on with their results; a helper has none of its own.
            let _ = helper.join();
        }
    }
}

/// Runs the tasks and visits their results in order, until a visit fails.
pub(crate) fn in_order<'a, T: Send + 'a>(
    tasks: Tasks<'a, T>,
    mut visit: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    /// Lets the helpers go, even when a visit panics.
    struct Stop<'s, 'a, T: Send>(&'s Shared<'a, T>);
    impl<T: Send> Drop for Stop<'_, '_, T> {
        fn drop(&mut self) {
            self.0.stop();
        }
    }
    let threads = threads();
    let shared = Shared::new(tasks, threads);
    thread::scope(|scope| {
        let stop = Stop(&shared);
        for _ in 1..threads {
            let shared = &shared;
            if thread::Builder::new()
                .name("ndgrad-read".into())
                .spawn_scoped(scope, || shared.help())
                .is_err()
            {
                break;
            }
        }
        while let Some(result) = stop.0.next() {
            visit(result?)?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndgrad_array::Error;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    fn tasks<'a>(count: usize, run: impl Fn(usize) -> Result<usize> + Send + Sync + 'a) -> Tasks<'a, usize> {
        let run = Arc::new(run);
        Box::new((0..count).map(move |i| {
            let run = run.clone();
            Ok(Box::new(move || run(i)) as Task<'a, usize>)
        }))
    }

    fn slow(i: usize) -> Result<usize> {
        thread::sleep(Duration::from_micros(if i.is_multiple_of(3) { 500 } else { 5 }));
        Ok(i)
    }

    #[test]
    fn results_come_in_order() {
        let all = Vec::from_iter(0..300);
        assert_eq!(Ordered::new(tasks(300, slow)).map(Result::unwrap).collect::<Vec<_>>(), all);
        let mut seen = Vec::new();
        in_order(tasks(300, slow), |i| {
            seen.push(i);
            Ok(())
        })
        .unwrap();
        assert_eq!(seen, all);
    }

    #[test]
    fn nothing_runs_far_ahead_and_nothing_stays_behind() {
        let started = AtomicUsize::new(0);
        let window = 2 * threads() + 1;
        let run = |i| {
            started.fetch_add(1, Ordering::SeqCst);
            slow(i)
        };
        let mut visited = 0;
        let result = in_order(tasks(1000, run), |_| {
            visited += 1;
            assert!(started.load(Ordering::SeqCst) <= visited + window);
            if visited == 20 { Err(Error::Data("enough".into())) } else { Ok(()) }
        });
        assert_eq!(result.unwrap_err().to_string(), "enough");
        assert!(started.load(Ordering::SeqCst) <= 20 + window);
        drop(Ordered::new(tasks(1000, slow)));
    }

    #[test]
    fn the_first_error_in_order_ends_all() {
        let run = |i: usize| if i >= 40 { Err(Error::Data(i.to_string())) } else { slow(i) };
        let results = Vec::from_iter(Ordered::new(tasks(100, run)));
        assert_eq!(results.len(), 41);
        assert_eq!(results[40].as_ref().unwrap_err().to_string(), "40");
    }

    #[test]
    #[should_panic(expected = "task 7")]
    fn a_panic_reaches_who_waits() {
        let run = |i| if i == 7 { panic!("task 7") } else { slow(i) };
        Ordered::new(tasks(100, run)).for_each(|_| {});
    }
}
