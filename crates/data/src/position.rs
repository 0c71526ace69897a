//! `Position`: where in its data a loader is, as one line of text.

use std::fmt;
use std::str::FromStr;

use ndgrad_array::{Error, Result};

use crate::sampler::{LastBatch, Sampler};

/// Where in its data a loader is: the epoch, the batches of it that were taken, and all that fixes which rows
/// come next. It prints as one line of text, and is read back from it.
///
/// ```
/// use ndgrad_data::{DataLoader, Position};
/// use ndgrad_tensor::Tensor;
///
/// let x = Tensor::linspace(0.0, 9.0, 10);
/// let train = DataLoader::new(x.clone()).batch_size(4).shuffle(true).seed(7);
/// let mut batches = train.iter();
/// batches.next();
/// let saved = train.position().to_string();
/// assert_eq!(
///     saved,
///     "epoch=0 batch=1 carried=0 rows=10 batch_size=4 last_batch=keep shuffle=true seed=7"
/// );
///
/// // Later, perhaps in another process:
/// let mut resumed = DataLoader::new(x).batch_size(4).shuffle(true);
/// resumed.restore(saved.parse::<Position>()?)?;
/// assert_eq!(resumed.iter().next().unwrap().to_vec::<f32>(), batches.next().unwrap().to_vec::<f32>());
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub(crate) sampler: Sampler,
    pub(crate) epoch: u64,
    pub(crate) batch: usize,
    /// Rows of earlier epochs that this one begins with.
    pub(crate) carried: usize,
}

impl Position {
    /// Before the first batch of the first epoch.
    pub(crate) fn start(sampler: Sampler) -> Position {
        Position { sampler, epoch: 0, batch: 0, carried: 0 }
    }

    /// The number of the epoch, from 0.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// The number of batches of the epoch that were taken already.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// The number of batches in the epoch, taken or not.
    pub fn batches(&self) -> usize {
        self.sampler.batches(self.carried)
    }

    /// Whether all batches of the epoch were taken.
    pub(crate) fn is_at_end(&self) -> bool {
        self.batch >= self.batches()
    }

    /// The start of the next epoch. Rows that are left over go with it if this epoch came to its end.
    pub(crate) fn next_epoch(&self) -> Position {
        let carried = if self.is_at_end() { self.sampler.left_over(self.carried) } else { 0 };
        Position { epoch: self.epoch.saturating_add(1), batch: 0, carried, ..*self }
    }

    /// The rows of the whole epoch.
    pub(crate) fn rows(&self) -> Vec<usize> {
        self.sampler.rows(self.epoch, self.carried)
    }

    /// The rows of the batch to come, out of those of the epoch.
    pub(crate) fn cut<'a>(&self, rows: &'a [usize]) -> &'a [usize] {
        let (count, rest) = self.rest(rows);
        &rest[..count]
    }

    /// How many rows the batch to come has, and its and all later rows.
    #[inline]
    pub(crate) fn rest<'a>(&self, rows: &'a [usize]) -> (usize, &'a [usize]) {
        let rest = &rows[self.batch * self.sampler.batch_size..];
        (rest.len().min(self.sampler.batch_size), rest)
    }

    /// This position for a loader that cuts as `own` does. The seed is the position's.
    ///
    /// # Errors
    /// When rows or batches would not be those that the position was saved for.
    pub(crate) fn checked(self, own: &Sampler) -> Result<Position> {
        let differs = |what: &str, saved: &dyn fmt::Display, own: &dyn fmt::Display| {
            Err(Error::Data(format!(
                "position: saved with {what} {saved}, but this loader has {own}; \
                 build it as it was when the position was saved"
            )))
        };
        let saved = &self.sampler;
        if saved.rows != own.rows {
            return differs("rows", &saved.rows, &own.rows);
        }
        if saved.batch_size != own.batch_size {
            return differs("batch_size", &saved.batch_size, &own.batch_size);
        }
        if saved.last != own.last {
            return differs("last_batch", &saved.last, &own.last);
        }
        if saved.shuffle != own.shuffle {
            return differs("shuffle", &saved.shuffle, &own.shuffle);
        }
        let impossible = |message: String| Err(Error::Data(format!("position: {message}")));
        if !self.could_carry() {
            return impossible(format!("carried={} cannot be in epoch {}", self.carried, self.epoch));
        }
        if self.batch > self.batches() {
            return impossible(format!("batch={}, but the epoch has {} batches", self.batch, self.batches()));
        }
        Ok(self)
    }

    /// Whether the epochs before could have left that many rows.
    fn could_carry(&self) -> bool {
        let Sampler { rows, batch_size, last, .. } = self.sampler;
        let rows_before = u128::from(self.epoch) * rows as u128;
        let rolls_over = last == LastBatch::Rollover;
        self.carried == 0 || (rolls_over && self.carried < batch_size && self.carried as u128 <= rows_before)
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { sampler, epoch, batch, carried } = self;
        let Sampler { rows, batch_size, last, shuffle, seed } = sampler;
        write!(f, "epoch={epoch} batch={batch} carried={carried} rows={rows} batch_size={batch_size} ")?;
        write!(f, "last_batch={last} shuffle={shuffle} seed={seed}")
    }
}

impl FromStr for Position {
    type Err = Error;

    /// Reads what `{}` prints; the parts may come in any order.
    fn from_str(text: &str) -> Result<Position> {
        Parts::read(text).map_err(|message| Error::Data(format!("position: {message}")))
    }
}

