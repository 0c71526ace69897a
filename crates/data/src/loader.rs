//! `DataLoader`: a data set as batches, epoch after epoch.

use std::cell::Cell;
use std::fmt;
use std::iter::FusedIterator;
use std::sync::Arc;

use ndgrad_array::{OperationError, Result};
use ndgrad_tensor::simd::ROWS_AHEAD;
use ndgrad_tensor::{Tensor, compile};

use crate::Dataset;
use crate::ahead::Ahead;
use crate::position::Position;
use crate::sampler::{LastBatch, Sampler};

/// Hands out a data set in batches: each [`iter`](DataLoader::iter) is the next epoch.
///
/// ```
/// use ndgrad_data::{ArrayDataset, DataLoader};
/// use ndgrad_tensor::{Tensor, random};
///
/// random::seed(1);
/// let x = random::normal([10, 2]);
/// let y = 2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2;
/// let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(4).shuffle(true);
/// for epoch in 0..2 {
///     for (i, (data, label)) in train.iter().enumerate() {
///         let rows = if i == 2 { 2 } else { 4 };
///         assert_eq!((data.shape(), label.shape()), ([rows, 2].into(), [rows].into()));
///     }
/// }
/// ```
///
/// **Defaults.** One row per batch; rows in their own order; the last, smaller batch kept; nothing ahead.
///
/// **Order.** Shuffled rows are ordered anew in each epoch, by the seed, the number of the epoch and the number of
/// rows alone: nothing else that draws random numbers changes it. Without [`seed`](DataLoader::seed) the seed
/// derives from that of the thread's default generator when the loader is made, without drawing from it. So
/// [`random::seed`](ndgrad_tensor::random::seed) fixes whole programs, and two loaders made after the same
/// `random::seed` shuffle equally many rows alike.
///
/// **The end of an epoch** is reached when its last batch has been taken. [`LastBatch`] says what becomes of the
/// rows that do not fill a batch (the names are those of MXNet's `gluon.data.DataLoader`). An epoch that is left
/// before its end is over too: the next `iter` is the next epoch, and with [`LastBatch::Rollover`] the rows that
/// were not reached are not carried over. An empty data set has empty epochs.
///
/// **Resuming.** [`position`](DataLoader::position), asked inside the loop, is the place behind the batch in hand;
/// asked between epochs, the start of the next. A loader that is [restored](DataLoader::restore) to it hands out
/// the batches that were still to come, bit for bit.
pub struct DataLoader<D> {
    dataset: Arc<D>,
    /// Of the newest iterator while one is running, else the start of the next.
    position: Cell<Position>,
    running: Cell<bool>,
    ahead: usize,
}

impl<D: Dataset> DataLoader<D> {
    /// A loader for all rows of a data set.
    pub fn new(dataset: D) -> DataLoader<D> {
        let position = Position::start(Sampler::new(dataset.len()));
        DataLoader {
            dataset: Arc::new(dataset),
            position: Cell::new(position),
            running: Cell::new(false),
            ahead: 0,
        }
    }

    fn with(self, change: impl FnOnce(&mut Sampler)) -> DataLoader<D> {
        let mut sampler = self.position.get().sampler;
        change(&mut sampler);
        self.position.set(Position::start(sampler));
        self
    }

    /// The number of rows in a batch.
    ///
    /// # Panics
    /// When it is 0.
    #[track_caller]
    pub fn batch_size(self, rows: usize) -> DataLoader<D> {
        check_batch_size("data_loader", rows);
        self.with(|sampler| sampler.batch_size = rows)
    }

    /// Whether the rows come in a new random order in each epoch.
    pub fn shuffle(self, shuffle: bool) -> DataLoader<D> {
        self.with(|sampler| sampler.shuffle = shuffle)
    }

    /// What becomes of the rows that do not fill a batch.
    pub fn last_batch(self, last: LastBatch) -> DataLoader<D> {
        self.with(|sampler| sampler.last = last)
    }

    /// The seed of the random orders.
    pub fn seed(self, seed: u64) -> DataLoader<D> {
        self.with(|sampler| sampler.seed = seed)
    }

    /// The number of batches that are prepared ahead on a thread; with 0, the default, each is made when it is
    /// asked for. The batches are the same.
    ///
    /// A thread helps when a batch takes longer to make than to hand over, some microseconds: rows that are
    /// computed or read from files, or large ones. Gathering a few numbers is faster without.
    pub fn prefetch(mut self, batches: usize) -> DataLoader<D> {
        self.ahead = batches;
        self
    }

    /// The data set.
    pub fn dataset(&self) -> &D {
        &self.dataset
    }

    /// The number of batches in the current epoch, or between epochs in the next.
    pub fn len(&self) -> usize {
        self.position.get().batches()
    }

