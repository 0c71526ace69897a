//! What a program computes by functions of arrays, for want of kernels that know their operands.

use std::panic::Location;
use std::sync::Arc;

use ndgrad_array::{Array, Backend, OperationError};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::Compute;

use crate::ops::Op;
use crate::{Tensor, random};

/// An operation as a step.
pub(super) struct Applied {
    pub op: Arc<dyn Op>,
    pub location: &'static Location<'static>,
}

impl Compute for Applied {
    fn compute(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        let outcome = self.op.check(inputs).and_then(|()| self.op.try_forward(inputs, out));
        outcome.map_err(|error| error.operand("compiled", self.location, ""))
    }
}

/// A copy as a step.
pub(super) struct Whole;

impl Compute for Whole {
    fn compute(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        Cpu.copy(inputs[0], out);
        Ok(())
    }
}

/// A draw as a step.
pub(super) struct Drawn(pub Arc<dyn Fn(&mut random::Generator) -> Tensor + Send + Sync>);

impl Compute for Drawn {
    fn compute(&self, _: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        *out = random::with_generator(|generator| (self.0)(generator)).elements().clone();
        Ok(())
    }
}
