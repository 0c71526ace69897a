//! S7: standard normals in f32; millions per second.

use ndgrad::prelude::*;

use crate::report::{Report, timed};
use crate::settings::cases;

/// Measures the workload.
pub fn run() {
    let count = cases()[0][0];
    random::seed(1);
    // The first array's memory is the second's.
    drop(random::normal([count]));
    let (seconds, numbers) = timed(|| random::normal([count]));
    Report {
        workload: "S7",
        case: &format!("f32 {count}"),
        variant: "Philox",
        figure: count as f64 / seconds * 1e-6,
        unit: "M/s",
        check: Some(numbers.square().mean().item()),
    }
    .print();
}
