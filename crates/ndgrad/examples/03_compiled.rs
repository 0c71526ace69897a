//! The loop of the first example with its step compiled: remembered at the first batch, replayed at the others.
//!
//! `cargo run --release --example 03_compiled`

use std::time::Instant;

use ndgrad::prelude::*;

fn main() {
    random::seed(1);
    let x = random::normal([10_000, 2]);
    let y = 2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2 + 0.01 * random::normal([10_000]);
    let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(4).shuffle(true);

    let w = random::normal([2, 1]).attach_grad();
    let b = random::normal([1]).attach_grad();
    let step = |(data, label): (Tensor, Tensor)| {
        let label = label.reshape([-1, 1]);
        let loss = autograd::record(|| (data.dot(&w) + &b - label).square().mean());
        loss.backward();
        for param in [&w, &b] {
            param.assign(param - 0.001 * param.grad());
        }
        loss
    };
    // This line is all the difference: the bits are the same.
    let step = compile(step);

    let start = Instant::now();
    let mut moving_loss = 0.0;
    for epoch in 0..2 {
        for batch in &train {
            moving_loss = 0.99 * moving_loss + 0.01 * step.call(batch).item();
        }
        println!("Epoch {epoch}. Moving avg of loss: {moving_loss}");
    }
    println!(
        "{:.2} us a step, loader included",
        start.elapsed().as_secs_f64() * 1e6 / (2.0 * train.len() as f64)
    );

    // An epoch as one call, with nothing between a step and the next. The moving loss is a leaf, like the parameters.
    let moving_loss = tensor(moving_loss).attach_grad();
    let epoch = compile(|batch| moving_loss.assign(0.99 * &moving_loss + 0.01 * step.call(batch)));
    epoch.over(train.iter());
    let start = Instant::now();
    epoch.over(train.iter());
    let microseconds = start.elapsed().as_secs_f64() * 1e6 / train.len() as f64;
    println!("Moving avg of loss: {}", moving_loss.item());
    println!("{microseconds:.3} us a step, an epoch at a time");

    // What is done at each call: one line for each operation, in passes over memory.
    for program in step.programs() {
        println!("\n{program}");
    }
}
