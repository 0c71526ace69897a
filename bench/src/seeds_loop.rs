//! S1 and S2: the seeds' loop, eager and compiled. 10,000 rows of two features in shuffled batches of four, with loader, loss, backward,
//! stochastic gradient descent and the moving loss; microseconds for each of 5,000 steps.

use ndgrad::prelude::*;

use crate::data::Rows;
use crate::report::{Report, timed};
use crate::settings::threads;

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

/// Trains on all batches of all epochs and returns the moving loss. A second thread gathers batches ahead.
fn train(rows: &Rows, params: [&Tensor; 2]) -> f64 {
    let loader = rows.loader().prefetch(if threads() > 1 { 8 } else { 0 });
    let mut moving = 0.0;
    for _ in 0..rows.epochs {
        for (data, label) in loader.iter() {
            moving = 0.99 * moving + 0.01 * step(&data, &label, params, 0.001).item();
        }
    }
    moving
}

/// The weights and the bias at the start.
pub fn params() -> [Tensor; 2] {
    [tensor([[0.5], [-0.3]]).attach_grad(), tensor([0.1]).attach_grad()]
}

/// Seconds of training on all batches of all epochs, and the moving loss, for each way of doing it. The second time
/// counts, after the parameters have been put back: the first fills caches, and compiles.
pub fn measure(rows: &Rows, params: [&Tensor; 2], variant: &str) -> (f64, f64) {
    let start = params.map(Tensor::detach);
    let again = || params.iter().zip(&start).for_each(|(param, start)| param.assign(start.clone()));
    match variant {
        "eager" => {
            train(rows, params);
            again();
            timed(|| train(rows, params))
        }
        _ => {
            let moving = tensor(0.0).attach_grad();
            let step = compile(|(data, label): (Tensor, Tensor)| {
                let loss = step(&data, &label, params, 0.001);
                moving.assign(0.99 * &moving + 0.01 * loss.detach());
            });
            let train = || {
                moving.assign(tensor(0.0));
                let loader = rows.loader();
                for _ in 0..rows.epochs {
                    step.over(loader.iter());
                }
                moving.item()
            };
            train();
            again();
            timed(train)
        }
    }
}

/// Measures the workload S1.
pub fn run() {
    report("S1", "eager");
}

/// Measures the workload S2.
pub fn run_compiled() {
    report("S2", "compiled");
}

fn report(workload: &'static str, variant: &'static str) {
    let rows = Rows::of_the_seeds_loop();
    let steps = (rows.count() / rows.batch) as f64;
    let [w, b] = params();
    let (seconds, loss) = measure(&rows, [&w, &b], variant);
    let figure = seconds / steps * 1e6;
    Report { workload, case: "step", variant, figure, unit: "us", check: Some(loss) }.print();
}
