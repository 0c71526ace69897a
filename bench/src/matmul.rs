//! S5: matrix products of several shapes in f32 and f64; GFLOP/s.

use std::hint::black_box;

use ndgrad::prelude::*;

use crate::report::{Report, seconds};
use crate::settings::cases;

/// Measures the workload.
pub fn run() {
    for case in cases() {
        let [m, k, n] = case[..] else { panic!("a product has three sizes") };
        for dtype in [DType::F32, DType::F64] {
            let a = random::uniform([m, k]).to_dtype(dtype);
            let b = random::uniform([k, n]).to_dtype(dtype);
            let seconds = seconds(|| drop(black_box(a.matmul(&b))));
            Report {
                workload: "S5",
                case: &format!("{dtype} {m}x{k}x{n}"),
                variant: "eager",
                figure: 2.0 * (m * k * n) as f64 / seconds * 1e-9,
                unit: "GFLOP/s",
                check: None,
            }
            .print();
        }
    }
}
