//! S1 and S2: the seeds' loop, eager and compiled. 10,000 rows of two features in shuffled batches of four, with loader, loss, backward,
//! stochastic gradient descent and the moving loss; microseconds for each of 5,000 steps.

use ndgrad::prelude::*;

use crate::data::Rows;
use crate::report::{Report, timed};

/// The step that everything else is compared with, and its loss.
#[inline]
pub fn step(data: &Tensor, label: &Tensor, params: [&Tensor; 2], rate: f64) -> Tensor {
    let [w, b] = params;
    let label = label.reshape([-1, 1]);
    let loss = autograd::record(|| (data.dot(w) + b - label).square().mean());
    loss.backward();
    for param in params {
        param.assign(param - rate * param.grad());
    }
    loss
}

/// Trains on all batches of all epochs and returns the moving loss.
pub fn train(rows: &Rows, params: [&Tensor; 2]) -> f64 {
    let loader = rows.loader();
    let mut moving = 0.0;
    for _ in 0..rows.epochs {
        for (data, label) in loader.iter() {
            moving = 0.99 * moving + 0.01 * step(&data, &label, params, 0.001).item();
        }
    }
    moving
}

/// Trains as [`train`] does, with the step compiled and the moving loss within it.
pub fn train_compiled(rows: &Rows, params: [&Tensor; 2]) -> f64 {
    let loader = rows.loader();
    let moving = tensor(0.0).attach_grad();
    let step = compile(|(data, label): (Tensor, Tensor)| {
        let loss = step(&data, &label, params, 0.001);
        moving.assign(0.99 * &moving + 0.01 * loss.detach());
    });
    for _ in 0..rows.epochs {
        step.over(loader.iter());
    }
    moving.item()
}

/// The weights and the bias at the start.
pub fn params() -> [Tensor; 2] {
    [tensor([[0.5], [-0.3]]).attach_grad(), tensor([0.1]).attach_grad()]
}

/// Measures the workload S1.
pub fn run() {
    measure("S1", "eager", train);
}

/// Measures the workload S2.
pub fn run_compiled() {
    measure("S2", "compiled", train_compiled);
}

fn measure(workload: &'static str, variant: &'static str, train: fn(&Rows, [&Tensor; 2]) -> f64) {
    let rows = Rows::of_the_seeds_loop();
    let steps = (rows.count() / rows.batch) as f64;
    let once = || {
        let [w, b] = params();
        timed(|| train(&rows, [&w, &b]))
    };
    once();
    let (seconds, loss) = once();
    let figure = seconds / steps * 1e6;
    Report { workload, case: "step", variant, figure, unit: "us", check: Some(loss) }.print();
}
