//! `Op`: what every operation says of itself, and the one place where operations are applied.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use ndgrad_array::{Array, DType, Layout, OperationError, Result, Spec};
use ndgrad_cpu::program::{Formula, Operand, Routine};
use smallvec::SmallVec;

use super::rules::same_device;
use super::{Call, Saves, refuse};
use crate::Tensor;
use crate::autograd::{self, Node};
use crate::compile::{is_tracing, trace};

/// An operation as a value: its shape rule, its kernel, its gradient.
///
/// Elementwise operations implement [`Map`](super::Map) or [`Zip`](super::Zip) instead, which is less to say.
pub trait Op: Any + Debug + Send + Sync + UnwindSafe + RefUnwindSafe {
    /// The name, as in messages and in the list of operations.
    fn name(&self) -> &'static str;

    /// Which values [`Op::gradient`] reads. Others are let go, so that a tape holds no memory for nothing; of
    /// those, shape and dtype can still be asked. Inputs that no gradient flows to for their dtype (positions, masks)
    /// are always kept.
    fn saves(&self) -> Saves {
        Saves::ALL
    }

    /// The shape rule: what comes out for such inputs, or why they are refused.
    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError>;

    /// The input that the result is like in shape, dtype and device, where a look tells that the operation takes such inputs:
    /// then [`Op::infer`], which would say so, is not asked.
    fn like(&self, _inputs: &[&Array]) -> Option<usize> {
        None
    }

    /// What the elements alone can tell, such as whether positions exist: why such inputs are refused, whose shapes
    /// and dtypes [`Op::infer`] has passed.
    fn check(&self, _inputs: &[&Array]) -> Result<(), OperationError> {
        Ok(())
    }

    /// For an operation that only looks at its input in another way: the layout of the result in the input's
    /// memory, if there is one.
    fn view(&self, _input: &Layout) -> Option<Layout> {
        None
    }

    /// For an elementwise operation whose operands have this dtype: the formula by which a compiled function joins it
    /// with others, if there is one.
    fn formula(&self, _dtype: DType) -> Option<Formula> {
        None
    }

    /// The kernel by which a compiled function does what [`Op::forward`] does, with the same bits, made once for inputs
    /// that lie like this and results of this kind; if there is one that is better.
    fn routine(&self, _inputs: &[Operand], _out: Spec) -> Option<Routine> {
        None
    }

    /// Whether the transpose of what comes out for two matrices is, bit for bit, what comes out for their transposes in
    /// reverse order.
    fn turns(&self) -> bool {
        false
    }

    /// Computes every element of `out`, which is contiguous and as [`Op::infer`] said.
    fn forward(&self, inputs: &[&Array], out: &mut Array);

    /// [`Op::forward`] for an operation that has no result for some inputs of the right shape, as a singular matrix
    /// has no inverse: it says so instead. This is what is called.
    ///
    /// # Errors
    /// When there is no result.
    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        self.forward(inputs, out);
        Ok(())
    }

    /// The gradient of one input, in tensor operations, given the gradient `head` of the output. It may have the
    /// output's shape where the input was stretched: what is too much is summed away by `backward`.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor;
}

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
