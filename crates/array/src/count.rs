//! `Count`: how many own something.

use std::sync::atomic::{AtomicUsize, Ordering, fence};

use crate::shared::is_alone;

/// How many own something together: one at first. In a process with one thread they are counted without locked
/// instructions, each of which takes as long as a dozen others.
///
/// ```
/// use ndgrad_array::Count;
/// let owners = Count::one();
/// owners.up();
/// assert!(!owners.down() && owners.is_one());
/// assert!(owners.down());
/// assert!(!owners.up_unless_none());
/// ```
pub struct Count(AtomicUsize);

impl Count {
    /// One owner.
    #[inline]
    pub const fn one() -> Count {
        Count(AtomicUsize::new(1))
    }

    /// Whether there is one.
    #[inline]
    pub fn is_one(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1
    }

    /// Whether there is none.
    #[inline]
    pub fn is_none(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// One more, brought by one that there is.
    #[inline]
    pub fn up(&self) {
        let before = if is_alone() {
            let before = self.0.load(Ordering::Relaxed);
            self.0.store(before + 1, Ordering::Relaxed);
            before
        } else {
            self.0.fetch_add(1, Ordering::Relaxed)
        };
        // Only owners that are forgotten, never dropped, could be so many that their number wraps around.
        if before > isize::MAX as usize {
            std::process::abort();
        }
    }

    /// One more, unless there is none: whether there was one.
    #[inline]
    pub fn up_unless_none(&self) -> bool {
        if is_alone() {
            let is_owned = !self.is_none();
            if is_owned {
                self.up();
            }
            return is_owned;
        }
        let more = |before: usize| (before > 0).then(|| before + 1);
        self.0.fetch_update(Ordering::Acquire, Ordering::Relaxed, more).is_ok()
    }

    /// One less: whether it was the last. What other threads did before they counted down comes before what follows.
    #[inline]
    pub fn down(&self) -> bool {
        if is_alone() {
            let left = self.0.load(Ordering::Relaxed) - 1;
            self.0.store(left, Ordering::Relaxed);
            return left == 0;
        }
        if self.0.fetch_sub(1, Ordering::Release) != 1 {
            return false;
        }
        fence(Ordering::Acquire);
        true
    }
}
