//! `apply`: the one place where operations are applied.

use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;

use ndgrad_array::{Array, OperationError, Result, Spec};
use smallvec::SmallVec;

use super::rules::same_device;
use super::{Op, refuse};
use crate::Tensor;
use crate::autograd::{self, Node};
use crate::compile::{is_tracing, trace};

/// Applies an operation, and remembers it if recording.
///
/// # Panics
/// At the caller's line, when the operation refuses its inputs.
#[inline]
#[track_caller]
pub fn apply<O: Op>(op: O, inputs: &[&Tensor]) -> Tensor {
    match try_apply(op, inputs) {
        Ok(output) => output,
        Err(error) => refuse(error),
    }
}

/// Applies an operation, and remembers it if recording; the checked form under every method and operator.
///
/// # Errors
/// When the operation refuses its inputs.
///
/// ```
/// use ndgrad_tensor::{ops, tensor};
/// let error = ops::try_apply(ops::MatMul, &[&tensor([[1.0, 2.0]]), &tensor([[1.0, 2.0]])]).unwrap_err();
/// assert!(error.to_string().starts_with("matmul: inner sizes differ"));
/// ```
#[track_caller]
pub fn try_apply<O: Op>(op: O, inputs: &[&Tensor]) -> Result<Tensor, OperationError> {
    let location = Location::caller();
    with_values(inputs, |values, arrays| {
        let (output, is_view) = match op.like(arrays) {
            Some(input) => (like(&op, arrays, arrays[input])?, false),
            None => inferred(&op, arrays)?,
        };
        if is_tracing() {
            let op: Arc<dyn Op> = Arc::new(op);
            trace::applied(op.clone(), arrays, output.elements(), is_view, location);
            return Ok(remember(op, inputs, values, output, location));
        }
        Ok(remember(op, inputs, values, output, location))
    })
}

/// The output of an operation that is like one of its inputs.
#[inline]
fn like<O: Op>(op: &O, arrays: &[&Array], model: &Array) -> Result<Tensor, OperationError> {
    debug_assert_eq!(check(op, arrays)?, model.spec(), "{} infers what it sees at a look", op.name());
    Tensor::filled_by(model.shape(), model.dtype(), model.device(), |output| forward(op, arrays, output))
}

/// The output of an operation, and whether it is a view of its input.
#[inline]
fn inferred<O: Op>(op: &O, arrays: &[&Array]) -> Result<(Tensor, bool), OperationError> {
    let spec = check(op, arrays)?;
    let computes = |output: &Tensor| output.is_like(&spec);
    if let [input] = *arrays
        && let Some(layout) = &op.view(input.layout())
    {
        let output = Tensor::viewed(input, layout);
        debug_assert!(computes(&output), "{} shows what it infers", op.name());
        return Ok((output, true));
    }
    let fill = |output: &mut Array| forward(op, arrays, output);
    let output = Tensor::filled_by(&spec.shape, spec.dtype, spec.device, fill)?;
    debug_assert!(computes(&output), "{} computes what it infers", op.name());
    Ok((output, false))
}

/// What an operation does with tensors of its own to get there is its own business.
#[inline]
fn forward<O: Op>(op: &O, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
    if is_tracing() { trace::unwatched(|| op.try_forward(inputs, out)) } else { op.try_forward(inputs, out) }
}

/// Calls `body` with the values of this moment and their elements. One or two inputs, the most frequent numbers, stay in
/// registers and on the stack.
#[inline]
fn with_values<R>(inputs: &[&Tensor], body: impl FnOnce(&[&Tensor], &[&Array]) -> R) -> R {
    match inputs {
        [x] => {
            let x = x.value();
            body(&[&x], &[x.elements()])
        }
        [x, y] => {
            let (x, y) = (x.value(), y.value());
            body(&[&x, &y], &[x.elements(), y.elements()])
        }
        _ => {
            let values: SmallVec<[Cow<'_, Tensor>; 4]> = inputs.iter().map(|input| input.value()).collect();
            let values: SmallVec<[&Tensor; 4]> = values.iter().map(|value| &**value).collect();
            let arrays: SmallVec<[&Array; 4]> = values.iter().map(|value| value.elements()).collect();
            body(&values, &arrays)
        }
    }
}

/// What comes out, if the operation takes such inputs.
#[inline(always)]
fn check<O: Op>(op: &O, arrays: &[&Array]) -> Result<Spec, OperationError> {
    let spec = match *arrays {
        [x] => op.infer(&[x.spec()])?,
        [x, y] => {
            let specs = [x.spec(), y.spec()];
            same_device(op.name(), &specs)?;
            op.infer(&specs)?
        }
        _ => {
            let specs: SmallVec<[Spec; 4]> = arrays.iter().map(|array| array.spec()).collect();
            same_device(op.name(), &specs)?;
            op.infer(&specs)?
        }
    };
    op.check(arrays)?;
    Ok(spec)
}

/// The output of an operation, which nobody else has yet, with its history if recording. `values` are those of the
/// inputs.
#[inline]
pub(crate) fn remember<O: Op>(
    op: O,
    inputs: &[&Tensor],
    values: &[&Tensor],
    output: Tensor,
    location: &'static Location<'static>,
) -> Tensor {
    // No gradient flows through whole numbers, nor through answers.
    if autograd::is_recording()
        && output.elements().dtype().is_float()
        && inputs.iter().any(|input| input.requires_grad())
    {
        let node = Node::new(op, inputs, values, output.elements(), location);
        return output.with_node(node);
    }
    output
}
