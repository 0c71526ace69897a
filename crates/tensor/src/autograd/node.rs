//! `Node`: one remembered operation.

use std::panic::Location;
use std::sync::{Arc, Mutex, PoisonError};

use ndgrad_array::{Array, OperationError, Spec};
use smallvec::SmallVec;

use crate::Tensor;
use crate::ops::Op;
use crate::tensor::LeafRef;

/// One remembered operation: what was done, to what, and what came out.
pub(crate) struct Node<O: ?Sized = dyn Op> {
    /// One more than the highest input's, so that a node stands above all that it was computed from.
    height: u64,
    location: &'static Location<'static>,
    /// None once `backward` has used it up.
    saved: Mutex<Option<Saved>>,
    op: O,
}

/// What a gradient is computed from: values that it does not read are let go, all but their shape and dtype.
#[derive(Clone)]
pub(crate) struct Saved {
    pub inputs: SmallVec<[Input; 2]>,
    pub output: Option<Array>,
}

/// One input of a remembered operation.
#[derive(Clone)]
pub(crate) struct Input {
    pub spec: Spec,
    pub edge: Option<Edge>,
    pub value: Option<Tensor>,
}

/// Where a gradient goes next.
#[derive(Clone)]
pub(crate) enum Edge {
    Node(Arc<Node>),
    Leaf(LeafRef),
}

/// A place in the order of the walk, and an identity.
pub(crate) type Key = (u64, usize);

impl Edge {
    /// Its place in the order of the walk (nodes above what they were computed from, leaves last), and its
    /// identity.
    #[inline]
    pub fn key(&self) -> Key {
        match self {
            Edge::Node(node) => (node.height, Arc::as_ptr(node).addr()),
            Edge::Leaf(leaf) => (0, leaf.address()),
        }
    }
}

impl Node {
    #[inline]
    pub fn new<O: Op>(
        op: O,
        inputs: &[&Tensor],
        output: &Array,
        location: &'static Location<'static>,
    ) -> Arc<Node> {
        let saves = op.saves();
        let height =
            inputs.iter().filter_map(|input| input.node()).map(|node| node.height).max().unwrap_or(0) + 1;
        let input = |(index, input): (usize, &&Tensor)| Input {
            spec: input.spec(),
            edge: input.edge(),
            value: (saves.has_input(index) || !input.dtype().is_float()).then(|| input.value().into_owned()),
        };
        let saved = Saved {
            inputs: inputs.iter().enumerate().map(input).collect(),
            output: saves.output.then(|| output.clone()),
        };
        Arc::new(Node { height, location, saved: Mutex::new(Some(saved)), op })
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
    pub fn saved(&self, retain: bool) -> Result<Saved, OperationError> {
        let mut slot = self.saved.lock().unwrap_or_else(PoisonError::into_inner);
        let saved = if retain { slot.clone() } else { slot.take() };
        saved.ok_or_else(|| self.used_up())
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

impl<O: ?Sized> Node<O> {
    /// Takes the inputs' nodes out, so that dropping this one goes no deeper.
    fn take_parents(&mut self, parents: &mut Vec<Arc<Node>>) {
        let saved = self.saved.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        for input in saved.into_iter().flat_map(|saved| saved.inputs) {
            // The edge outlives the value, which holds the same node: dropping the value ends here.
            drop(input.value);
            if let Some(Edge::Node(node)) = input.edge {
                parents.push(node);
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
            if let Some(node) = Arc::get_mut(&mut node) {
                node.take_parents(&mut orphans);
            }
        }
    }
}
