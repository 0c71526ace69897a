//! `Sampler`: in which order the rows of an epoch come, and how they are cut into batches.

use std::fmt;
use std::str::FromStr;

use ndgrad_array::{Error, Result};
use ndgrad_tensor::random::{self, Generator};

/// What becomes of the rows at the end of an epoch that do not fill a batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastBatch {
    /// They are a smaller batch.
    #[default]
    Keep,
    /// They are left out of this epoch.
    Discard,
    /// They come first in the next epoch.
    Rollover,
}

impl LastBatch {
    const ALL: [(LastBatch, &str); 3] =
        [(LastBatch::Keep, "keep"), (LastBatch::Discard, "discard"), (LastBatch::Rollover, "rollover")];
}

impl fmt::Display for LastBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(LastBatch::ALL[*self as usize].1)
    }
}

impl FromStr for LastBatch {
    type Err = Error;

    fn from_str(text: &str) -> Result<LastBatch> {
        let found = LastBatch::ALL.iter().find(|(_, name)| *name == text);
        found
            .map(|(last, _)| *last)
            .ok_or_else(|| Error::Data(format!("last batch: {text:?} is none of keep, discard and rollover")))
    }
}

/// The order of rows and their cut, fixed by these five values and the number of the epoch alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sampler {
    /// Rows per epoch.
    pub rows: usize,
    /// Rows per batch, at least 1.
    pub batch_size: usize,
    pub last: LastBatch,
    pub shuffle: bool,
    pub seed: u64,
}

impl Sampler {
    /// Streams of a seed that are used for shuffling, one per epoch, start at this key ("shuffle" in ASCII), far
    /// from the small keys that others choose.
    const SHUFFLE: u64 = u64::from_be_bytes(*b"\0shuffle");

    /// The rows in their own order, one at a time, to be shuffled as the thread's default generator is seeded.
    pub fn new(rows: usize) -> Sampler {
        let seed = random::with_generator(|generator| {
            let uniform = generator.stream(Self::SHUFFLE).uniform([3]).to_vec::<f32>();
            // Each number is a multiple of 2^-24: three give 72 bits, of which the first 8 fall out.
            uniform.iter().fold(0, |seed: u64, &u| seed << 24 | (u * 2f32.powi(24)) as u64)
        });
        Sampler { rows, batch_size: 1, last: LastBatch::default(), shuffle: false, seed }
    }

    /// All rows of one epoch in its order.
    pub fn order(&self, epoch: u64) -> Vec<usize> {
        if !self.shuffle {
            return (0..self.rows).collect();
        }
        let stream = Self::SHUFFLE.wrapping_add(epoch);
        Generator::philox(self.seed).stream(stream).permutation(self.rows)
    }

    /// The number of batches in an epoch that begins with this many rows carried over.
    pub fn batches(&self, carried: usize) -> usize {
        let rows = carried.saturating_add(self.rows);
        match self.last {
            LastBatch::Keep => rows.div_ceil(self.batch_size),
            LastBatch::Discard | LastBatch::Rollover => rows / self.batch_size,
        }
    }

    /// The number of rows that such an epoch passes on to the next.
    pub fn left_over(&self, carried: usize) -> usize {
        match self.last {
            LastBatch::Rollover => carried.saturating_add(self.rows) % self.batch_size,
            LastBatch::Keep | LastBatch::Discard => 0,
        }
    }

    /// The rows of an epoch: first those carried over, which are the last ones of the epochs before.
    pub fn rows(&self, epoch: u64, carried: usize) -> Vec<usize> {
        let mut rows = self.order(epoch);
        let mut before = epoch;
        let mut missing = carried;
        while missing > 0 {
            before -= 1;
            let order = self.order(before);
            let tail = order.len() - missing.min(order.len());
            missing -= order.len() - tail;
            rows.splice(0..0, order[tail..].iter().copied());
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sampler(rows: usize, batch_size: usize, last: LastBatch) -> Sampler {
        Sampler { rows, batch_size, last, shuffle: true, seed: 1 }
    }

    /// Printed by tests/reference/order.py, Python 3.11.7: Philox, bounded draws and shuffle written anew.
    #[test]
    fn orders_are_pinned() {
        assert_eq!(sampler(10, 1, LastBatch::Keep).order(0), [1, 6, 7, 3, 5, 9, 8, 0, 4, 2]);
        assert_eq!(sampler(10, 1, LastBatch::Keep).order(1), [0, 5, 7, 1, 2, 6, 3, 8, 4, 9]);
        assert_eq!(
            Sampler { seed: u64::MAX, ..sampler(7, 1, LastBatch::Keep) }.order(u64::MAX),
            [6, 2, 0, 3, 4, 1, 5]
        );
    }

    #[test]
    fn the_default_seed_follows_the_thread_and_draws_nothing_from_it() {
        random::seed(1);
        let (first, second) = (Sampler::new(5), Sampler::new(5));
        let drawn = random::uniform([2]).to_vec::<f32>();
        random::seed(1);
        assert_eq!(random::uniform([2]).to_vec::<f32>(), drawn);
        assert_eq!((first, second), (Sampler::new(5), first));
        // Printed by tests/reference/order.py, Python 3.11.7.
        assert_eq!(first.seed, 7456626986466007175);
        random::seed(2);
        assert_ne!(Sampler::new(5), first);
        random::set_generator(Generator::mxnet(1));
        assert_eq!(Sampler::new(5), first);
        random::seed(0);
    }

    #[test]
    fn carried_rows_are_the_last_of_the_epochs_before() {
        let few = sampler(3, 8, LastBatch::Rollover);
        assert_eq!(few.rows(2, 0), few.order(2));
        assert_eq!(few.rows(2, 2), [&few.order(1)[1..], &few.order(2)].concat());
        assert_eq!(few.rows(2, 5), [&few.order(0)[1..], &few.order(1), &few.order(2)].concat());
    }

    #[test]
    fn no_size_overflows() {
        let all_at_once = sampler(3, usize::MAX, LastBatch::Keep);
        assert_eq!((all_at_once.batches(0), all_at_once.left_over(0)), (1, 0));
        let never = sampler(3, usize::MAX, LastBatch::Rollover);
        assert_eq!((never.batches(0), never.left_over(3)), (0, 6));
    }
}
