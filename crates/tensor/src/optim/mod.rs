//! Optimizers: how parameters change by their gradients.
//!
//! A step is one pass over each parameter: it is [compiled](crate::compile()) when it is first done, and within a compiled
//! function it becomes part of that. What changes from step to step (moments, the rate) is kept in leaves, and the bits are those
//! of the same formulas as single operations.

mod adam;
mod sgd;

pub use adam::Adam;
pub use sgd::Sgd;

use std::fmt;

use ndgrad_array::{DType, OperationError};

use crate::Tensor;
use crate::autograd::{self, GradReq};
use crate::compile::{Compiled, compile};
use crate::ops::refuse;

/// A change of parameters that is remembered.
struct Update(Compiled<(), (), Box<dyn Fn(()) + Send + Sync>>);

/// A parameter to be changed: its number, itself, and its gradient.
type Due = (usize, Tensor, Tensor);

impl Update {
    /// # Panics
    /// When a parameter is not a leaf.
    #[track_caller]
    fn new(parameters: &[Tensor], change: impl Fn(&[Due]) + Send + Sync + 'static) -> Update {
        for parameter in parameters {
            // Refuses what is no leaf, at the caller's line.
            parameter.grad_req();
        }
        let parameters = parameters.to_vec();
        Update(compile(Box::new(move |()| {
            let mut due = Vec::new();
            for (index, parameter) in parameters.iter().enumerate() {
                // That the gradient was asked for makes whoever remembers this notice a change of what is wanted.
                let gradient = parameter.grad();
                if parameter.grad_req() != GradReq::Null {
                    due.push((index, parameter.clone(), gradient));
                }
            }
            change(&due);
        })))
    }

    #[track_caller]
    fn run(&self) {
        if autograd::is_recording() {
            refuse(
                OperationError::new("step", "parameters may not change while their use is recorded")
                    .remedy("call it after the closure of autograd::record has returned"),
            );
        }
        self.0.call(());
    }
}

impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Update")
    }
}

/// A number that a remembered step reads anew each time.
fn setting(value: f64) -> Tensor {
    Tensor::full([], value).to_dtype(DType::F64).attach_grad()
}

/// A number for arithmetic with a parameter.
fn beside(number: &Tensor, parameter: &Tensor) -> Tensor {
    number.detach().to_dtype(parameter.dtype())
}

/// A leaf of zeros for each parameter.
fn zeros(parameters: &[Tensor]) -> Vec<Tensor> {
    parameters.iter().map(|parameter| Tensor::zeros_like(parameter).attach_grad()).collect()
}