    /// Whether [`len`](DataLoader::len) is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The batches of the next epoch; after [`restore`](DataLoader::restore), those that are still to come of the
    /// restored one.
    ///
    /// Dropping the iterator ends the epoch and, with [`prefetch`](DataLoader::prefetch), the thread, once the
    /// batch that it is making is made. A panic of the data set on that thread is passed on by `next`.
    ///
    /// # Panics
    /// Within a compiled function, where the batches of its first call would come again and again.
    #[track_caller]
    pub fn iter(&self) -> Batches<'_, D> {
        compile::check_is_not_tracing(
            "data_loader",
            "take the batch outside and give it to the compiled function",
        );
        let mut position = self.position.get();
        if self.running.replace(true) {
            position = position.next_epoch();
        }
        self.position.set(position);
        let rows = position.rows();
        let source = if self.ahead == 0 || position.is_at_end() {
            Source::Rows(rows)
        } else {
            Source::Ahead(Ahead::start(self.ahead, prepared(self.dataset.clone(), position, rows)))
        };
        Batches { loader: self, position, count: position.batches(), source }
    }

    /// Where in its data the loader is: behind the batch that was taken last, or at the start of the next epoch.
    pub fn position(&self) -> Position {
        self.position.get()
    }

    /// Goes to a position, whose seed is taken over: the next [`iter`](DataLoader::iter) hands out the rest of its
    /// epoch.
    ///
    /// # Errors
    /// When the position was saved by a loader with another number of rows, batch size, last batch or shuffling.
    pub fn restore(&mut self, position: Position) -> Result<()> {
        self.position.set(position.checked(&self.position.get().sampler)?);
        self.running.set(false);
        Ok(())
    }
}

fn prepared<D: Dataset>(
    dataset: Arc<D>,
    mut position: Position,
    rows: Vec<usize>,
) -> impl Iterator<Item = D::Batch> + Send {
    std::iter::from_fn(move || {
        (!position.is_at_end()).then(|| {
            let batch = dataset.batch(position.cut(&rows));
            position.batch += 1;
            batch
        })
    })
}

#[track_caller]
pub(crate) fn check_batch_size(operation: &str, rows: usize) {
    if rows == 0 {
        let error = OperationError::new(operation, "a batch has at least one row");
        panic!("{}", error.operand("batch_size", rows, ""));
    }
}

impl<D: fmt::Debug> fmt::Debug for DataLoader<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataLoader({:?}, {}, prefetch={})", self.dataset, self.position.get(), self.ahead)
    }
}

impl<'a, D: Dataset> IntoIterator for &'a DataLoader<D> {
    type Item = D::Batch;
    type IntoIter = Batches<'a, D>;

    fn into_iter(self) -> Batches<'a, D> {
        self.iter()
    }
}

/// The batches of one epoch: see [`DataLoader::iter`].
pub struct Batches<'a, D: Dataset> {
    loader: &'a DataLoader<D>,
    position: Position,
    /// The batches of the epoch.
    count: usize,
    source: Source<D::Batch>,
}

enum Source<B> {
    /// The rows of the epoch.
    Rows(Vec<usize>),
    Ahead(Ahead<B>),
}

impl<D: Dataset> Batches<'_, D> {
    /// Tells the loader, unless a newer iterator has taken over.
    #[inline]
    fn report(&self, position: Position) {
        if self.loader.position.get().epoch == self.position.epoch {
            self.loader.position.set(position);
        }
    }
}

impl<D: Dataset> Iterator for Batches<'_, D> {
    type Item = D::Batch;

    fn next(&mut self) -> Option<D::Batch> {
        if self.position.batch >= self.count {
            return None;
        }
        let batch = match &mut self.source {
            Source::Rows(rows) => {
                let (count, rest) = self.position.rest(rows);
                let (rows, later) = rest.split_at(count);
                // Those behind them are near when they are needed: whoever gathers rows looks so many ahead.
                self.loader.dataset.expect(&later[..later.len().min(ROWS_AHEAD)]);
                self.loader.dataset.batch(rows)
            }
            Source::Ahead(batches) => batches.next()?,
        };
        self.position.batch += 1;
        self.report(self.position);
        Some(batch)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.count - self.position.batch;
        (left, Some(left))
    }
}

/// An epoch as one call: `step.over(train.iter())`.
///
/// ```
/// use ndgrad_data::{ArrayDataset, DataLoader};
/// use ndgrad_tensor::{Tensor, autograd, compile, random, tensor};
///
/// random::seed(1);
/// let x = random::normal([1000, 2]);
/// let y = x.dot(&tensor([[2.0], [-3.4]]));
/// let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(4).shuffle(true);
/// let w = Tensor::zeros([2, 1]).attach_grad();
/// let step = compile(|(x, y): (Tensor, Tensor)| {
///     autograd::record(|| (x.dot(&w) - y).square().mean()).backward();
///     w.assign(&w - 0.05 * w.grad());
/// });
/// step.over(train.iter());
/// assert!((w.i((1, 0)).item() + 3.4).abs() < 1e-3);
/// ```
impl<D: Dataset> compile::Feed<D::Batch> for Batches<'_, D> {
    fn next(&mut self) -> Option<D::Batch> {
        Iterator::next(self)
    }

    fn tables(&self) -> Vec<Tensor> {
        match self.source {
            Source::Rows(_) => self.loader.dataset.tables(),
            // Batches are being made already.
            Source::Ahead(_) => Vec::new(),
        }
    }

    #[inline]
    fn rows(&self) -> Option<(usize, &[usize])> {
        match &self.source {
            Source::Rows(rows) if self.position.batch < self.count => Some(self.position.rest(rows)),
            _ => None,
        }
    }

    /// The loader hears of it with the next batch that is handed out, or at the end.
    #[inline]
    fn skip(&mut self) {
        self.position.batch += usize::from(self.position.batch < self.count);
    }
}

impl<D: Dataset> ExactSizeIterator for Batches<'_, D> {}

impl<D: Dataset> FusedIterator for Batches<'_, D> {}

impl<D: Dataset> Drop for Batches<'_, D> {
    fn drop(&mut self) {
        if self.loader.position.get().epoch == self.position.epoch {
            self.loader.running.set(false);
            self.loader.position.set(self.position.next_epoch());
        }
    }
}
