//! S8: shuffled batches of 256 of a million rows of a hundred features and their labels; rows per second.

use std::hint::black_box;

use crate::data::Rows;
use crate::report::{Report, timed};

/// Measures the workload.
pub fn run() {
    let rows = Rows::of_linear();
    let loader = rows.loader();
    let epoch = || loader.iter().for_each(|batch| drop(black_box(batch)));
    epoch();
    let (seconds, ()) = timed(epoch);
    let figure = rows.count() as f64 / seconds;
    Report { workload: "S8", case: "epoch", variant: "DataLoader", figure, unit: "rows/s", check: None }
        .print();
}
