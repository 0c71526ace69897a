//! `Node`: one remembered operation.

use std::cell::Cell;
use std::panic::Location;
use std::sync::{Mutex, PoisonError};

use ndgrad_array::{Array, DType, Device, OperationError, Shape, Shared, Spec};
use smallvec::SmallVec;

use super::LeafRef;
use crate::Tensor;
use crate::ops::{Op, Saves};

/// One remembered operation: what was done, to what, and what came out.
pub(crate) struct Node<O: ?Sized = dyn Op> {
    /// One more than the highest input's, so that a node stands above all that it was computed from.
    height: u64,
    /// How many nodes this thread had made before.
    number: u64,
    location: &'static Location<'static>,
    /// None once `backward` has used it up.
    saved: Mutex<Option<Shared<Saved>>>,
    op: O,
}

/// What a gradient is computed from: values that it does not read are let go, all but their shape and dtype.
pub(crate) struct Saved {
    pub inputs: SmallVec<[Input; 2]>,
    /// Behind a handle, since few gradients read it.
    pub output: Option<Shared<Array>>,
}

/// One input of a remembered operation.
pub(crate) struct Input {
    pub spec: Spec,
    pub edge: Option<Edge>,
    pub value: Option<Tensor>,
}

impl Input {
    const EMPTY: Input = Input {
        spec: Spec { shape: Shape::SCALAR, dtype: DType::F32, device: Device::cpu() },
        edge: None,
        value: None,
    };
}

/// Where a gradient goes next.
#[derive(Clone)]
pub(crate) enum Edge {
    Node(Shared<Node>),
    Leaf(LeafRef),
}

/// A place in the order of the walk: height, number, and an identity. Without the number, gradients that meet would be
/// added in the order of addresses, which is another in each run.
pub(crate) type Key = (u64, u64, usize);

thread_local! {
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

impl Edge {
    /// Its place in the order of the walk (nodes above what they were computed from, leaves last), and its
    /// identity.
    #[inline]
    pub fn key(&self) -> Key {
        match self {
            Edge::Node(node) => (node.height, node.number, node.address()),
            Edge::Leaf(leaf) => (0, 0, leaf.address()),
        }
    }
}

impl Node {
    /// Remembers an operation, given its inputs and their values of this moment.
    #[inline]
    pub fn new<O: Op>(
        op: O,
        inputs: &[&Tensor],
        values: &[&Tensor],
        output: &Array,
        location: &'static Location<'static>,
    ) -> Shared<Node> {
        let (saved, height) = Saved::new(op.saves(), inputs, values, output);
        let number = NEXT.get();
        NEXT.set(number + 1);
        Shared::with(|| Node { height: height + 1, number, location, saved: Mutex::new(Some(saved)), op })
            .unsize::<Node>(|node| node)
    }

    #[inline]
    pub fn op(&self) -> &dyn Op {
        &self.op
    }

    /// Where the operation stands in the program.
    #[inline]
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }

    /// Where gradients go from here.
    pub fn edges(&self) -> Result<SmallVec<[Edge; 2]>, OperationError> {
        match &*self.saved.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(saved) => Ok(saved.inputs.iter().filter_map(|input| input.edge.clone()).collect()),
            None => Err(self.used_up()),
        }
    }

    /// What was saved; it stays if `retain`, else it is handed over.
    pub fn saved(node: &mut Shared<Node>, retain: bool) -> Result<Shared<Saved>, OperationError> {
        let saved = match node.get_mut() {
            // Nobody else could lock it.
            Some(own) if !retain => own.saved.get_mut().unwrap_or_else(PoisonError::into_inner).take(),
            _ => {
                let mut slot = node.saved.lock().unwrap_or_else(PoisonError::into_inner);
                if retain { slot.clone() } else { slot.take() }
            }
        };
        saved.ok_or_else(|| node.used_up())
    }

    #[cold]
    fn used_up(&self) -> OperationError {
        OperationError::new("backward", "an earlier backward has used this graph up")
            .operand("at", self.op.name(), format!("recorded at {}", self.location))
            .remedy(
                "keep it the first time, y.backward_with(Backward::new().retain_graph()), or record it again",
            )
    }
}

impl Saved {
    /// What these inputs and this output are to a gradient that reads what `saves` says, and the height of the highest
    /// input. It is written where it stays, by one piece of code for all operations.
    #[inline(never)]
    fn new(saves: Saves, inputs: &[&Tensor], values: &[&Tensor], output: &Array) -> (Shared<Saved>, u64) {
        let mut height = 0;
        let output = saves.output.then(|| Shared::new(output.clone()));
        let mut shared = Shared::with(|| Saved { inputs: SmallVec::new(), output });
        let saved = shared.get_mut().expect("a new value");
        for (index, (input, value)) in inputs.iter().zip(values).enumerate() {
            // Filled where it stays: put together elsewhere and moved, it would wait for its parts.
            saved.inputs.push(Input::EMPTY);
            let (own, array) = (&mut saved.inputs[index], value.elements());
            own.spec = array.spec();
            input.edge_to(&mut own.edge);
            if let Some(Edge::Node(node)) = &own.edge {
                height = height.max(node.height);
            }
            if saves.has_input(index) || !array.dtype().is_float() {
                own.value = Some((*value).clone());
            }
        }
        (shared, height)
    }
}

impl<O: ?Sized> Node<O> {
    /// Takes the inputs' nodes out, so that dropping this one goes no deeper.
    fn take_parents(&mut self, parents: &mut Vec<Shared<Node>>) {
        let saved = self.saved.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Somebody who goes backward at this moment may hold it too; then it ends there.
        if let Some(saved) = saved.as_mut().and_then(Shared::get_mut) {
            for input in saved.inputs.drain(..) {
                // The edge outlives the value, which holds the same node: dropping the value ends here.
                drop(input.value);
                if let Some(Edge::Node(node)) = input.edge {
                    parents.push(node);
                }
            }
        }
    }
}

impl<O: ?Sized> Drop for Node<O> {
    /// A loop, since a chain of a million operations would overflow the stack by recursion.
    fn drop(&mut self) {
        let mut orphans = Vec::new();
        self.take_parents(&mut orphans);
        while let Some(mut node) = orphans.pop() {
            if let Some(node) = node.get_mut() {
                node.take_parents(&mut orphans);
            }
        }
    }
}
