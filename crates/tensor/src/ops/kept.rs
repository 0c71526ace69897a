//! A shared operation is an operation: what a compiled function keeps beside the tape.

use std::sync::Arc;

use ndgrad_array::{Array, DType, Layout, OperationError, Result, Spec};
use ndgrad_cpu::program::{Formula, Operand, Routine};

use super::{Call, Op, Saves};
use crate::Tensor;

impl Op for Arc<dyn Op> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn saves(&self) -> Saves {
        (**self).saves()
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        (**self).infer(inputs)
    }

    fn like(&self, inputs: &[&Array]) -> Option<usize> {
        (**self).like(inputs)
    }

    fn check(&self, inputs: &[&Array]) -> Result<(), OperationError> {
        (**self).check(inputs)
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        (**self).view(input)
    }

    fn formula(&self, dtype: DType) -> Option<Formula> {
        (**self).formula(dtype)
    }

    fn routine(&self, inputs: &[Operand], out: Spec) -> Option<Routine> {
        (**self).routine(inputs, out)
    }

    fn turns(&self) -> bool {
        (**self).turns()
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        (**self).forward(inputs, out);
    }

    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        (**self).try_forward(inputs, out)
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        (**self).gradient(call, head, input)
    }
}
