//! `steps KIND COUNT`: so many training steps of the seeds' size and nothing else, for counting instructions; `epoch` takes
//! them from a loader, in epochs of 500. The difference between two counts is free of what a process costs to start.

use ndgrad::prelude::*;
use ndgrad_bench::seeds_loop::{params, step};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kind = arguments.next().expect("a kind: eager, replay or epoch");
    let count: usize = arguments.next().and_then(|count| count.parse().ok()).expect("a number of steps");
    random::seed(1);
    let (data, label) = (random::normal([4, 2]), random::normal([4]));
    let [w, b] = params();
    let mut last = 0.0;
    match kind.as_str() {
        "eager" => (0..count).for_each(|_| last = step(&data, &label, [&w, &b], 0.001).item()),
        "replay" => {
            let replay = compile(|(data, label): (Tensor, Tensor)| step(&data, &label, [&w, &b], 0.001));
            (0..count).for_each(|_| last = replay.call((data.clone(), label.clone())).item());
        }
        "epoch" => {
            let (data, label) = (random::normal([2000, 2]), random::normal([2000]));
            let loader = DataLoader::new(ArrayDataset::new(&data, &label)).batch_size(4).shuffle(true);
            let replay = compile(|(data, label): (Tensor, Tensor)| step(&data, &label, [&w, &b], 0.001));
            for _ in 0..count / loader.len() {
                last = replay.over(loader.iter()).expect("batches").item();
            }
        }
        other => panic!("no kind of step {other}"),
    }
    assert!(last.is_finite(), "training went astray");
}
