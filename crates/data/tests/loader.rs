//! `DataLoader`: what comes out, in which order, and where it goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ndgrad_array::Error;
use ndgrad_data::{ArrayDataset, DataLoader, Dataset, LastBatch, Position};
use ndgrad_tensor::{Tensor, live_buffers, random, tensor};
use proptest::prelude::*;

const MODES: [LastBatch; 3] = [LastBatch::Keep, LastBatch::Discard, LastBatch::Rollover];

/// Row `i` holds the number `i`.
fn numbered(count: usize) -> Tensor {
    Tensor::linspace(0.0, count as f64 - 1.0, count)
}

fn rows(batch: &Tensor) -> Vec<usize> {
    batch.to_vec::<f32>().iter().map(|&row| row as usize).collect()
}

fn epoch(loader: &DataLoader<Tensor>) -> Vec<Vec<usize>> {
    loader.iter().map(|batch| rows(&batch)).collect()
}

fn loader(count: usize, batch_size: usize, last: LastBatch, shuffle: bool) -> DataLoader<Tensor> {
    DataLoader::new(numbered(count)).batch_size(batch_size).last_batch(last).shuffle(shuffle)
}

/// Printed by tests/reference/batches.py: gluon.data.DataLoader of mxnet 1.9.1, batches of 4, three epochs.
#[test]
fn epochs_are_cut_as_gluon_cuts_them() {
    let epochs = |count, last| {
        let loader = loader(count, 4, last, false);
        format!("{:?}", [epoch(&loader), epoch(&loader), epoch(&loader)])
    };
    assert_eq!(
        epochs(10, LastBatch::Keep),
        "[[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], \
         [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]]"
    );
    assert_eq!(epochs(3, LastBatch::Keep), "[[[0, 1, 2]], [[0, 1, 2]], [[0, 1, 2]]]");
    assert_eq!(
        epochs(10, LastBatch::Discard),
        "[[[0, 1, 2, 3], [4, 5, 6, 7]], [[0, 1, 2, 3], [4, 5, 6, 7]], [[0, 1, 2, 3], [4, 5, 6, 7]]]"
    );
    assert_eq!(epochs(3, LastBatch::Discard), "[[], [], []]");
    assert_eq!(
        epochs(10, LastBatch::Rollover),
        "[[[0, 1, 2, 3], [4, 5, 6, 7]], [[8, 9, 0, 1], [2, 3, 4, 5], [6, 7, 8, 9]], \
         [[0, 1, 2, 3], [4, 5, 6, 7]]]"
    );
    assert_eq!(epochs(3, LastBatch::Rollover), "[[], [[0, 1, 2, 0]], [[1, 2, 0, 1]]]");
}

#[test]
fn each_iter_is_the_next_epoch_in_a_new_order() {
    let loader = loader(100, 7, LastBatch::Keep, true);
    let (first, second) = (epoch(&loader).concat(), epoch(&loader).concat());
    assert_ne!(first, second);
    assert_ne!(first, (0..100).collect::<Vec<_>>());
    assert_eq!(loader.position().epoch(), 2);
}

#[test]
fn orders_depend_on_the_seed_and_on_nothing_else_that_is_drawn() {
    random::seed(5);
    let first = loader(50, 8, LastBatch::Keep, true);
    random::normal([3]);
    let second = loader(50, 8, LastBatch::Keep, true);
    for _ in 0..3 {
        random::uniform([7]);
        assert_eq!(epoch(&first), epoch(&second));
    }
    random::seed(6);
    assert_ne!(
        epoch(&loader(50, 8, LastBatch::Keep, true)),
        epoch(&loader(50, 8, LastBatch::Keep, true).seed(5))
    );
}

