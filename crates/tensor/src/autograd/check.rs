//! `check`: a gradient against finite differences.

use std::fmt;

use ndgrad_array::DType;

use super::{Backward, grad, is_recording, record};
use crate::Tensor;

/// How far a gradient is from finite differences.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The largest error found, relative to the size of the derivative (absolute where that is below 1); NaN if one
    /// of the two is NaN.
    pub error: f64,
    /// For each input of floats that has elements, in their order, the element at which the error is largest.
    pub inputs: Vec<Worst>,
}

/// The element of an input at which a gradient is farthest from its finite difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Worst {
    /// The error there, as in [`Report::error`].
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

impl Report {
    /// Whether every element is within this tolerance.
    pub fn passes(&self, tolerance: f64) -> bool {
        self.error <= tolerance
    }

    /// The worst element of all inputs, if there is any element.
    pub fn worst(&self) -> Option<&Worst> {
        self.inputs.iter().reduce(|worst, next| if worse(next.error, worst.error) { next } else { worst })
    }
}

/// Nothing is worse than NaN.
fn worse(error: f64, than: f64) -> bool {
    error > than || (error.is_nan() && !than.is_nan())
}

impl fmt::Display for Report {
    /// The worst element of all, then a line for each input.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(worst) = self.worst() else { return write!(f, "nothing to compare") };
        write!(f, "worst at {worst}")?;
        for worst in self.inputs.iter().filter(|_| self.inputs.len() > 1) {
            write!(f, "\n    {worst}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Worst { error, input, element, gradient, difference } = self;
        write!(f, "input {input}, element {element}: ")?;
        write!(f, "gradient {gradient}, finite difference {difference}, error {error:.1e}")
    }
}

/// Compares the gradient of `f` with central differences, in f64, and reports the worst elements. Inputs of whole
/// numbers or bool are handed on as they are.
///
/// The outputs are weighted by different numbers and summed, so that errors cannot cancel. The difference is
/// Richardson's extrapolation of two steps, with an error of the fourth order (Dahlquist and Björck, "Numerical
/// Methods", 1974, section 7.2). Where `f` has a kink within a thousandth of the input, the two differ and both may
/// be right.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let report = autograd::check(|x| (&x[0] * &x[1]).sigmoid(), &[tensor([0.5, -1.0]), tensor([2.0, 3.0])]);
/// assert!(report.passes(1e-8), "{report}");
/// ```
///
/// # Panics
/// When `f` refuses its inputs.
#[track_caller]
pub fn check(f: impl Fn(&[Tensor]) -> Tensor, inputs: &[Tensor]) -> Report {
    let wide = |x: &Tensor| if x.dtype().is_float() { x.to_dtype(DType::F64).detach() } else { x.clone() };
    let inputs: Vec<Tensor> = inputs.iter().map(wide).collect();
    let weighted = |inputs: &[Tensor]| weighted_sum(&f(inputs));
    let leaves: Vec<Tensor> = inputs.iter().map(leaf).collect();
    let y = record(|| weighted(&leaves));
    let gradient = |x: &Tensor| match y.requires_grad() {
        true => grad(&y, x, Backward::new().retain_graph()).remove(0),
        false => Tensor::zeros_like(x),
    };

    let mut report = Report { error: 0.0, inputs: Vec::new() };
    for (i, input) in inputs.iter().enumerate().filter(|(_, input)| input.dtype().is_float()) {
        let values = input.to_vec::<f64>();
        let gradient = gradient(&leaves[i]).to_vec::<f64>();
        let errors = gradient.into_iter().enumerate().map(|(element, gradient)| {
            let at = |shift: f64| {
                let mut moved = values.clone();
                moved[element] += shift;
                let mut inputs = inputs.clone();
                inputs[i] = Tensor::from_slice(input.shape(), &moved).to_device(input.device());
                weighted(&inputs).item()
            };
            let step = 1e-3 * values[element].abs().max(1.0);
            let slope = |step: f64| (at(step) - at(-step)) / (2.0 * step);
            let difference = (4.0 * slope(step / 2.0) - slope(step)) / 3.0;
            let error = (gradient - difference).abs() / difference.abs().max(1.0);
            Worst { error, input: i, element, gradient, difference }
        });
        let worst = errors.reduce(|worst, next| if worse(next.error, worst.error) { next } else { worst });
        report.inputs.extend(worst);
    }
    report.error = report.worst().map_or(0.0, |worst| worst.error);
    report
}

/// [`check`] for the second gradient: compares the gradient of the gradient of `f` with central differences of the
/// gradient, which [`check`] tests. The outputs of `f` are squared before, so that a linear function has a second
/// gradient too.
///
/// ```
/// use ndgrad_tensor::{autograd, tensor};
/// let report = autograd::check_second(|x| (&x[0] * &x[1]).exp(), &[tensor([0.5, -1.0]), tensor([0.2, 0.3])]);
/// assert!(report.passes(1e-7), "{report}");
/// ```
///
/// # Panics
/// When `f` refuses its inputs, or has a gradient that cannot be recorded.
#[track_caller]
pub fn check_second(f: impl Fn(&[Tensor]) -> Tensor, inputs: &[Tensor]) -> Report {
    let gradients = |inputs: &[Tensor]| {
        // Within `check`, the inputs are leaves when the gradient is taken and values for the differences.
        let leaves: Vec<Tensor> = match is_recording() {
            true => inputs.to_vec(),
            false => inputs.iter().map(leaf).collect(),
        };
        record(|| {
            let loss = weighted_sum(&f(&leaves).to_dtype(DType::F64).square());
            let floats: Vec<&Tensor> = leaves.iter().filter(|x| x.requires_grad()).collect();
            let gradients = match loss.requires_grad() {
                true => grad(&loss, &floats, Backward::new().create_graph()),
                false => floats.iter().map(|x| Tensor::zeros_like(x)).collect(),
            };
            let sums = gradients.iter().map(weighted_sum);
            sums.reduce(|a, b| a + b).unwrap_or_else(|| Tensor::zeros_like(&loss))
        })
    };
    check(gradients, inputs)
}

/// A leaf of what gradients are for; the rest as it is.
fn leaf(x: &Tensor) -> Tensor {
    if x.dtype().is_float() { x.attach_grad() } else { x.clone() }
}

/// The sum of all elements, each times another number.
#[track_caller]
fn weighted_sum(x: &Tensor) -> Tensor {
    let x = x.to_dtype(DType::F64);
    let weights: Vec<f64> = (0..x.size()).map(|i| 1.0 + 0.37 * (i % 7) as f64).collect();
    let weights = Tensor::from_slice(x.shape(), &weights).to_device(x.device());
    (x * weights).sum()
}
