//! candle: S1, S3, S4, S6 and S9.

#[path = "../../common.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

use candle_core::{D, DType, Device, Result, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, loss, ops};

const MANIFEST: &str = include_str!("../Cargo.toml");
const CPU: Device = Device::Cpu;

fn report(workload: &str, case: &str, variant: &str, figure: f64, unit: &str, check: Option<f64>) {
    let version = common::version(MANIFEST, "candle-core");
    common::Result { workload, case, peer: "candle", variant, version, figure, unit, check }.print();
}

fn order(name: &str) -> Vec<u32> {
    common::integers(name).into_iter().map(|row| row as u32).collect()
}

/// One pass over `order` by stochastic gradient descent: seconds, and the moving loss.
fn descend(
    x: &Tensor,
    y: &Tensor,
    order: &[u32],
    batch: usize,
    w: &Tensor,
    b: &Tensor,
) -> Result<(f64, f64)> {
    let (w, b) = (Var::from_tensor(w)?, Var::from_tensor(b)?);
    let mut moving = 0.0;
    let start = Instant::now();
    for rows in order.chunks_exact(batch) {
        let rows = Tensor::from_slice(rows, batch, &CPU)?;
        let (x, y) = (x.index_select(&rows, 0)?, y.index_select(&rows, 0)?);
        let loss = (x.matmul(&w)?.broadcast_add(&b)? - y)?.sqr()?.mean_all()?;
        let gradients = loss.backward()?;
        for parameter in [&w, &b] {
            let gradient = gradients.get(parameter).expect("it leads to the loss");
            parameter.set(&(parameter.as_tensor() - (gradient * 0.001)?)?)?;
        }
        moving = 0.99 * moving + 0.01 * f64::from(loss.to_scalar::<f32>()?);
    }
    Ok((start.elapsed().as_secs_f64(), moving))
}

fn seeds_loop() -> Result<()> {
    let x = Tensor::from_vec(common::floats("loop_x"), (10_000, 2), &CPU)?;
    let y = Tensor::from_vec(common::floats("loop_y"), (10_000, 1), &CPU)?;
    let (w, b) = (Tensor::new(&[[0.5_f32], [-0.3]], &CPU)?, Tensor::new(&[0.1_f32], &CPU)?);
    let order = order("loop_order");
    descend(&x, &y, &order, 4, &w, &b)?;
    let (seconds, loss) = descend(&x, &y, &order, 4, &w, &b)?;
    report("S1", "step", "eager", seconds / 5e3 * 1e6, "us", Some(loss));
    Ok(())
}

fn linear() -> Result<()> {
    let x = Tensor::from_vec(common::floats("linear_x"), (1_000_000, 100), &CPU)?;
    let y = Tensor::from_vec(common::floats("linear_y"), (1_000_000, 1), &CPU)?;
    let (w, b) = (Tensor::zeros((100, 1), DType::F32, &CPU)?, Tensor::zeros(1, DType::F32, &CPU)?);
    let order = order("linear_order");
    let (seconds, loss) = descend(&x, &y, &order, 256, &w, &b)?;
    report("S3", "epoch", "eager", order.len() as f64 / seconds, "rows/s", Some(loss));
    Ok(())
}

fn mlp() -> Result<()> {
    let x = Tensor::from_vec(common::floats("mlp_x"), (60_000, 784), &CPU)?;
    let y = Tensor::from_vec(order("mlp_y"), 60_000, &CPU)?;
    let order = order("mlp_order");
    let w1 = Var::from_vec(common::floats("mlp_w1"), (256, 784), &CPU)?;
    let w2 = Var::from_vec(common::floats("mlp_w2"), (10, 256), &CPU)?;
    let (b1, b2) = (Var::zeros(256, DType::F32, &CPU)?, Var::zeros(10, DType::F32, &CPU)?);
    let settings = ParamsAdamW { lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: 1e-8, weight_decay: 0.0 };
    let mut adam = AdamW::new(vec![w1.clone(), b1.clone(), w2.clone(), b2.clone()], settings)?;
    let mut moving = 0.0;
    let start = Instant::now();
    for rows in order.chunks_exact(64) {
        let rows = Tensor::from_slice(rows, 64, &CPU)?;
        let (x, y) = (x.index_select(&rows, 0)?, y.index_select(&rows, 0)?);
        let hidden = x.matmul(&w1.t()?)?.broadcast_add(&b1)?.relu()?;
        let logits = hidden.matmul(&w2.t()?)?.broadcast_add(&b2)?;
        let loss = loss::cross_entropy(&logits, &y)?;
        adam.backward_step(&loss)?;
        moving = 0.99 * moving + 0.01 * f64::from(loss.to_scalar::<f32>()?);
    }
    let seconds = start.elapsed().as_secs_f64();
    report("S4", "epoch", "eager", order.len() as f64 / seconds, "rows/s", Some(moving));
    Ok(())
}

fn elementwise() -> Result<()> {
    for case in common::cases() {
        let size = case[0];
        let rows = size / 100;
        let [a, b, c] = [(); 3].map(|()| Tensor::from_vec(common::noise(size), (rows, 100), &CPU));
        let (a, b, c) = (a?, b?, c?);
        let bias = Tensor::from_vec(common::noise(100), 100, &CPU)?;
        let measure = |name: &str, bytes: usize, call: &dyn Fn() -> Result<Tensor>| -> Result<()> {
            let check = call()?.sum_all()?.to_scalar::<f32>()?;
            let seconds = common::seconds(|| drop(black_box(call())));
            let figure = (bytes * size) as f64 / seconds * 1e-9;
            report("S6", &format!("{name} {size}"), "eager", figure, "GB/s", Some(check.into()));
            Ok(())
        };
        measure("a*b+c", 16, &|| (&a * &b)? + &c)?;
        measure("exp", 8, &|| a.exp())?;
        measure("sum", 4, &|| a.sum_all())?;
        measure("softmax", 8, &|| ops::softmax(&a, D::Minus1))?;
        measure("bias", 8, &|| a.broadcast_add(&bias))?;
        measure("transpose", 8, &|| a.t()?.contiguous())?;
    }
    Ok(())
}

fn main() -> Result<()> {
    match common::workload().as_str() {
        "S1" => seeds_loop(),
        "S3" => linear(),
        "S4" => mlp(),
        "S6" => elementwise(),
        "S9" => Tensor::new(&[1_f32, 2.0], &CPU)?.sum_all().map(|sum| drop(black_box(sum))),
        other => panic!("no workload {other}"),
    }
}
