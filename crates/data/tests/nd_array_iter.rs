//! `NdArrayIter`: what MXNet's does, and where it goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ndgrad_array::DType;
use ndgrad_data::{DataDesc, DataLoader, LastBatchHandle, NdArrayIter, Position};
use ndgrad_tensor::{Tensor, live_buffers};
use proptest::prelude::*;

const HANDLES: [LastBatchHandle; 3] =
    [LastBatchHandle::Pad, LastBatchHandle::Discard, LastBatchHandle::RollOver];

/// Row `i` holds the number `i`.
fn numbered(count: usize) -> Tensor {
    Tensor::linspace(0.0, count as f64 - 1.0, count)
}

fn numbers(count: usize, batch_size: usize, handle: LastBatchHandle) -> NdArrayIter {
    NdArrayIter::new(&numbered(count), None, batch_size).last_batch(handle)
}

/// Rows and pad of each batch that is left of the pass.
fn pass(iter: &mut NdArrayIter) -> Vec<(Vec<usize>, usize)> {
    let mut batches = Vec::new();
    while let Some(batch) = iter.next() {
        let rows: Vec<usize> = batch.data[0].to_vec::<f32>().iter().map(|&row| row as usize).collect();
        assert_eq!((&batch.index, batch.pad), (&rows, iter.getpad()));
        batches.push((rows, batch.pad));
    }
    batches
}

/// Printed by tests/reference/batches.py: io.NDArrayIter of mxnet 1.9.1, batches of 4, three passes.
#[test]
fn passes_are_cut_as_mxnet_cuts_them() {
    let passes = |count, handle| {
        let mut iter = numbers(count, 4, handle);
        let mut three = Vec::new();
        for _ in 0..3 {
            three.push(pass(&mut iter));
            iter.reset();
        }
        format!("{three:?}")
    };
    assert_eq!(
        passes(10, LastBatchHandle::Pad),
        "[[([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0), ([8, 9, 0, 1], 2)], \
         [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0), ([8, 9, 0, 1], 2)], \
         [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0), ([8, 9, 0, 1], 2)]]"
    );
    assert_eq!(
        passes(3, LastBatchHandle::Pad),
        "[[([0, 1, 2, 0], 1)], [([0, 1, 2, 0], 1)], [([0, 1, 2, 0], 1)]]"
    );
    assert_eq!(
        passes(10, LastBatchHandle::Discard),
        "[[([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)], [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)], \
         [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)]]"
    );
    assert_eq!(passes(3, LastBatchHandle::Discard), "[[], [], []]");
    assert_eq!(
        passes(10, LastBatchHandle::RollOver),
        "[[([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)], \
         [([8, 9, 0, 1], 2), ([2, 3, 4, 5], 0), ([6, 7, 8, 9], 0)], \
         [([0, 1, 2, 3], 0), ([4, 5, 6, 7], 0)]]"
    );
    assert_eq!(passes(3, LastBatchHandle::RollOver), "[[], [([0, 1, 2, 0], 3)], [([1, 2, 0, 1], 2)]]");
}

/// Printed by tests/reference/batches.py with mxnet 1.9.1: the pass after one that was left early starts afresh.
#[test]
fn a_pass_that_was_left_rolls_nothing_over() {
    let mut iter = numbers(10, 4, LastBatchHandle::RollOver);
    for _ in 0..2 {
        let first = iter.next().unwrap();
        assert_eq!((first.index, first.pad), (vec![0, 1, 2, 3], 0));
        iter.reset();
    }
}

#[test]
fn rows_too_few_for_a_batch_are_padded_over_and_over() {
    assert_eq!(pass(&mut numbers(3, 8, LastBatchHandle::Pad)), [(vec![0, 1, 2, 0, 1, 2, 0, 1], 5)]);
    let mut rolling = numbers(3, 8, LastBatchHandle::RollOver);
    let batches = [(); 3].map(|()| {
        let batches = pass(&mut rolling);
        rolling.reset();
        batches
    });
    assert_eq!(batches, [vec![], vec![], vec![(vec![0, 1, 2, 0, 1, 2, 0, 1], 6)]]);
}

/// The tutorial's counts: 2500 batches in a pass, none in another without reset.
#[test]
fn a_pass_runs_out_until_reset() {
    let mut iter = NdArrayIter::new(&Tensor::zeros([10_000, 2]), &numbered(10_000), 4).shuffle(true);
    let first = iter.next().unwrap();
    iter.reset();
    assert_eq!(iter.by_ref().count(), 2500);
    assert_eq!((&mut iter).count(), 0);
    assert!(iter.next().is_none());
    iter.reset();
    assert_eq!(iter.len(), 2500);
    assert_ne!(iter.next().unwrap().index, first.index);
}

/// Printed by tests/reference/batches.py with mxnet 1.9.1: names and shapes.
#[test]
fn what_is_provided_is_named() {
    let desc =
        |name: &str, shape: &[usize]| DataDesc { name: name.into(), shape: shape.into(), dtype: DType::F32 };
    let iter = NdArrayIter::new(&Tensor::zeros([10, 2]), &Tensor::zeros([10]), 4);
    assert_eq!(iter.provide_data(), [desc("data", &[4, 2])]);
    assert_eq!(iter.provide_label(), [desc("softmax_label", &[4])]);
    let iter = iter.data_name("x").label_name("y");
    assert_eq!(iter.provide_data(), [desc("x", &[4, 2])]);
    assert_eq!(iter.provide_label(), [desc("y", &[4])]);
    let iter = NdArrayIter::new(&Tensor::from_slice([1], &[1.0f64]), None, 4).label_name("none");
    assert_eq!(iter.provide_data()[0].dtype, DType::F64);
    assert!(iter.provide_label().is_empty());
}

