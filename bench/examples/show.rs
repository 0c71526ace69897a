//! Shows.
use ndgrad::prelude::*;
use ndgrad_bench::seeds_loop::{params, step};
fn main() {
    random::seed(1);
    let (data, label) = (random::normal([4, 2]), random::normal([4]));
    let [w, b] = params();
    let moving = tensor(0.0).attach_grad();
    let replay = compile(|(data, label): (Tensor, Tensor)| {
        let loss = step(&data, &label, [&w, &b], 0.001);
        moving.assign(0.99 * &moving + 0.01 * loss.detach());
    });
    replay.call((data, label));
    println!("{}", replay.programs()[0]);
}
