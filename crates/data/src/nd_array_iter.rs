//! `NdArrayIter`: batches that run out until `reset`, as in MXNet.

use ndgrad_array::{DType, Result, Shape};
use ndgrad_tensor::Tensor;

use crate::dataset::{check_rows, in_one_block};
use crate::loader::check_batch_size;
use crate::position::Position;
use crate::sampler::{LastBatch, Sampler};

/// What becomes of the rows at the end of a pass that do not fill a batch, by the names that
/// `mx.io.NDArrayIter` has for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastBatchHandle {
    /// The last batch is filled with rows from the beginning of the pass, over and over if need be.
    /// [`DataBatch::pad`] is their number.
    #[default]
    Pad,
    /// They are left out of this pass.
    Discard,
    /// They come first in the next pass. In its first batch [`DataBatch::pad`] is their number, as in MXNet.
    RollOver,
}

/// One batch of an [`NdArrayIter`].
#[derive(Clone, Debug)]
pub struct DataBatch {
    /// The inputs: one tensor, with the batch's rows along its first axis.
    pub data: Vec<Tensor>,
    /// The labels of the same rows: one tensor, or none for an iterator without labels.
    pub label: Vec<Tensor>,
    /// The number of rows at the end that only fill the batch ([`LastBatchHandle::Pad`]), or at the front that
    /// come from the pass before ([`LastBatchHandle::RollOver`]).
    pub pad: usize,
    /// Which rows of the arrays these are. MXNet leaves this out.
    pub index: Vec<usize>,
}

/// What an [`NdArrayIter`] provides under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataDesc {
    /// The name.
    pub name: String,
    /// The shape of a batch, its rows first.
    pub shape: Shape,
    /// The type of the elements.
    pub dtype: DType,
}

/// Batches of features and labels in the manner of MXNet's `NDArrayIter`: one pass, then nothing until
/// [`reset`](NdArrayIter::reset).
///
/// ```
/// use ndgrad_data::NdArrayIter;
/// use ndgrad_tensor::{Tensor, random};
///
/// let x = random::normal([10_000, 2]);
/// let y = 2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2;
/// let mut train_data = NdArrayIter::new(&x, &y, 4).shuffle(true);
///
/// let batch = train_data.next().unwrap();
/// assert_eq!((batch.data[0].shape(), batch.label[0].shape()), ([4, 2].into(), [4].into()));
///
/// train_data.reset();
/// let mut counter = 0;
/// for _batch in &mut train_data {
///     counter += 1;
/// }
/// assert_eq!(counter, 2500);
/// assert_eq!(train_data.count(), 0); // without reset there is nothing more
/// ```
///
/// **Passes.** All batches are of full size; [`LastBatchHandle`] says how. `reset` starts the next pass, at any
/// time; when the pass before was left early, its remaining rows are not rolled over. Data without rows gives
/// empty passes. Where a pass has fewer rows than half a batch, rolled-over rows add up until they fill one
/// (MXNet 1.9.1 fails there).
///
/// **Order.** With [`shuffle`](NdArrayIter::shuffle) each pass has a new order, fixed by the seed, the number of
/// the pass and the number of rows alone, as in [`DataLoader`](crate::DataLoader), which with the same seed
/// shuffles the same.
#[derive(Clone, Debug)]
pub struct NdArrayIter {
    data: Vec<(String, Tensor)>,
    label: Vec<(String, Tensor)>,
    handle: LastBatchHandle,
    position: Position,
    /// The rows of the pass, once its first batch was asked for.
    rows: Option<Vec<usize>>,
    pad: usize,
}

