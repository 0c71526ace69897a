//! What several tensors change to together; no gradient goes through.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use ndgrad_array::{Array, Change, OperationError, Spec};
use ndgrad_cpu::program::Changes;
use smallvec::SmallVec;

use super::{Call, Op, apply};
use crate::Tensor;
use crate::compile::is_tracing;

/// What tensors change to by a formula, given another tensor of their shape and dtype, and tensors of one number, computed in one
/// pass; no gradient flows to or from any.
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
    if is_tracing() {
        return std::array::from_fn(|state| apply(Changed { changes: changes.clone(), state }, &inputs));
    }
    let values: SmallVec<[Cow<'_, Tensor>; 8]> = inputs.iter().map(|input| input.value()).collect();
    let arrays: SmallVec<[&Array; 8]> = values.iter().map(|value| value.elements()).collect();
    let mut changed = changes.compute(&arrays).into_iter();
    std::array::from_fn(|_| Tensor::from_array(changed.next().expect("one for each state")))
}

/// One of the states, for a compiled function, which finds the others beside it.
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
        *out = self.changes.compute(inputs).swap_remove(self.state);
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("it is applied to what has no history")
    }
}
