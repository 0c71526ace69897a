//! What a batch of two tensors costs: 10,000 rows of two features and a label, batches of 4, as in the tutorial.
//!
//! `cargo run --release -p ndgrad-data --example loader_speed`

use std::hint::black_box;
use std::time::Instant;

use ndgrad_data::{ArrayDataset, DataLoader, Dataset, NdArrayIter};
use ndgrad_tensor::Tensor;

const ROWS: usize = 10_000;
const SIZE: usize = 4;
const EPOCHS: usize = 40;

/// Prints the median over several epochs of the time per batch of `epoch`, which returns its number of batches.
fn measure(name: &str, mut epoch: impl FnMut() -> usize) {
    let mut times: Vec<f64> = (0..EPOCHS)
        .map(|_| {
            let start = Instant::now();
            let batches = epoch();
            start.elapsed().as_nanos() as f64 / batches as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<40} {:>8.0} ns per batch", times[EPOCHS / 2]);
}

fn consume<T>(batches: impl Iterator<Item = T>) -> usize {
    batches.fold(0, |count, batch| {
        black_box(batch);
        count + 1
    })
}

fn main() {
    let (x, y) = (Tensor::zeros([ROWS, 2]), Tensor::zeros([ROWS]));
    let dataset = ArrayDataset::new(&x, &y);
    let rows: Vec<usize> = (0..ROWS).collect();

    measure("take alone", || consume(rows.chunks(SIZE).map(|rows| dataset.batch(rows))));
    let loader = || DataLoader::new(dataset.clone()).batch_size(SIZE);
    let epoch = |loader: &DataLoader<ArrayDataset>| consume(loader.iter());
    let (plain, shuffled) = (loader(), loader().shuffle(true));
    let ahead = loader().shuffle(true).prefetch(64);
    measure("DataLoader", || epoch(&plain));
    measure("DataLoader, shuffled", || epoch(&shuffled));
    measure("DataLoader, shuffled, 64 batches ahead", || epoch(&ahead));
    measure("its order alone", || shuffled.iter().len());
    let mut iter = NdArrayIter::new(&x, &y, SIZE).shuffle(true);
    measure("NdArrayIter, shuffled", || {
        iter.reset();
        consume(iter.by_ref())
    });
}
