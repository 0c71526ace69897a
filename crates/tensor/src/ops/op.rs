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
    with_values(inputs, |values, arrays, specs| {
        let spec = check(&op, arrays, specs)?;
        let view = match arrays {
            [input] => op.view(input.layout()).map(|layout| Tensor::viewed(input, &layout)),
            _ => None,
        };
        let is_view = view.is_some();
        let output = match view {
            Some(view) => view,
            None => Tensor::filled_by(&spec, |output| forward(&op, arrays, output))?,
        };
        debug_assert_eq!(output.spec(), spec, "{} computes what it infers", op.name());
        if is_tracing() {
            let op: Arc<dyn Op> = Arc::new(op);
            trace::applied(op.clone(), arrays, output.elements(), is_view, location);
            return Ok(remember(op, inputs, values, output, location));
        }
        Ok(remember(op, inputs, values, output, location))
    })
}

/// What an operation does with tensors of its own to get there is its own business.
#[inline]
fn forward<O: Op>(op: &O, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
    if is_tracing() { trace::unwatched(|| op.try_forward(inputs, out)) } else { op.try_forward(inputs, out) }
}

/// Calls `body` with the values of this moment, their elements and specs. One or two inputs, the most frequent numbers,
/// stay in registers and on the stack.
#[inline]
fn with_values<R>(inputs: &[&Tensor], body: impl FnOnce(&[&Tensor], &[&Array], &[Spec]) -> R) -> R {
    match inputs {
        [x] => {
            let x = x.value();
            let array = x.elements();
            body(&[&x], &[array], &[array.spec()])
        }
        [x, y] => {
            let (x, y) = (x.value(), y.value());
            let arrays = [x.elements(), y.elements()];
            body(&[&x, &y], &arrays, &arrays.map(Array::spec))
        }
        _ => {
            let values: SmallVec<[Cow<'_, Tensor>; 4]> = inputs.iter().map(|input| input.value()).collect();
            let values: SmallVec<[&Tensor; 4]> = values.iter().map(|value| &**value).collect();
            let arrays: SmallVec<[&Array; 4]> = values.iter().map(|value| value.elements()).collect();
            let specs: SmallVec<[Spec; 4]> = arrays.iter().map(|array| array.spec()).collect();
            body(&values, &arrays, &specs)
        }
    }
}

/// What comes out, if the operation takes such inputs.
#[inline(always)]
fn check<O: Op>(op: &O, arrays: &[&Array], specs: &[Spec]) -> Result<Spec, OperationError> {
    same_device(op.name(), specs)?;
    let spec = op.infer(specs)?;
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
