//! S11: exact least squares of a million rows of a hundred features and an intercept, in f64, from memory.

use ndgrad::linear::{InMemory, LeastSquares};

use crate::data::Rows;
use crate::report::{Report, timed};

/// Measures the workload: the second of two fits counts, as it does for the others.
pub fn run() {
    let data = Rows::of_linear();
    let wide = |numbers: Vec<f32>| numbers.into_iter().map(f64::from).collect::<Vec<f64>>();
    let names = Vec::from_iter((0..100).map(|column| format!("x{column}")));
    let (x, y) = (wide(data.x.to_vec()), wide(data.y.to_vec()));
    let mut rows = InMemory::new(names, x, y).expect("a hundred columns");
    let mut fit = || LeastSquares::new().fit(&mut rows).expect("independent columns");
    fit();
    let (seconds, fit) = timed(fit);
    let check = Some(fit.residual_sum_of_squares);
    let (figure, unit) = (seconds * 1e3, "ms");
    Report { workload: "S11", case: "1000000x100", variant: "exact, with statistics", figure, unit, check }
        .print();
}