#[test]
fn labels_come_with_their_rows() {
    let x = Tensor::from_slice([5, 1], &[0.0f32, 10.0, 20.0, 30.0, 40.0]);
    for batch in NdArrayIter::new(&x, &numbered(5), 2).shuffle(true) {
        let expected: Vec<f32> = batch.index.iter().map(|&row| row as f32).collect();
        assert_eq!(batch.label[0].to_vec::<f32>(), expected);
        assert_eq!(batch.data[0].to_vec::<f32>(), expected.iter().map(|row| 10.0 * row).collect::<Vec<_>>());
    }
    assert!(NdArrayIter::new(&x, None, 2).all(|batch| batch.label.is_empty()));
}

#[test]
fn it_shuffles_as_a_data_loader_does() {
    let mut iter = numbers(20, 4, LastBatchHandle::Pad).shuffle(true).seed(8);
    let loader = DataLoader::new(numbered(20)).batch_size(4).shuffle(true).seed(8);
    for _ in 0..2 {
        assert!(
            loader
                .iter()
                .map(|batch| batch.to_vec::<f32>())
                .eq(iter.by_ref().map(|b| b.data[0].to_vec::<f32>()))
        );
        iter.reset();
    }
}

#[test]
fn what_cannot_be_iterated_is_refused() {
    let refusal = |rows: usize, labels: usize, batch_size: usize| {
        let (x, y) = (Tensor::zeros([rows, 2]), Tensor::zeros(labels));
        let panic = catch_unwind(AssertUnwindSafe(|| NdArrayIter::new(&x, &y, batch_size))).unwrap_err();
        panic.downcast_ref::<String>().unwrap().clone()
    };
    assert_eq!(refusal(4, 4, 0), "nd_array_iter: a batch has at least one row\n    batch_size  0");
    assert_eq!(
        refusal(4, 3, 2),
        "nd_array_iter: numbers of rows differ\n    data   [4, 2]   has 4 rows\n    label  [3]      has 3 rows"
    );
    assert_eq!(HANDLES.map(|handle| pass(&mut numbers(0, 4, handle)).len()), [0, 0, 0]);
}

#[test]
fn memory_is_flat() {
    let mut iter = NdArrayIter::new(&Tensor::zeros([10, 2]), &numbered(10), 4).shuffle(true);
    let mut passes = |count| {
        (0..count).for_each(|_| {
            assert_eq!(iter.by_ref().count(), 3);
            iter.reset();
        })
    };
    passes(1);
    let live = live_buffers();
    passes(1000);
    assert_eq!(live_buffers(), live);
}

/// The position is there on a borrowed iterator too, where `Iterator` has a method of this name.
fn saved(iter: &mut NdArrayIter) -> String {
    iter.position().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_row_comes_once_per_pass(count in 1..40usize, size in 1..12usize, handle in 0..3usize, seed: u64) {
        let mut iter = numbers(count, size, HANDLES[handle]).shuffle(true).seed(seed);
        let mut stream = Vec::new();
        for _ in 0..4 {
            let batches = pass(&mut iter);
            prop_assert!(batches.iter().all(|(rows, _)| rows.len() == size));
            let padding = if HANDLES[handle] == LastBatchHandle::Pad { batches.last().unwrap().1 } else { 0 };
            let mut rows: Vec<usize> = batches.into_iter().flat_map(|(rows, _)| rows).collect();
            // Padding is the beginning of the pass, over and over.
            let own = rows.len() - padding;
            prop_assert!((own..rows.len()).all(|i| rows[i] == rows[i - own]));
            rows.truncate(own);
            if HANDLES[handle] == LastBatchHandle::RollOver {
                stream.extend(rows);
            } else {
                let full = if HANDLES[handle] == LastBatchHandle::Pad { count } else { count / size * size };
                rows.sort();
                rows.dedup();
                prop_assert_eq!(rows.len(), full);
            }
            iter.reset();
        }
        for order in stream.chunks_exact(count) {
            let mut order = order.to_vec();
            order.sort();
            prop_assert_eq!(order, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn resumed_is_uninterrupted(
        (count, size, handle, shuffle) in (0..40usize, 1..12usize, 0..3usize, any::<bool>()),
        (passes, batches) in (0..4usize, 0..12usize),
    ) {
        let mut whole = numbers(count, size, HANDLES[handle]).shuffle(shuffle).seed(3);
        for _ in 0..passes {
            pass(&mut whole);
            whole.reset();
        }
        whole.by_ref().take(batches).for_each(drop);
        let mut resumed = numbers(count, size, HANDLES[handle]).shuffle(shuffle).seed(99);
        resumed.restore(saved(&mut whole).parse::<Position>().unwrap()).unwrap();
        for _ in 0..3 {
            prop_assert_eq!(pass(&mut resumed), pass(&mut whole));
            prop_assert_eq!(resumed.position(), whole.position());
            resumed.reset();
            whole.reset();
        }
    }
}
