//! S6: elementwise operations and their like on matrices of a hundred columns; GB/s of what must be read and written
//! at least.

use std::hint::black_box;

use ndgrad::prelude::*;

use crate::report::{Report, seconds};
use crate::settings::cases;

/// Measures the workload.
pub fn run() {
    for case in cases() {
        let size = case[0];
        let [a, b, c] = [(); 3].map(|()| random::uniform([size / 100, 100]));
        let bias = random::uniform([100]);
        let measure = |name: &str, bytes: usize, call: &dyn Fn() -> Tensor| {
            let seconds = seconds(|| drop(black_box(call())));
            Report {
                workload: "S6",
                case: &format!("{name} {size}"),
                variant: "eager",
                figure: (bytes * size) as f64 / seconds * 1e-9,
                unit: "GB/s",
                check: None,
            }
            .print();
        };
        measure("a*b+c", 16, &|| &a * &b + &c);
        measure("exp", 8, &|| a.exp());
        measure("sum", 4, &|| a.sum());
        measure("softmax", 8, &|| a.softmax(-1));
        measure("bias", 8, &|| &a + &bias);
        measure("transpose", 8, &|| a.transpose().reshape([-1]));
    }
}
