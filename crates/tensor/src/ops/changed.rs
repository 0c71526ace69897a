//! What several tensors change to together; no gradient goes through.

use std::any::Any;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use ndgrad_array::{Array, Change, OperationError, Spec};
use ndgrad_cpu::program::Changes;

use super::{Call, Op, apply};
use crate::Tensor;

/// What tensors change to by a formula, given another tensor of their shape and dtype, and tensors of one number. A compiled function
/// computes all of them in one pass.
#[track_caller]
pub(crate) fn changed<F, const STATES: usize, const SHARED: usize>(
    formula: F,
    states: [&Tensor; STATES],
    given: &Tensor,
    shared: [&Tensor; SHARED],
) -> [Tensor; STATES]
where
    F: Change<STATES, SHARED> + UnwindSafe + RefUnwindSafe + 'static,
{
    let changes = Arc::new(Changes::new(formula, given.dtype()));
    let inputs = [&states[..], &[given], &shared].concat();
    std::array::from_fn(|state| apply(Changed { changes: changes.clone(), state }, &inputs))
}

/// One of the states.
pub(crate) struct Changed {
    pub changes: Arc<Changes>,
    pub state: usize,
}

impl Changed {
    /// The operation, if it is this one.
    pub fn of(op: &dyn Op) -> Option<&Changed> {
        (op as &dyn Any).downcast_ref()
    }
}

impl fmt::Debug for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Changed({})", self.state)
    }
}

impl Op for Changed {
    fn name(&self) -> &'static str {
        "changed"
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        Ok(inputs[self.state])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        self.changes.state(self.state, inputs, out);
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("it is applied to what has no history")
    }
}