#[test]
fn features_and_labels_stay_together() {
    let x = Tensor::from_slice([9, 2], &(0..18).map(|i| i as f64).collect::<Vec<_>>());
    let train = DataLoader::new(ArrayDataset::new(&x, &numbered(9))).batch_size(4).shuffle(true);
    let mut seen = 0;
    for (data, label) in &train {
        for (pair, row) in data.to_vec::<f64>().chunks(2).zip(rows(&label)) {
            assert_eq!(pair, [2.0 * row as f64, 2.0 * row as f64 + 1.0]);
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
}

#[test]
fn leaving_an_epoch_ends_it() {
    let loader = loader(10, 4, LastBatch::Rollover, false);
    assert_eq!(loader.iter().take(1).map(|batch| rows(&batch)).collect::<Vec<_>>(), [[0, 1, 2, 3]]);
    // Rows 4 to 9 were not reached, so none is carried over.
    assert_eq!((loader.position().epoch(), loader.len()), (1, 2));
    assert_eq!(loader.iter().take(2).count(), 2);
    // Both batches were taken, so rows 8 and 9 are.
    assert_eq!(loader.len(), 3);
    assert_eq!(epoch(&loader)[0], [8, 9, 0, 1]);
}

#[test]
fn two_iterators_at_once_are_two_epochs() {
    let loader = loader(20, 4, LastBatch::Keep, true);
    let (first, second) = (epoch(&loader), epoch(&loader));
    let again = self::loader(20, 4, LastBatch::Keep, true);
    let (mut old, mut new) = (again.iter(), again.iter());
    let place = || (again.position().epoch(), again.position().batch());
    assert_eq!(rows(&new.next().unwrap()), second[0]);
    assert_eq!(rows(&old.next().unwrap()), first[0]);
    // The position is the newest iterator's, whatever becomes of the older.
    assert_eq!(place(), (1, 1));
    assert_eq!(old.map(|batch| rows(&batch)).collect::<Vec<_>>(), first[1..]);
    assert_eq!(place(), (1, 1));
    assert_eq!(new.map(|batch| rows(&batch)).collect::<Vec<_>>(), second[1..]);
    assert_eq!(place(), (2, 0));
}

#[test]
fn lengths_are_known() {
    let loader = loader(10, 4, LastBatch::Keep, false);
    let mut batches = loader.iter();
    assert_eq!((loader.len(), batches.len(), loader.is_empty()), (3, 3, false));
    batches.next();
    assert_eq!((loader.len(), batches.len()), (3, 2));
    assert_eq!((loader.position().batch(), loader.position().batches()), (1, 3));
}

#[test]
fn no_rows_are_no_batches() {
    for last in MODES {
        for ahead in [0, 2] {
            let loader = DataLoader::new(Tensor::zeros([0, 2])).last_batch(last).prefetch(ahead);
            assert!(loader.is_empty());
            assert_eq!((loader.iter().count(), loader.iter().count()), (0, 0));
            assert_eq!(loader.position().epoch(), 2);
        }
    }
}

#[test]
#[should_panic(expected = "data_loader: a batch has at least one row\n    batch_size  0")]
fn a_batch_size_of_zero_is_refused() {
    DataLoader::new(tensor([1.0])).batch_size(0);
}

#[test]
fn a_position_of_other_data_is_refused_and_changes_nothing() {
    let saved = loader(12, 4, LastBatch::Keep, true).position();
    let mut loader = loader(10, 4, LastBatch::Keep, true);
    let before = loader.position();
    assert!(matches!(loader.restore(saved), Err(Error::Data(message)) if message.contains("rows 12")));
    assert_eq!(loader.position(), before);
}

#[test]
fn memory_is_flat() {
    let loader = DataLoader::new(ArrayDataset::new(&Tensor::zeros([10, 2]), &numbered(10)));
    let loader = loader.batch_size(4).shuffle(true).last_batch(LastBatch::Rollover);
    let epochs = |count| (0..count).map(|_| loader.iter().count()).sum::<usize>();
    epochs(1);
    let live = live_buffers();
    assert_eq!(epochs(1000), 2500);
    assert_eq!(live_buffers(), live);
}

/// Ten rows, the seventh of which cannot be had.
struct Broken;

impl Dataset for Broken {
    type Batch = usize;

    fn len(&self) -> usize {
        10
    }

    fn batch(&self, rows: &[usize]) -> usize {
        assert!(rows[0] != 7, "row 7 is broken");
        rows[0]
    }
}

#[test]
fn a_panic_of_the_data_set_reaches_the_caller() {
    for ahead in [0, 1, 20] {
        let loader = DataLoader::new(Broken).prefetch(ahead);
        let mut taken = Vec::new();
        let panic =
            catch_unwind(AssertUnwindSafe(|| loader.iter().for_each(|row| taken.push(row)))).unwrap_err();
        assert_eq!(*panic.downcast_ref::<&str>().unwrap(), "row 7 is broken");
        assert_eq!(taken, [0, 1, 2, 3, 4, 5, 6]);
    }
}

/// Whoever has a batch, or the data set itself, holds the value in it.
struct Held(Arc<()>);

impl Dataset for Held {
    type Batch = Arc<()>;

    fn len(&self) -> usize {
        1_000_000
    }

    fn batch(&self, _: &[usize]) -> Arc<()> {
        self.0.clone()
    }
}

#[test]
fn dropping_the_iterator_midway_stops_the_thread() {
    let held = Arc::new(());
    let loader = DataLoader::new(Held(held.clone())).prefetch(3);
    assert!(loader.iter().nth(2).is_some());
    // What was prepared is gone, and a thread that still ran would keep the data set.
    assert_eq!(Arc::strong_count(&held), 2);
    drop(loader);
    assert_eq!(Arc::strong_count(&held), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_row_comes_once_per_epoch(count in 0..40usize, size in 1..12usize, mode in 0..3usize, seed: u64) {
        let last = MODES[mode];
        let loader = loader(count, size, last, true).seed(seed);
        let epochs: Vec<_> = (0..4).map(|_| epoch(&loader)).collect();
        let full = epochs.iter().flat_map(|epoch| epoch.iter().take(epoch.len().saturating_sub(1)));
        prop_assert!(full.into_iter().all(|batch| batch.len() == size));
        let everything: Vec<usize> = (0..count).collect();
        let sorted = |mut rows: Vec<usize>| {
            rows.sort();
            rows
        };
        match last {
            LastBatch::Keep => {
                for epoch in epochs {
                    prop_assert_eq!(sorted(epoch.concat()), &everything[..]);
                }
            }
            LastBatch::Discard => {
                for epoch in epochs {
                    let mut rows = sorted(epoch.concat());
                    prop_assert_eq!(rows.len(), count / size * size);
                    rows.dedup();
                    prop_assert_eq!(rows.len(), count / size * size);
                }
            }
            LastBatch::Rollover => {
                // The rows of all epochs, one after another, are one order of all rows after another.
                let stream = epochs.concat().concat();
                prop_assert_eq!(stream.len(), 4 * count / size * size);
                for order in stream.chunks_exact(count.max(1)) {
                    prop_assert_eq!(sorted(order.to_vec()), &everything[..]);
                }
            }
        }
    }

    #[test]
    fn resumed_is_uninterrupted(
        (count, size, mode, shuffle) in (0..40usize, 1..12usize, 0..3usize, any::<bool>()),
        (stop_epoch, stop_batch, ahead) in (0..4usize, 0..12usize, 0..3usize),
    ) {
        let whole = loader(count, size, MODES[mode], shuffle).seed(3);
        let expected: Vec<_> = (0..6).map(|_| epoch(&whole)).collect();

        let train = loader(count, size, MODES[mode], shuffle).seed(3).prefetch(ahead);
        (0..stop_epoch).for_each(|_| drop(epoch(&train)));
        let mut batches = train.iter();
        let taken = batches.by_ref().take(stop_batch).count();
        let saved = train.position().to_string();

        let mut resumed = loader(count, size, MODES[mode], shuffle).seed(99).prefetch(ahead);
        resumed.restore(saved.parse::<Position>().unwrap()).unwrap();
        prop_assert_eq!(resumed.position().to_string(), saved);
        prop_assert_eq!(epoch(&resumed), &expected[stop_epoch][taken..]);
        for expected in &expected[stop_epoch + 1..] {
            prop_assert_eq!(&epoch(&resumed), expected);
        }
    }

    #[test]
    fn prefetched_is_the_same(count in 0..40usize, size in 1..12usize, mode in 0..3usize, ahead in 1..6usize) {
        let here = loader(count, size, MODES[mode], true);
        let there = loader(count, size, MODES[mode], true).prefetch(ahead);
        for _ in 0..3 {
            prop_assert_eq!(epoch(&here), epoch(&there));
            prop_assert_eq!(here.position(), there.position());
        }
    }
}

/// Notes what it is told to expect and asked for.
#[derive(Default)]
struct Noting(std::sync::Mutex<Vec<(char, Vec<usize>)>>);

impl Noting {
    fn note(&self, what: char, rows: &[usize]) {
        self.0.lock().unwrap().push((what, rows.to_vec()));
    }
}

impl Dataset for Noting {
    type Batch = ();

    fn len(&self) -> usize {
        45
    }

    fn batch(&self, rows: &[usize]) {
        self.note('b', rows);
    }

    fn expect(&self, rows: &[usize]) {
        self.note('e', rows);
    }
}

#[test]
fn the_first_rows_of_the_next_batch_are_announced() {
    let loader = DataLoader::new(Noting::default()).batch_size(20);
    loader.iter().for_each(drop);
    let range = |what, rows: std::ops::Range<usize>| (what, Vec::from_iter(rows));
    let expected = [
        range('e', 20..36),
        range('b', 0..20),
        range('e', 40..45),
        range('b', 20..40),
        range('e', 45..45),
        range('b', 40..45),
    ];
    assert_eq!(*loader.dataset().0.lock().unwrap(), expected);
}

#[test]
fn rows_far_apart_are_gathered_as_rows_nearby_are() {
    let x = Tensor::linspace(0.0, 1.0, 600_000).reshape([-1, 3]);
    let y = numbered(200_000);
    let loader = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(1000).shuffle(true);
    let mut seen = vec![false; y.len()];
    for (data, label) in loader.iter() {
        let rows = rows(&label);
        assert_eq!(data.to_vec::<f32>(), x.take(&rows).to_vec::<f32>());
        rows.into_iter().for_each(|row| assert!(!std::mem::replace(&mut seen[row], true)));
    }
    assert!(seen.into_iter().all(|seen| seen));
}
