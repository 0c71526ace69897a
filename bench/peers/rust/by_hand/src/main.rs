//! What one writes without a library, in Rust: S1 and S3, the gradient derived by hand. Built with
//! `-C target-cpu=native`.

#[path = "../../common.rs"]
mod common;

use std::hint::black_box;
use std::time::Instant;

fn report(workload: &str, case: &str, figure: f64, unit: &str, check: f64) {
    let (peer, variant, version) = ("Rust by hand", "", env!("CARGO_PKG_RUST_VERSION"));
    common::Result { workload, case, peer, variant, version, figure, unit, check: Some(check) }.print();
}

/// The moving loss of the seeds' loop.
fn seeds_loop(x: &[[f32; 2]], y: &[f32], order: &[[i32; 4]]) -> f64 {
    let (mut w, mut b, mut moving) = ([0.5_f32, -0.3], 0.1_f32, 0.0);
    for rows in order {
        let (mut dw, mut db, mut loss) = ([0.0; 2], 0.0, 0.0);
        for &row in rows {
            let [x0, x1] = x[row as usize];
            let error = x0 * w[0] + x1 * w[1] + b - y[row as usize];
            loss += error * error;
            dw[0] += error * x0;
            dw[1] += error * x1;
            db += error;
        }
        w = [w[0] - 0.0005 * dw[0], w[1] - 0.0005 * dw[1]];
        b -= 0.0005 * db;
        moving = 0.99 * moving + 0.01 * f64::from(loss / 4.0);
    }
    moving
}

/// In lanes of vector registers. Were it inlined, its loop would be unrolled before it could be vectorized.
#[inline(never)]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 32];
    let (blocks_a, rest_a) = a.as_chunks::<32>();
    let (blocks_b, rest_b) = b.as_chunks::<32>();
    for (a, b) in blocks_a.iter().zip(blocks_b) {
        for lane in 0..32 {
            lanes[lane] = a[lane].mul_add(b[lane], lanes[lane]);
        }
    }
    let rest: f32 = rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// Adds `scale * x`.
#[inline(never)]
fn add_scaled(out: &mut [f32], x: &[f32], scale: f32) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = x.mul_add(scale, *out);
    }
}

/// Asks for a row before it is needed.
fn prefetch(row: &[f32; 100]) {
    #[cfg(target_arch = "x86_64")]
    for line in row.chunks(16) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: every x86-64 has the instruction, and the address is that of a number.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(line.as_ptr().cast()) }
    }
}

/// The moving loss of one epoch of linear regression with 100 features, batch 256.
fn linear(x: &[[f32; 100]], y: &[f32], order: &[i32]) -> f64 {
    let (mut w, mut b, mut moving) = ([0.0_f32; 100], 0.0_f32, 0.0);
    for (batch, rows) in order.chunks_exact(256).enumerate() {
        let (mut dw, mut db, mut loss) = ([0.0_f32; 100], 0.0, 0.0);
        for (position, &row) in rows.iter().enumerate() {
            if let Some(&later) = order.get(256 * batch + position + 8) {
                prefetch(&x[later as usize]);
            }
            let features = &x[row as usize];
            let error = dot(features, &w) + b - y[row as usize];
            loss += error * error;
            db += error;
            add_scaled(&mut dw, features, error);
        }
        let rate = 0.001 * 2.0 / 256.0;
        w.iter_mut().zip(dw).for_each(|(weight, gradient)| *weight -= rate * gradient);
        b -= rate * db;
        moving = 0.99 * moving + 0.01 * f64::from(loss / 256.0);
    }
    moving
}

fn main() {
    match common::workload().as_str() {
        loop_ @ ("S1" | "S2") => {
            let (x, y) = (common::floats("loop_x"), common::floats("loop_y"));
            let order = common::integers("loop_order");
            let run = || seeds_loop(black_box(x.as_chunks().0), &y, order.as_chunks().0);
            report(loop_, "step", common::seconds(|| _ = black_box(run())) / 5e3 * 1e6, "us", run());
        }
        "S3" => {
            let (x, y) = (common::floats("linear_x"), common::floats("linear_y"));
            let order = common::integers("linear_order");
            let start = Instant::now();
            let loss = linear(x.as_chunks().0, &y, &order);
            report("S3", "epoch", order.len() as f64 / start.elapsed().as_secs_f64(), "rows/s", loss);
        }
        other => panic!("no workload {other}"),
    }
}