/// The parts `name=value` of a line, each to be taken once.
struct Parts<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parts<'a> {
    const NAMES: [&'static str; 8] =
        ["epoch", "batch", "carried", "rows", "batch_size", "last_batch", "shuffle", "seed"];

    fn read(text: &'a str) -> Result<Position, String> {
        let mut parts = Vec::new();
        for part in text.split_whitespace() {
            let Some((name, value)) = part.split_once('=') else {
                return Err(format!("{part:?} is not of the form name=value, as in batch=17"));
            };
            if !Self::NAMES.contains(&name) {
                return Err(format!("unknown name in {part:?}; there are {}", Self::NAMES.join(", ")));
            }
            if parts.iter().any(|&(other, _)| other == name) {
                return Err(format!("{name} is there twice"));
            }
            parts.push((name, value));
        }
        let parts = Parts(parts);
        let sampler = Sampler {
            rows: parts.value("rows", "a whole number")?,
            batch_size: parts.value("batch_size", "a whole number")?,
            last: parts.value("last_batch", "keep, discard or rollover")?,
            shuffle: parts.value("shuffle", "true or false")?,
            seed: parts.value("seed", "a whole number below 2^64")?,
        };
        if sampler.batch_size == 0 {
            return Err("batch_size=0, but a batch has at least one row".into());
        }
        Ok(Position {
            sampler,
            epoch: parts.value("epoch", "a whole number")?,
            batch: parts.value("batch", "a whole number")?,
            carried: parts.value("carried", "a whole number")?,
        })
    }

    fn value<T: FromStr>(&self, name: &str, kind: &str) -> Result<T, String> {
        let Some((_, value)) = self.0.iter().find(|(other, _)| *other == name) else {
            return Err(format!("{name} is missing; a position has {}", Self::NAMES.join(", ")));
        };
        value.parse().map_err(|_| format!("{name}={value}, but it must be {kind}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LINE: &str =
        "epoch=2 batch=1 carried=2 rows=10 batch_size=4 last_batch=rollover shuffle=true seed=7";

    fn refused(text: &str) -> String {
        text.parse::<Position>().unwrap_err().to_string()
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        assert_eq!(
            refused(&LINE.replace("seed=7", "")),
            "position: seed is missing; a position has epoch, batch, carried, rows, batch_size, last_batch, \
             shuffle, seed"
        );
        assert_eq!(
            refused(&LINE.replace("rows=10", "rows=-1")),
            "position: rows=-1, but it must be a whole number"
        );
        assert_eq!(
            refused(&LINE.replace("rollover", "roll")),
            "position: last_batch=roll, but it must be keep, discard or rollover"
        );
        assert_eq!(
            refused(&LINE.replace("batch_size=4", "batch_size=0")),
            "position: batch_size=0, but a batch has at least one row"
        );
        assert_eq!(refused(&format!("{LINE} seed=8")), "position: seed is there twice");
        assert_eq!(refused("batch 17"), "position: \"batch\" is not of the form name=value, as in batch=17");
        assert_eq!(
            refused("lr=0.1"),
            "position: unknown name in \"lr=0.1\"; there are epoch, batch, carried, rows, batch_size, last_batch, \
             shuffle, seed"
        );
        assert!(refused("").starts_with("position: rows is missing"));
    }

    #[test]
    fn parts_may_come_in_any_order() {
        let mut parts: Vec<&str> = LINE.split(' ').collect();
        parts.reverse();
        assert_eq!(parts.join("\t").parse::<Position>().unwrap(), LINE.parse().unwrap());
    }

    #[test]
    fn a_position_that_does_not_fit_is_refused() {
        let own = LINE.parse::<Position>().unwrap().sampler;
        let refused = |from: &str, to: &str| {
            let saved: Position = LINE.replace(from, to).parse().unwrap();
            saved.checked(&own).unwrap_err().to_string()
        };
        assert_eq!(
            refused("rows=10", "rows=12"),
            "position: saved with rows 12, but this loader has 10; build it as it was when the position was saved"
        );
        assert!(
            refused("batch_size=4", "batch_size=5")
                .contains("saved with batch_size 5, but this loader has 4")
        );
        assert!(
            refused("rollover", "keep").contains("saved with last_batch keep, but this loader has rollover")
        );
        assert!(refused("true", "false").contains("saved with shuffle false, but this loader has true"));
        assert_eq!(refused("batch=1", "batch=4"), "position: batch=4, but the epoch has 3 batches");
        assert_eq!(refused("carried=2", "carried=4"), "position: carried=4 cannot be in epoch 2");
        assert_eq!(refused("epoch=2", "epoch=0"), "position: carried=2 cannot be in epoch 0");
    }

    proptest! {
        #[test]
        fn printed_is_read_back(
            (epoch, batch, carried) in any::<(u64, usize, usize)>(),
            (rows, batch_size, seed) in (any::<usize>(), 1..=usize::MAX, any::<u64>()),
            (last, shuffle) in (0..3usize, any::<bool>()),
        ) {
            let last = [LastBatch::Keep, LastBatch::Discard, LastBatch::Rollover][last];
            let sampler = Sampler { rows, batch_size, last, shuffle, seed };
            let position = Position { sampler, epoch, batch, carried };
            prop_assert_eq!(position.to_string().parse::<Position>().unwrap(), position);
            // Whatever it says, it is accepted or refused without a panic.
            let _ = position.checked(&sampler);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}", cut in 0..90usize) {
            let _ = text.parse::<Position>();
            let _ = format!("{}{text}", &LINE[..cut.min(LINE.len())]).parse::<Position>();
        }
    }
}