impl NdArrayIter {
    /// An iterator over the rows of `data`, with those of `label` (`&y` or `None`). The values are kept as they
    /// are at this moment.
    ///
    /// # Panics
    /// When the numbers of rows differ, one is a scalar, or `batch_size` is 0.
    #[track_caller]
    pub fn new<'a>(data: &Tensor, label: impl Into<Option<&'a Tensor>>, batch_size: usize) -> NdArrayIter {
        let label: Option<&Tensor> = label.into();
        let named: Vec<_> = [("data", data)].into_iter().chain(label.map(|label| ("label", label))).collect();
        check_rows("nd_array_iter", &named);
        check_batch_size("nd_array_iter", batch_size);
        let sampler = Sampler { batch_size, ..Sampler::new(data.len()) };
        NdArrayIter {
            data: vec![("data".into(), in_one_block(data))],
            label: label.map(|label| ("softmax_label".into(), in_one_block(label))).into_iter().collect(),
            handle: LastBatchHandle::Pad,
            position: Position::start(sampler),
            rows: None,
            pad: 0,
        }
    }

    fn with(mut self, change: impl FnOnce(&mut Sampler)) -> NdArrayIter {
        change(&mut self.position.sampler);
        self.go_to(Position::start(self.position.sampler));
        self
    }

    fn go_to(&mut self, position: Position) {
        self.position = position;
        self.rows = None;
        self.pad = 0;
    }

    /// Whether the rows come in a new random order in each pass. They do not by default.
    pub fn shuffle(self, shuffle: bool) -> NdArrayIter {
        self.with(|sampler| sampler.shuffle = shuffle)
    }

    /// What becomes of the rows that do not fill a batch; by default the last batch is padded.
    pub fn last_batch(mut self, handle: LastBatchHandle) -> NdArrayIter {
        self.handle = handle;
        self.with(|sampler| {
            sampler.last = match handle {
                LastBatchHandle::Pad => LastBatch::Keep,
                LastBatchHandle::Discard => LastBatch::Discard,
                LastBatchHandle::RollOver => LastBatch::Rollover,
            }
        })
    }

    /// The seed of the random orders. By default it derives from that of the thread's default generator when the
    /// iterator is made.
    pub fn seed(self, seed: u64) -> NdArrayIter {
        self.with(|sampler| sampler.seed = seed)
    }

    /// The name of the data: `data` by default.
    pub fn data_name(mut self, name: impl Into<String>) -> NdArrayIter {
        self.data[0].0 = name.into();
        self
    }

    /// The name of the labels, if there are any: `softmax_label` by default, as in MXNet.
    pub fn label_name(mut self, name: impl Into<String>) -> NdArrayIter {
        if let Some(label) = self.label.first_mut() {
            label.0 = name.into();
        }
        self
    }

    /// Starts the next pass, in a new order if shuffling.
    pub fn reset(&mut self) {
        self.go_to(self.position.next_epoch());
    }

    /// [`DataBatch::pad`] of the batch that came last, 0 before the first of a pass.
    pub fn getpad(&self) -> usize {
        self.pad
    }

    /// Name, shape and dtype of each tensor in [`DataBatch::data`].
    ///
    /// ```
    /// use ndgrad_data::NdArrayIter;
    /// use ndgrad_tensor::Tensor;
    /// let iter = NdArrayIter::new(&Tensor::zeros([10, 2]), None, 4);
    /// let data = &iter.provide_data()[0];
    /// assert_eq!((&data.name[..], data.shape), ("data", [4, 2].into()));
    /// assert_eq!(iter.provide_label(), []);
    /// ```
    pub fn provide_data(&self) -> Vec<DataDesc> {
        self.provided(&self.data)
    }

    /// Name, shape and dtype of each tensor in [`DataBatch::label`].
    pub fn provide_label(&self) -> Vec<DataDesc> {
        self.provided(&self.label)
    }

    fn provided(&self, named: &[(String, Tensor)]) -> Vec<DataDesc> {
        let describe = |(name, tensor): &(String, Tensor)| DataDesc {
            name: name.clone(),
            shape: tensor.shape().remove(0).insert(0, self.position.sampler.batch_size),
            dtype: tensor.dtype(),
        };
        named.iter().map(describe).collect()
    }

    /// Where in its data the iterator is, to be saved and [restored](NdArrayIter::restore); padding counts as
    /// `last_batch=keep` there, as it cuts the rows alike.
    // `&mut`, so that it is found before `Iterator::position` on a `&mut NdArrayIter`.
    pub fn position(&mut self) -> Position {
        self.position
    }

    /// Goes to a position, whose seed is taken over: the batches after it follow. Of a pass that had come to its
    /// end, none follow until `reset`.
    ///
    /// # Errors
    /// When the position was saved with another number of rows, batch size, last batch or shuffling.
    pub fn restore(&mut self, position: Position) -> Result<()> {
        self.go_to(position.checked(&self.position.sampler)?);
        Ok(())
    }
}

impl Iterator for NdArrayIter {
    type Item = DataBatch;

    fn next(&mut self) -> Option<DataBatch> {
        if self.position.is_at_end() {
            return None;
        }
        let Position { sampler, batch, carried, .. } = self.position;
        let rows = self.rows.get_or_insert_with(|| self.position.rows());
        let mut index = self.position.cut(rows).to_vec();
        self.pad = match self.handle {
            LastBatchHandle::Pad => sampler.batch_size - index.len(),
            LastBatchHandle::Discard => 0,
            LastBatchHandle::RollOver if batch == 0 => carried,
            LastBatchHandle::RollOver => 0,
        };
        if index.len() < sampler.batch_size {
            index.extend(rows.iter().cycle().take(self.pad));
        }
        self.position.batch += 1;
        let take = |named: &[(String, Tensor)]| named.iter().map(|(_, tensor)| tensor.take(&index)).collect();
        Some(DataBatch { data: take(&self.data), label: take(&self.label), pad: self.pad, index })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.position.batches() - self.position.batch;
        (left, Some(left))
    }
}

impl ExactSizeIterator for NdArrayIter {}
