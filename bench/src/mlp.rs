//! S4: a network of 784, 256 and 10 units with softmax cross entropy, trained by Adam on 60,000 pictures in batches
//! of 64; rows per second of one epoch.

use ndgrad::prelude::*;

use crate::data::{Rows, read};
use crate::report::{Report, timed};

/// Adam (Kingma and Ba 2015, algorithm 1).
#[derive(Debug)]
pub struct Adam {
    rate: f64,
    /// Leaves, so that a compiled step changes them.
    moments: Vec<[Tensor; 2]>,
}

impl Adam {
    /// The moments of every parameter begin at 0.
    pub fn new(params: &[Tensor], rate: f64) -> Adam {
        let zeros = |param: &Tensor| [(); 2].map(|()| Tensor::zeros(param.shape()).attach_grad());
        Adam { rate, moments: params.iter().map(zeros).collect() }
    }

    /// The corrections of both moments at the step of this number, counted from 1.
    pub fn corrections(step: i32) -> [Tensor; 2] {
        [0.9_f64, 0.999].map(|decay| tensor(1.0 - decay.powi(step)))
    }

    /// Changes every parameter by its gradient.
    pub fn step(&self, params: &[Tensor], [first, second]: &[Tensor; 2]) {
        for (param, [m, v]) in params.iter().zip(&self.moments) {
            let gradient = param.grad();
            m.assign(0.9 * m + 0.1 * &gradient);
            v.assign(0.999 * v + 0.001 * gradient.square());
            param.assign(param - self.rate * (m / first) / ((v / second).sqrt() + 1e-8));
        }
    }
}

/// Weights and biases of both layers.
fn params() -> Vec<Tensor> {
    let (w1, w2) = (read("mlp_w1", [256, 784]), read("mlp_w2", [10, 256]));
    [w1, Tensor::zeros([256]), w2, Tensor::zeros([10])].iter().map(Tensor::attach_grad).collect()
}

fn loss(params: &[Tensor], data: &Tensor, label: &Tensor) -> Tensor {
    let [w1, b1, w2, b2] = params else { unreachable!("two layers") };
    let hidden = (data.dot(&w1.transpose()) + b1).relu();
    (hidden.dot(&w2.transpose()) + b2).cross_entropy(label)
}

/// Measures the workload.
pub fn run() {
    let rows = Rows::of_mlp();
    for variant in ["eager", "compiled"] {
        let params = params();
        let adam = Adam::new(&params, 0.001);
        let step = |(data, label, corrections): (Tensor, Tensor, [Tensor; 2])| {
            let loss = autograd::record(|| loss(&params, &data, &label));
            loss.backward();
            adam.step(&params, &corrections);
            loss.detach()
        };
        let compiled = compile(step);
        let (seconds, moving) = timed(|| {
            let mut moving = 0.0;
            for (number, (data, label)) in (1..).zip(rows.loader().iter()) {
                let inputs = (data, label, Adam::corrections(number));
                let loss = if variant == "eager" { step(inputs) } else { compiled.call(inputs) };
                moving = 0.99 * moving + 0.01 * loss.item();
            }
            moving
        });
        let figure = rows.count() as f64 / seconds;
        Report { workload: "S4", case: "epoch", variant, figure, unit: "rows/s", check: Some(moving) }
            .print();
    }
}
