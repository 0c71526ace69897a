//! S6: elementwise operations and their like on matrices of a hundred columns; GB/s of what must be read and written
//! at least.

use std::hint::black_box;

use ndgrad::prelude::*;

use crate::report::{Report, seconds};
use crate::settings::cases;

/// Measures the workload: each operation by itself, and those of several steps compiled to one, too.
pub fn run() {
    for case in cases() {
        let size = case[0];
        let [a, b, c] = [(); 3].map(|()| random::uniform([size / 100, 100]));
        let bias = random::uniform([100]);
        let measure = |name: &str, variant, bytes: usize, call: &dyn Fn() -> Tensor| {
            let seconds = seconds(|| drop(black_box(call())));
            Report {
                workload: "S6",
                case: &format!("{name} {size}"),
                variant,
                figure: (bytes * size) as f64 / seconds * 1e-9,
                unit: "GB/s",
                check: None,
            }
            .print();
        };
        let fused = compile(|(a, b, c): (Tensor, Tensor, Tensor)| a * b + c);
        measure("a*b+c", "eager", 16, &|| &a * &b + &c);
        measure("a*b+c", "compiled", 16, &|| fused.call((a.clone(), b.clone(), c.clone())));
        measure("exp", "eager", 8, &|| a.exp());
        measure("sum", "eager", 4, &|| a.sum());
        measure("softmax", "eager", 8, &|| a.softmax(-1));
        measure("bias", "eager", 8, &|| &a + &bias);
        measure("transpose", "eager", 8, &|| a.transpose().reshape([-1]));
    }
}
