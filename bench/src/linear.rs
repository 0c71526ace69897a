//! S3: linear regression on a million rows of a hundred features, shuffled, in batches of 256; rows per second of
//! one epoch.

use ndgrad::prelude::*;

use crate::data::Rows;
use crate::report::Report;
use crate::seeds_loop::measure;

/// Measures the workload.
pub fn run() {
    let rows = Rows::of_linear();
    for variant in ["eager", "compiled"] {
        let (w, b) = (Tensor::zeros([100, 1]).attach_grad(), Tensor::zeros([1]).attach_grad());
        let (seconds, loss) = measure(&rows, [&w, &b], variant);
        let figure = rows.count() as f64 / seconds;
        Report { workload: "S3", case: "epoch", variant, figure, unit: "rows/s", check: Some(loss) }.print();
    }
}
