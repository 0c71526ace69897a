//! The same in the form of the later tutorial: a context for the data and one for the model, the loss of each
//! epoch, and pictures of it before and after.
//!
//! `cargo run --release --example 02_contexts_and_loaders`

use ndgrad::prelude::*;

/// The function to be learned.
fn real_fn(x: &Tensor) -> Tensor {
    2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2
}

fn square_loss(yhat: &Tensor, y: &Tensor) -> Tensor {
    (yhat - y).square().mean()
}

fn sgd(params: &[&Tensor], lr: f64) {
    for &param in params {
        param.assign(param - lr * param.grad());
    }
}

/// The losses so far, and what the model makes of a hundred rows beside the truth.
fn draw(name: &str, losses: &[f64], x: &Tensor, net: impl Fn(&Tensor) -> Tensor) -> Result<()> {
    let epochs: Vec<f64> = (0..losses.len()).map(|epoch| epoch as f64).collect();
    plot::line(&epochs, losses)
        .title("Loss during training")
        .x_label("epoch")
        .y_label("mean square loss")
        .save(format!("{name}-loss.svg"))?;
    let x = x.i(..100);
    let feature = x.i((.., 1));
    plot::scatter(&feature, &net(&x).reshape([-1]))
        .name("estimated")
        .points("real", &feature, &real_fn(&x))
        .title("Estimated against real function")
        .x_label("second feature")
        .y_label("label")
        .save(format!("{name}-fit.svg"))
}

fn main() -> Result<()> {
    let data_ctx = Device::cpu();
    let model_ctx = Device::cpu();

    random::seed(1);
    let num_examples = 10_000;
    let x = random::normal([num_examples, 2]).to_device(data_ctx);
    let noise = 0.1 * random::normal([num_examples]).to_device(data_ctx);
    let y = real_fn(&x) + noise;

    let batch_size = 4;
    let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(batch_size).shuffle(true);
    let num_batches = num_examples / batch_size;

    let w = random::normal([2, 1]).to_device(model_ctx).attach_grad();
    let b = random::normal([1]).to_device(model_ctx).attach_grad();
    let net = |x: &Tensor| x.dot(&w) + &b;

    draw("before", &[], &x, net)?;
    let mut losses = Vec::new();
    for epoch in 0..10 {
        let mut cumulative_loss = 0.0;
        for (data, label) in train.iter() {
            let data = data.to_device(model_ctx);
            let label = label.to_device(model_ctx).reshape([-1, 1]);
            let loss = autograd::record(|| square_loss(&net(&data), &label));
            loss.backward();
            sgd(&[&w, &b], 0.0001);
            cumulative_loss += loss.item();
        }
        losses.push(cumulative_loss / num_batches as f64);
        println!("Epoch {epoch}, mean loss: {}", losses[epoch]);
    }
    draw("after", &losses, &x, net)?;
    println!("w = {w}\nb = {b}");
    Ok(())
}
