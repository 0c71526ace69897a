//! S4: a network of 784, 256 and 10 units with softmax cross entropy, trained by Adam on 60,000 pictures in batches
//! of 64; rows per second of one epoch.

use ndgrad::prelude::*;

use crate::data::{Rows, read};
use crate::report::{Report, timed};

/// Adam (Kingma and Ba 2015, algorithm 1).
#[derive(Debug)]
struct Adam {
    rate: f64,
    /// For each parameter the first and the second moment, which are leaves, so that a compiled step changes them.
    moments: Vec<Tensor>,
}

/// The powers of the rates at which both moments decay.
#[derive(Debug)]
struct Powers {
    powers: Vec<Tensor>,
}

const DECAYS: [f64; 2] = [0.9, 0.999];

impl Powers {
    fn new() -> Powers {
        Powers { powers: vec![tensor(1.0).attach_grad(), tensor(1.0).attach_grad()] }
    }

    /// The corrections of both moments at the next step.
    fn next(&self) -> [Tensor; 2] {
        let mut decays = DECAYS.iter().zip(&self.powers);
        [(); 2].map(|()| {
            let (&decay, power) = decays.next().expect("two");
            power.assign(decay * power);
            1.0 - power.detach()
        })
    }
}

impl Adam {
    /// The moments of every parameter begin at 0.
    fn new(params: &[Tensor], rate: f64) -> Adam {
        let zeros = |param: &Tensor| [(); 2].map(|()| Tensor::zeros(param.shape()).attach_grad());
        Adam { rate, moments: params.iter().flat_map(zeros).collect() }
    }

    /// Changes every parameter by its gradient.
    fn step(&self, params: &[Tensor], [first, second]: &[Tensor; 2]) {
        for (param, moments) in params.iter().zip(self.moments.as_chunks().0) {
            let ([m, v], gradient) = (moments, param.grad());
            m.assign(DECAYS[0] * m + (1.0 - DECAYS[0]) * &gradient);
            v.assign(DECAYS[1] * v + (1.0 - DECAYS[1]) * gradient.square());
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

/// Measures the workload. The second epoch counts, from the same start: the first fills caches, and compiles.
pub fn run() {
    let rows = Rows::of_mlp();
    for variant in ["eager", "compiled"] {
        let params = params();
        let (adam, powers) = (Adam::new(&params, 0.001), Powers::new());
        let step = |(data, label): (Tensor, Tensor)| {
            let loss = autograd::record(|| loss(&params, &data, &label));
            loss.backward();
            adam.step(&params, &powers.next());
            loss.detach()
        };
        let moving = tensor(0.0).attach_grad();
        let compiled = compile(|batch: (Tensor, Tensor)| moving.assign(0.99 * &moving + 0.01 * step(batch)));
        let train = || match variant {
            "eager" => {
                rows.loader().iter().fold(0.0, |moving, batch| 0.99 * moving + 0.01 * step(batch).item())
            }
            _ => {
                compiled.over(rows.loader().iter());
                moving.item()
            }
        };
        let state = [&params, &adam.moments, &powers.powers, &vec![moving.clone()]];
        let leaves: Vec<&Tensor> = state.into_iter().flatten().collect();
        let start: Vec<Tensor> = leaves.iter().map(|leaf| leaf.detach()).collect();
        train();
        leaves.iter().zip(start).for_each(|(leaf, start)| leaf.assign(start));
        let (seconds, moving) = timed(train);
        let figure = rows.count() as f64 / seconds;
        Report { workload: "S4", case: "epoch", variant, figure, unit: "rows/s", check: Some(moving) }
            .print();
    }
}
