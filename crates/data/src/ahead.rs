//! `Ahead`: values made on a thread before they are asked for.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, JoinHandle};

/// The values of an iterator that runs on a thread of its own. Dropping it stops the thread.
pub(crate) struct Ahead<T> {
    values: Option<Receiver<T>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Starts making values; at most `count` (at least 1) of them wait to be taken.
    pub fn start(count: usize, values: impl Iterator<Item = T> + Send + 'static) -> Ahead<T> {
        // The last of them waits in the hand of the thread.
        let (sender, receiver) = sync_channel(count - 1);
        let mut values = values;
        let thread = thread::spawn(move || {
            // Sending fails when nobody will take any more.
            while let Some(value) = values.next()
                && sender.send(value).is_ok()
            {}
        });
        Ahead { values: Some(receiver), thread: Some(thread) }
    }
}

impl<T> Iterator for Ahead<T> {
    type Item = T;

    /// # Panics
    /// With the panic of the thread, if it panicked.
    fn next(&mut self) -> Option<T> {
        let value = self.values.as_ref()?.recv().ok();
        if value.is_none() {
            self.values = None;
            if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join) {
                resume_unwind(panic);
            }
        }
        value
    }
}

impl<T> Drop for Ahead<T> {
    fn drop(&mut self) {
        self.values = None;
        if let Some(thread) = self.thread.take() {
            // A panic over a value that nobody waits for concerns nobody.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::{Duration, Instant};

    #[test]
    fn values_come_in_order_and_end() {
        for count in [1, 2, 1000] {
            let mut ahead = Ahead::start(count, 0..100);
            assert!(ahead.by_ref().eq(0..100));
            assert_eq!(ahead.next(), None);
        }
    }

    #[test]
    fn no_more_than_count_are_made_ahead_and_dropping_stops_the_thread() {
        for count in [1, 3] {
            let made = Arc::new(AtomicUsize::new(0));
            let counter = made.clone();
            let mut ahead = Ahead::start(
                count,
                (0..).inspect(move |_| {
                    counter.fetch_add(1, Ordering::SeqCst);
                }),
            );
            ahead.next();
            let patience = Instant::now() + Duration::from_secs(10);
            while made.load(Ordering::SeqCst) < 1 + count && Instant::now() < patience {
                thread::yield_now();
            }
            thread::sleep(Duration::from_millis(20));
            assert_eq!(made.load(Ordering::SeqCst), 1 + count);
            drop(ahead);
            // The iterator went with its thread.
            assert_eq!(Arc::strong_count(&made), 1);
        }
    }

    #[test]
    fn a_panic_of_the_thread_reaches_the_taker_after_the_values_before_it() {
        let mut ahead = Ahead::start(2, (0..5).map(|i| if i == 3 { panic!("no value {i}") } else { i }));
        assert_eq!([ahead.next(), ahead.next(), ahead.next()], [Some(0), Some(1), Some(2)]);
        let panic = catch_unwind(AssertUnwindSafe(|| ahead.next())).unwrap_err();
        assert_eq!(panic.downcast_ref::<String>().unwrap(), "no value 3");
        assert_eq!(ahead.next(), None);
    }
}
