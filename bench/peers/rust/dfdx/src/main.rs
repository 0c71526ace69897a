//! dfdx: S1 and S9.

#[path = "../../common.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

use dfdx::prelude::*;

const MANIFEST: &str = include_str!("../Cargo.toml");

/// One pass over the data: seconds, and the moving loss. dfdx has no gather of rows chosen at run time that is as
/// fast as copying them by hand, so batches are built on the stack.
fn descend(x: &[f32], y: &[f32], order: &[i32]) -> (f64, f64) {
    let device = Cpu::default();
    let (mut w, mut b) = (device.tensor([[0.5_f32], [-0.3]]), device.tensor([0.1_f32]));
    let mut moving = 0.0;
    let start = Instant::now();
    for rows in order.as_chunks::<4>().0 {
        let data = device.tensor(rows.map(|row| [x[2 * row as usize], x[2 * row as usize + 1]]));
        let label = device.tensor(rows.map(|row| [y[row as usize]]));
        let predicted = data.leaky_trace().matmul(w.clone()) + b.clone().broadcast::<Rank2<4, 1>, _>();
        let loss = (predicted - label).square().mean();
        let value = loss.array();
        let gradients = loss.backward();
        w = w.clone() - gradients.get(&w) * 0.001;
        b = b.clone() - gradients.get(&b) * 0.001;
        moving = 0.99 * moving + 0.01 * f64::from(value);
    }
    (start.elapsed().as_secs_f64(), moving)
}

fn seeds_loop() {
    let (x, y) = (common::floats("loop_x"), common::floats("loop_y"));
    let order = common::integers("loop_order");
    descend(&x, &y, &order);
    let (seconds, loss) = descend(&x, &y, &order);
    common::Result {
        workload: "S1",
        case: "step",
        peer: "dfdx",
        variant: "batch copied by hand",
        version: common::version(MANIFEST, "dfdx"),
        figure: seconds / 5e3 * 1e6,
        unit: "us",
        check: Some(loss),
    }
    .print();
}

fn main() {
    match common::workload().as_str() {
        "S1" => seeds_loop(),
        "S9" => drop(black_box(Cpu::default().tensor([1_f32, 2.0]).sum::<Rank0, _>())),
        other => panic!("no workload {other}"),
    }
}
