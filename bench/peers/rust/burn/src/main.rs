//! burn with its `flex` backend: S1, S3, S4 and S9.

#[path = "../../common.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

use burn::module::{Module, Param};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};

const MANIFEST: &str = include_str!("../Cargo.toml");

fn report(workload: &str, case: &str, figure: f64, unit: &str, check: f64) {
    let version = common::version(MANIFEST, "burn");
    let (peer, variant) = ("burn flex", "eager");
    common::Result { workload, case, peer, variant, version, figure, unit, check: Some(check) }.print();
}

fn matrix(numbers: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(numbers, shape), device)
}

fn indices(rows: &[i32], device: &Device) -> Tensor<1, Int> {
    Tensor::from_data(TensorData::new(rows.to_vec(), [rows.len()]), device)
}

/// One pass over `order` by stochastic gradient descent: seconds, and the moving loss.
fn descend(
    device: &Device,
    (x, y): (&Tensor<2>, &Tensor<2>),
    order: &[i32],
    batch: usize,
    (w, b): (Tensor<2>, Tensor<2>),
) -> (f64, f64) {
    let (mut w, mut b) = (w.require_grad(), b.require_grad());
    let mut moving = 0.0;
    let start = Instant::now();
    for rows in order.chunks_exact(batch) {
        let rows = indices(rows, device);
        let (x, y) = (x.clone().select(0, rows.clone()), y.clone().select(0, rows));
        let error = x.matmul(w.clone()) + b.clone() - y;
        let loss = (error.clone() * error).mean();
        let gradients = loss.backward();
        let (dw, db) = (w.grad(&gradients).expect("dw"), b.grad(&gradients).expect("db"));
        w = Tensor::from_inner(w.inner() - dw * 0.001).require_grad();
        b = Tensor::from_inner(b.inner() - db * 0.001).require_grad();
        moving = 0.99 * moving + 0.01 * f64::from(loss.into_scalar::<f32>());
    }
    (start.elapsed().as_secs_f64(), moving)
}

fn seeds_loop(device: &Device) {
    let x = matrix(common::floats("loop_x"), [10_000, 2], device);
    let y = matrix(common::floats("loop_y"), [10_000, 1], device);
    let order = common::integers("loop_order");
    let run = || {
        let start = (matrix(vec![0.5, -0.3], [2, 1], device), matrix(vec![0.1], [1, 1], device));
        descend(device, (&x, &y), &order, 4, start)
    };
    run();
    let (seconds, loss) = run();
    report("S1", "step", seconds / 5e3 * 1e6, "us", loss);
}

fn linear(device: &Device) {
    let x = matrix(common::floats("linear_x"), [1_000_000, 100], device);
    let y = matrix(common::floats("linear_y"), [1_000_000, 1], device);
    let order = common::integers("linear_order");
    let start = (Tensor::zeros([100, 1], device), Tensor::zeros([1, 1], device));
    let (seconds, loss) = descend(device, (&x, &y), &order, 256, start);
    report("S3", "epoch", order.len() as f64 / seconds, "rows/s", loss);
}

#[derive(Module, Debug)]
struct Net {
    hidden: Linear,
    output: Linear,
}

fn layer(inputs: usize, outputs: usize, weights: &str, device: &Device) -> Linear {
    let mut layer = LinearConfig::new(inputs, outputs).init(device);
    let weights = matrix(common::floats(weights), [outputs, inputs], device).inner().transpose();
    let weights = Tensor::<2>::from_data(weights.into_data(), device);
    layer.weight = Param::from_tensor(weights.require_grad());
    layer.bias = Some(Param::from_tensor(Tensor::<1>::zeros([outputs], device).require_grad()));
    layer
}

fn mlp(device: &Device) {
    let x = matrix(common::floats("mlp_x"), [60_000, 784], device);
    let y = indices(&common::integers("mlp_y"), device);
    let order = common::integers("mlp_order");
    let mut net = Net { hidden: layer(784, 256, "mlp_w1", device), output: layer(256, 10, "mlp_w2", device) };
    let criterion = CrossEntropyLossConfig::new().init(device);
    let mut adam = AdamConfig::new().with_epsilon(1e-8).init();
    let mut moving = 0.0;
    let start = Instant::now();
    for rows in order.chunks_exact(64) {
        let rows = indices(rows, device);
        let (x, y) = (x.clone().select(0, rows.clone()), y.clone().select(0, rows));
        let loss = criterion.forward(net.output.forward(relu(net.hidden.forward(x))), y);
        let gradients = GradientsParams::from_grads(loss.backward(), &net);
        net = adam.step(1e-3, net, gradients);
        moving = 0.99 * moving + 0.01 * f64::from(loss.into_scalar::<f32>());
    }
    report("S4", "epoch", order.len() as f64 / start.elapsed().as_secs_f64(), "rows/s", moving);
}

fn main() {
    let device = Device::flex().autodiff();
    match common::workload().as_str() {
        "S1" => seeds_loop(&device),
        "S3" => linear(&device),
        "S4" => mlp(&device),
        "S9" => drop(black_box(Tensor::<1>::zeros([2], &device).sum().into_scalar::<f32>())),
        other => panic!("no workload {other}"),
    }
}
