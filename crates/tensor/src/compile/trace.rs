//! `Trace`: what a function did with tensors while it was watched.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::Location;
use std::sync::Arc;

use ndgrad_array::{Array, OperationError};
use ndgrad_cpu::copied;
use smallvec::SmallVec;

use crate::Tensor;
use crate::autograd::{GradReq, Owner};
use crate::ops::{Op, refuse};
use crate::random::{self, Generator};

thread_local! {
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// Whether this thread is running a function for [`compile`](super::compile) to remember.
#[inline]
pub fn is_tracing() -> bool {
    WATCHING.get()
}

/// The number of a value within a trace.
pub(super) type Id = usize;

/// What a function did.
#[derive(Default)]
pub(super) struct Trace {
    /// Every array that was seen. They are kept, so that an address in memory stands for one value.
    pub values: Vec<Value>,
    ids: BTreeMap<usize, SmallVec<[Id; 2]>>,
    pub instructions: Vec<Instruction>,
    pub leaves: Vec<LeafState>,
    /// Leaves that the function made itself, which are gone when it returns.
    own_leaves: Vec<Owner>,
}

pub(super) struct Value {
    pub array: Array,
    pub source: Source,
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The function's input of this number.
    Input(usize),
    /// What the leaf of this number held when the function was called.
    Leaf(usize),
    /// The gradient of the leaf of this number when the function was called.
    Gradient(usize),
    /// The same at every call.
    Constant,
    /// Another view of this value's memory.
    View(Id),
    /// The instruction of this number.
    Computed(usize),
}

/// One thing that was done.
pub(super) struct Instruction {
    pub action: Action,
    pub inputs: SmallVec<[Id; 2]>,
    pub output: Id,
    pub location: &'static Location<'static>,
}

#[derive(Clone)]
pub(super) enum Action {
    Apply(Arc<dyn Op>),
    Draw(&'static str, Arc<dyn Fn(&mut Generator) -> Tensor + Send + Sync>),
}

/// A leaf that was there before the function was called.
pub(super) struct LeafState {
    pub leaf: Owner,
    pub request: GradReq,
    /// What it held.
    pub value: Id,
    /// Its gradient, if one had come.
    pub gradient: Option<Id>,
    /// Whether it matters if a gradient had come.
    pub gradient_matters: bool,
}

impl Trace {
    fn register(&mut self, array: &Array, source: Source) -> Id {
        let id = self.values.len();
        self.values.push(Value { array: array.clone(), source });
        self.ids.entry(address(array)).or_default().push(id);
        id
    }

    fn find(&self, array: &Array) -> Option<Id> {
        let same = |&&id: &&Id| {
            let other = &self.values[id].array;
            other.layout() == array.layout() && other.dtype() == array.dtype()
        };
        self.ids.get(&address(array))?.iter().find(same).copied()
    }

    /// The value that an array is; what nobody has told of is the same at every call.
    pub fn id(&mut self, array: &Array) -> Id {
        self.find(array).unwrap_or_else(|| self.register(array, Source::Constant))
    }

    /// The value that shows another in this way.
    pub fn view(&mut self, array: &Array, of: Id) -> Id {
        self.find(array).unwrap_or_else(|| self.register(array, Source::View(of)))
    }

    fn is_constant(&self, id: Id) -> bool {
        self.values[id].source == Source::Constant
    }

    /// The leaf's state, if it was there before the function was called.
    fn leaf(&mut self, leaf: &Owner) -> Option<&mut LeafState> {
        let own = |other: &Owner| other.is_of_same(leaf);
        if self.own_leaves.iter().any(own) {
            return None;
        }
        let known = self.leaves.iter().position(|state| own(&state.leaf));
        let index = known.unwrap_or_else(|| {
            let index = self.leaves.len();
            // Memory of its own, so that the leaf is taken for nothing else.
            let value = copied(leaf.value().elements());
            leaf.assign(Tensor::from_array(value.clone()));
            let value = self.register(&value, Source::Leaf(index));
            let gradient = leaf.gradient().map(|gradient| {
                let gradient = copied(gradient.value().elements());
                leaf.set_gradient(Some(Tensor::from_array(gradient.clone())));
                self.register(&gradient, Source::Gradient(index))
            });
            let request = leaf.request();
            self.leaves.push(LeafState {
                leaf: leaf.clone(),
                request,
                value,
                gradient,
                gradient_matters: false,
            });
            index
        });
        Some(&mut self.leaves[index])
    }
}

fn address(array: &Array) -> usize {
    array.bytes().as_ptr().addr()
}

/// Runs a closure and remembers what it does; `inputs` are arrays of their own.
pub(super) fn watch<T>(inputs: &[Array], body: impl FnOnce() -> T) -> (T, Trace) {
    /// Ends the watch, also when the closure panics.
    struct End;
    impl Drop for End {
        fn drop(&mut self) {
            WATCHING.set(false);
            TRACE.take();
        }
    }
    let mut trace = Trace::default();
    for (index, input) in inputs.iter().enumerate() {
        trace.register(input, Source::Input(index));
    }
    TRACE.set(Some(trace));
    WATCHING.set(true);
    let _end = End;
    let result = body();
    let trace = TRACE.take().expect("watching");
    (result, trace)
}

/// Runs a closure whose doings are not remembered one by one.
#[inline]
pub(crate) fn unwatched<T>(body: impl FnOnce() -> T) -> T {
    struct Restore(bool);
    impl Drop for Restore {
        fn drop(&mut self) {
            WATCHING.set(self.0);
        }
    }
    let _restore = Restore(WATCHING.replace(false));
    body()
}

fn with_trace<T>(body: impl FnOnce(&mut Trace) -> T) -> T {
    TRACE.with_borrow_mut(|trace| body(trace.as_mut().expect("watching")))
}

/// An operation was applied.
#[cold]
pub(crate) fn applied(
    op: Arc<dyn Op>,
    inputs: &[&Array],
    output: &Array,
    is_view: bool,
    location: &'static Location<'static>,
) {
    with_trace(|trace| {
        let inputs: SmallVec<[Id; 2]> = inputs.iter().map(|input| trace.id(input)).collect();
        if trace.find(output).is_some() {
            // A view that shows the very same.
            return;
        }
        if inputs.iter().all(|&input| trace.is_constant(input)) {
            trace.register(output, Source::Constant);
        } else if is_view {
            trace.register(output, Source::View(inputs[0]));
        } else {
            let output = trace.register(output, Source::Computed(trace.instructions.len()));
            trace.instructions.push(Instruction { action: Action::Apply(op), inputs, output, location });
        }
    });
}

/// Draws from the thread's default generator, at every call anew.
#[cold]
#[track_caller]
pub(crate) fn drawn(
    name: &'static str,
    draw: impl Fn(&mut Generator) -> Tensor + Send + Sync + 'static,
) -> Tensor {
    let location = Location::caller();
    let drawn = unwatched(|| random::with_generator(&draw));
    with_trace(|trace| {
        let output = trace.register(drawn.elements(), Source::Computed(trace.instructions.len()));
        let action = Action::Draw(name, Arc::new(draw));
        trace.instructions.push(Instruction { action, inputs: SmallVec::new(), output, location });
    });
    drawn
}

/// A leaf is about to be read or assigned to.
#[cold]
pub(crate) fn touched(leaf: &Owner) {
    with_trace(|trace| {
        trace.leaf(leaf);
    });
}

/// A leaf's gradient is about to be read.
#[cold]
pub(crate) fn touched_gradient(leaf: &Owner) {
    with_trace(|trace| {
        let Some(state) = trace.leaf(leaf) else { return };
        let entry = state.gradient;
        let now = leaf.gradient().map(|gradient| gradient.value().elements().clone());
        let is_entry = match (entry, &now) {
            (None, None) => true,
            (Some(entry), Some(now)) => trace.find(now) == Some(entry),
            _ => false,
        };
        if is_entry && let Some(state) = trace.leaf(leaf) {
            state.gradient_matters = true;
        }
    });
}

/// A gradient is about to arrive at a leaf.
#[cold]
pub(crate) fn delivering(leaf: &Owner) {
    match leaf.request() {
        GradReq::Add => touched_gradient(leaf),
        _ => touched(leaf),
    }
}

/// A leaf was made.
#[cold]
pub(crate) fn made(leaf: &Owner) {
    with_trace(|trace| trace.own_leaves.push(leaf.clone()));
}

/// Refuses, within a function that is being compiled, what would not be done again at later calls: reading files,
/// taking batches. For libraries that do such things.
///
/// ```
/// use ndgrad_tensor::compile::check_is_not_tracing;
/// fn read_sensor() -> f64 {
///     check_is_not_tracing("read_sensor", "read it outside and give the function the number as a tensor");
///     20.5
/// }
/// assert_eq!(read_sensor(), 20.5);
/// ```
///
/// # Panics
/// Within such a function.
#[inline]
#[track_caller]
pub fn check_is_not_tracing(operation: &str, remedy: &str) {
    if is_tracing() {
        refuse_to_replay(operation, remedy);
    }
}

/// Refuses what cannot be done again at a later call.
#[cold]
#[track_caller]
pub(crate) fn refuse_to_replay(operation: &str, remedy: &str) -> ! {
    refuse(
        OperationError::new(
            operation,
            "this happens when the function is compiled, and not again at later calls",
        )
        .remedy(remedy),
    )
}

/// Refuses to read a value that differs from call to call.
#[cold]
#[track_caller]
pub(crate) fn check_read(operation: &str, array: &Array) {
    let varies = with_trace(|trace| trace.find(array).is_some_and(|id| !trace.is_constant(id)));
    if varies {
        refuse(
            OperationError::new(
                operation,
                "a value that differs from call to call cannot be read in a compiled function",
            )
            .operand("tensor", format!("{} {}", array.shape(), array.dtype()), "")
            .remedy(
                "return the tensor and read it from the result; to choose by a value, compute both and use choose",
            ),
        );
    }
}
