//! `Op`: what every operation says of itself, and the one place where operations are applied.

use std::any::Any;
use std::borrow::Cow;
use std::fmt::Debug;
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use ndgrad_array::{Array, DTypes, Layout, OperationError, Result, Shape, Spec};
use smallvec::SmallVec;

use crate::Tensor;
use crate::autograd::{self, Edge, Node, Saved};

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

/// What an operation was applied to and what came out, as its gradient sees them.
pub struct Call<'a> {
    node: &'a Arc<Node>,
    saved: &'a Saved,
}

impl<'a> Call<'a> {
    pub(crate) fn new(node: &'a Arc<Node>, saved: &'a Saved) -> Call<'a> {
        Call { node, saved }
    }

    /// The shape, dtype and device of an input.
    #[inline]
    pub fn spec(&self, input: usize) -> Spec {
        self.saved.inputs[input].spec
    }

    /// The shape of an input.
    #[inline]
    pub fn shape(&self, input: usize) -> Shape {
        self.saved.inputs[input].spec.shape
    }

    /// An input.
    ///
    /// # Panics
    /// When [`Op::saves`] does not name the inputs.
    pub fn input(&self, input: usize) -> Tensor {
        let Some(value) = &self.saved.inputs[input].value else {
            panic!("the gradient of {} reads its inputs, which it does not save", self.node.op().name())
        };
        match &self.saved.inputs[input].edge {
            // What is computed from a leaf now must lead to it as it was then.
            Some(Edge::Leaf(leaf)) if autograd::is_recording() => Tensor::frozen(value.array(), leaf),
            _ => value.clone(),
        }
    }

    /// The result.
    ///
    /// # Panics
    /// When [`Op::saves`] does not name the output.
    pub fn output(&self) -> Tensor {
        let Some(output) = &self.saved.output else {
            panic!("the gradient of {} reads its output, which it does not save", self.node.op().name())
        };
        Tensor::recorded(output.clone(), self.node.clone())
    }
}

/// Which values a gradient reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Saves {
    /// The elements of the inputs: one bit each, the first one's is the lowest.
    pub inputs: u32,
    /// The elements of the output.
    pub output: bool,
}

impl Saves {
    /// Shapes and dtypes only.
    pub const NONE: Saves = Saves { inputs: 0, output: false };
    /// The inputs' elements.
    pub const INPUTS: Saves = Saves { inputs: u32::MAX, output: false };
    /// The output's elements.
    pub const OUTPUT: Saves = Saves { inputs: 0, output: true };
    /// Everything.
    pub const ALL: Saves = Saves { inputs: u32::MAX, output: true };

    /// One input's elements.
    pub const fn input(index: usize) -> Saves {
        Saves { inputs: 1 << index, output: false }
    }

    /// Whether the elements of this input are read; those beyond the 32nd are if any is.
    #[inline]
    pub(crate) const fn has_input(self, index: usize) -> bool {
        if index < 32 { self.inputs >> index & 1 == 1 } else { self.inputs != 0 }
    }
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
    let values: SmallVec<[Cow<'_, Tensor>; 2]> = inputs.iter().map(|input| input.value()).collect();
    let arrays: SmallVec<[&Array; 2]> = values.iter().map(|value| value.elements()).collect();
    let specs: SmallVec<[Spec; 2]> = arrays.iter().map(|array| array.spec()).collect();
    if let Some(other) = specs.iter().find(|spec| spec.device != specs[0].device) {
        return Err(OperationError::new(op.name(), "operands live on different devices")
            .operand("first", specs[0].device, "")
            .operand("another", other.device, "")
            .remedy("bring them together with to_device"));
    }
    let spec = op.infer(&specs)?;
    op.check(&arrays)?;
    let view = match &arrays[..] {
        [input] => op.view(input.layout()).map(|layout| input.view(layout)),
        _ => None,
    };
    let output = match view {
        Some(view) => view,
        None => {
            let mut output = Array::new(spec);
            op.try_forward(&arrays, &mut output)?;
            output
        }
    };
    debug_assert_eq!(output.spec(), spec, "{} computes what it infers", op.name());
    Ok(remember(op, inputs, output, Location::caller()))
}

/// The output of an operation as a tensor, with its history if recording.
#[inline]
pub(crate) fn remember<O: Op>(
    op: O,
    inputs: &[&Tensor],
    output: Array,
    location: &'static Location<'static>,
) -> Tensor {
    // No gradient flows through whole numbers, nor through answers.
    if autograd::is_recording()
        && output.dtype().is_float()
        && inputs.iter().any(|input| input.requires_grad())
    {
        let node = Node::new(op, inputs, &output, location);
        return Tensor::recorded(output, node);
    }
    Tensor::from_array(output)
}

/// Panics at the caller's line with the text of the error.
#[cold]
#[track_caller]
pub(crate) fn refuse(error: OperationError) -> ! {
    panic!("{error}")
}

/// What was computed, or a panic at the caller's line with the text of the error.
#[inline]
#[track_caller]
pub(crate) fn accept<T>(outcome: Result<T, OperationError>) -> T {
    match outcome {
        Ok(value) => value,
        Err(error) => refuse(error),
    }
}

/// The one dtype of all inputs, or an error that names the cast.
pub(crate) fn same_dtype(name: &str, inputs: &[Spec]) -> Result<(), OperationError> {
    let Some(other) = inputs.iter().find(|input| input.dtype != inputs[0].dtype) else { return Ok(()) };
    Err(OperationError::new(name, "dtypes differ, and none is converted silently")
        .operand("left", format!("{} {}", inputs[0].shape, inputs[0].dtype), "")
        .operand("right", format!("{} {}", other.shape, other.dtype), "")
        .remedy(format!("convert one: right.to_dtype(DType::{:?})", inputs[0].dtype)))
}

/// The dtype must be one that the operation takes.
pub(crate) fn check_dtype(name: &str, dtypes: DTypes, input: Spec) -> Result<(), OperationError> {
    if dtypes.contains(input.dtype) {
        return Ok(());
    }
    let first = dtypes.iter().next().expect("an operation takes some dtype");
    Err(OperationError::new(name, format!("not defined for {}", input.dtype))
        .operand("tensor", format!("{} {}", input.shape, input.dtype), format!("one of {dtypes} is needed"))
        .remedy(format!("convert it: x.to_dtype(DType::{first:?})")))
}

/// The axis that a number from -rank to rank - 1 names, or an error.
pub(crate) fn resolve_axis(name: &str, axis: isize, rank: usize) -> Result<usize, OperationError> {
    let resolved = if axis < 0 { axis + rank as isize } else { axis };
    if (0..rank as isize).contains(&resolved) {
        return Ok(resolved as usize);
    }
    let rule = match rank {
        0 => "a scalar has no axes".to_string(),
        _ => format!("an axis lies between {} and {}", -(rank as isize), rank - 1),
    };
    Err(OperationError::new(name, rule).operand("axis", axis, format!("of a tensor with {rank} axes")))
}
