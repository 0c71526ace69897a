//! Linear regression from scratch: arrays, automatic differentiation, a loss, gradient descent, a loop.
//!
//! `cargo run --release --example 01_linear_regression`

use ndgrad::prelude::*;

/// The mean squared distance between prediction and truth.
fn square_loss(yhat: &Tensor, y: &Tensor) -> Tensor {
    (yhat - y).square().mean()
}

/// A small step against the gradient, for every parameter.
fn sgd(params: &[&Tensor], lr: f64) {
    for &param in params {
        param.assign(param - lr * param.grad());
    }
}

fn main() -> Result<()> {
    // Data whose answer is known: y = 2 x0 - 3.4 x1 + 4.2, and a little noise.
    random::seed(1);
    let x = random::normal([10_000, 2]);
    let y = 2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2 + 0.01 * random::normal([10_000]);
    plot::scatter(&x.i((.., 1)), &y).save("data.svg")?;

    // Batches of four rows, in a new order each epoch.
    let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(4).shuffle(true);

    // The model: two weights and a bias, which start anywhere.
    let w = random::normal([2, 1]).attach_grad();
    let b = random::normal([1]).attach_grad();
    let net = |x: &Tensor| x.dot(&w) + &b;

    let mut moving_loss = 0.0;
    for epoch in 0..2 {
        for (i, (data, label)) in train.iter().enumerate() {
            let label = label.reshape([-1, 1]);
            let loss = autograd::record(|| square_loss(&net(&data), &label));
            loss.backward();
            sgd(&[&w, &b], 0.001);
            moving_loss = 0.99 * moving_loss + 0.01 * loss.item();
            if (i + 1) % 500 == 0 {
                println!("Epoch {epoch}, batch {i}. Moving avg of loss: {moving_loss}");
            }
        }
    }
    println!("w = {w}\nb = {b}");
    Ok(())
}
