//! `check`: a gradient against finite differences.

use std::fmt;

use ndgrad_array::DType;

use super::{Backward, grad, record};
use crate::Tensor;

/// The element at which a gradient is farthest from its finite difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The largest error found, relative to the size of the derivative (absolute where that is below 1).
    pub error: f64,
    /// The input, counted from 0.
    pub input: usize,
    /// The element of the input in row-major order, counted from 0.
    pub element: usize,
    /// What the gradient says there.
    pub gradient: f64,
    /// What the finite difference says there.
    pub difference: f64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { error, input, element, gradient, difference } = self;
        write!(f, "worst at input {input}, element {element}: ")?;
        write!(f, "gradient {gradient}, finite difference {difference}, error {error:.1e}")
    }
}

/// Compares the gradient of `f` with central differences, in f64, and reports the worst element. Inputs of whole
/// numbers or bool are handed on as they are.
///
/// The outputs are weighted by different numbers and summed, so that errors cannot cancel. The difference is
/// Richardson's extrapolation of two steps, with an error of the fourth order (Dahlquist and Björck, "Numerical
/// Methods", 1974, section 7.2).
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let report = autograd::check(|x| (&x[0] * &x[1]).sigmoid(), &[tensor([0.5, -1.0]), tensor([2.0, 3.0])]);
/// assert!(report.error < 1e-8, "{report}");
/// ```
///
/// # Panics
/// When `f` refuses its inputs.
#[track_caller]
pub fn check(f: impl Fn(&[Tensor]) -> Tensor, inputs: &[Tensor]) -> Report {
    let wide = |x: &Tensor| if x.dtype().is_float() { x.to_dtype(DType::F64).detach() } else { x.clone() };
    let inputs: Vec<Tensor> = inputs.iter().map(wide).collect();
    let weighted = |inputs: &[Tensor]| {
        let output = f(inputs).to_dtype(DType::F64);
        let weights: Vec<f64> = (0..output.size()).map(|i| 1.0 + 0.37 * (i % 7) as f64).collect();
        (output.clone() * Tensor::from_slice(output.shape(), &weights)).sum()
    };
    let leaf = |x: &Tensor| if x.dtype().is_float() { x.attach_grad() } else { x.clone() };
    let leaves: Vec<Tensor> = inputs.iter().map(leaf).collect();
    let y = record(|| weighted(&leaves));
    let gradient = |x: &Tensor| match y.requires_grad() {
        true => grad(&y, &[x], Backward::new().retain_graph()).remove(0),
        false => Tensor::zeros_like(x),
    };

    let mut worst = Report { error: 0.0, input: 0, element: 0, gradient: 0.0, difference: 0.0 };
    for (i, input) in inputs.iter().enumerate().filter(|(_, input)| input.dtype().is_float()) {
        let values = input.to_vec::<f64>();
        let gradient = gradient(&leaves[i]).to_vec::<f64>();
        for (element, &gradient) in gradient.iter().enumerate() {
            let at = |shift: f64| {
                let mut moved = values.clone();
                moved[element] += shift;
                let mut inputs = inputs.clone();
                inputs[i] = Tensor::from_slice(input.shape(), &moved);
                weighted(&inputs).item()
            };
            let step = 1e-3 * values[element].abs().max(1.0);
            let slope = |step: f64| (at(step) - at(-step)) / (2.0 * step);
            let difference = (4.0 * slope(step / 2.0) - slope(step)) / 3.0;
            let error = (gradient - difference).abs() / difference.abs().max(1.0);
            if error > worst.error || error.is_nan() {
                worst = Report { error, input: i, element, gradient, difference };
            }
        }
    }
    worst
}
