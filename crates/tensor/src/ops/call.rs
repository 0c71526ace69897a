//! `Call`: an application of an operation as its gradient sees it.

use ndgrad_array::{Array, Shape, Shared, Spec};

use crate::Tensor;
use crate::autograd::{self, Edge, Node, Saved};

/// What an operation was applied to and what came out, as its gradient sees them.
pub struct Call<'a> {
    node: &'a Shared<Node>,
    saved: &'a Saved,
}

impl<'a> Call<'a> {
    pub(crate) fn new(node: &'a Shared<Node>, saved: &'a Saved) -> Call<'a> {
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
    /// When [`Op::saves`](super::Op::saves) does not name the inputs.
    pub fn input(&self, input: usize) -> Tensor {
        let Some(value) = &self.saved.inputs[input].value else {
            panic!("the gradient of {} reads its inputs, which it does not save", self.node.op().name())
        };
        match &self.saved.inputs[input].edge {
            // What is computed from a leaf now must lead to it as it was then.
            Some(Edge::Leaf(leaf)) if autograd::is_recording() => {
                Tensor::frozen(value.value().elements().clone(), leaf)
            }
            _ => value.clone(),
        }
    }

    /// The result.
    ///
    /// # Panics
    /// When [`Op::saves`](super::Op::saves) does not name the output.
    pub fn output(&self) -> Tensor {
        let Some(output) = &self.saved.output else {
            panic!("the gradient of {} reads its output, which it does not save", self.node.op().name())
        };
        Tensor::recorded(Array::clone(output), self.node.clone())
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
