//! S4: a network of 784, 256 and 10 units with softmax cross entropy, trained by Adam on 60,000 pictures in batches
//! of 64; rows per second of one epoch.

use ndgrad::optim::Adam;
use ndgrad::prelude::*;

use crate::data::{Rows, read};
use crate::report::{Report, timed};

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
        let adam = Adam::new(&params, 0.001);
        let step = |(data, label): (Tensor, Tensor)| {
            let loss = autograd::record(|| loss(&params, &data, &label));
            loss.backward();
            adam.step();
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
        let leaves = [&params, adam.state(), std::slice::from_ref(&moving)].concat();
        let start: Vec<Tensor> = leaves.iter().map(Tensor::detach).collect();
        train();
        leaves.iter().zip(start).for_each(|(leaf, start)| leaf.assign(start));
        let (seconds, moving) = timed(train);
        let figure = rows.count() as f64 / seconds;
        Report { workload: "S4", case: "epoch", variant, figure, unit: "rows/s", check: Some(moving) }
            .print();
    }
}
