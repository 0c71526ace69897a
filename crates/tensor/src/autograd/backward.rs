//! `backward`: gradients from an output to the leaves that it was computed from.

use std::collections::BTreeMap;

use ndgrad_array::OperationError;

use super::{Edge, pause, record};
use crate::Tensor;
use crate::ops::{Call, refuse};

/// How to go backward; [`Tensor::backward`] is `Backward::new()`.
#[derive(Clone, Debug, Default)]
pub struct Backward {
    head: Option<Tensor>,
    retain_graph: bool,
    create_graph: bool,
}

impl Backward {
    /// From a head gradient of ones, using the graph up.
    pub fn new() -> Backward {
        Backward::default()
    }

    /// Starts from this gradient of the output instead of ones; it must have the output's shape and dtype.
    pub fn head(self, head: &Tensor) -> Backward {
        Backward { head: Some(head.clone()), ..self }
    }

    /// Keeps the graph, so that one can go backward through it again.
    pub fn retain_graph(self) -> Backward {
        Backward { retain_graph: true, ..self }
    }

    /// Records how the gradients are computed, so that they have gradients themselves; keeps the graph.
    pub fn create_graph(self) -> Backward {
        Backward { create_graph: true, retain_graph: true, ..self }
    }
}

impl Tensor {
    /// Computes the gradients of the sum of this tensor's elements (its only one, usually: a loss) with respect to
    /// every leaf that it was computed from, and leaves them there for [`Tensor::grad`]. The graph is used up.
    ///
    /// # Panics
    /// When this tensor was not computed from a leaf within [`record`](super::record), or its graph is used up.
    #[track_caller]
    pub fn backward(&self) {
        self.backward_with(Backward::new());
    }

    /// [`Tensor::backward`] with a head gradient, keeping the graph, or recording the gradients.
    ///
    /// ```
    /// use ndgrad_tensor::autograd::{self, Backward};
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([1.0, 2.0]).attach_grad();
    /// let y = autograd::record(|| x.square());
    /// y.backward_with(Backward::new().head(&tensor([10.0, 100.0])));
    /// assert_eq!(x.grad().to_vec::<f32>(), [20.0, 400.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::backward`], and when the head gradient has another shape or dtype.
    #[track_caller]
    pub fn backward_with(&self, how: Backward) {
        let arrived = match propagate(self, &how) {
            Ok(arrived) => arrived,
            Err(error) => refuse(error),
        };
        for (edge, gradient) in arrived {
            if let Edge::Leaf(tensor) = edge
                && let Some(leaf) = tensor.leaf()
            {
                leaf.deliver(gradient);
            }
        }
    }
}

/// The gradients of the sum of `y`'s elements with respect to these leaves, without touching what
/// [`Tensor::grad`] returns; zeros for a leaf that `y` was not computed from.
///
/// ```
/// use ndgrad_tensor::autograd::{self, Backward};
/// use ndgrad_tensor::tensor;
/// let x = tensor(2.0).attach_grad();
/// // The second derivative of x^4 is 12 x^2.
/// let second = autograd::record(|| {
///     let y = x.square().square();
///     let first = autograd::grad(&y, &[&x], Backward::new().create_graph());
///     autograd::grad(&first[0], &[&x], Backward::new())
/// });
/// assert_eq!(second[0].item(), 48.0);
/// ```
///
/// # Panics
/// As [`Tensor::backward_with`], and when one of `xs` is not a leaf.
#[track_caller]
pub fn grad(y: &Tensor, xs: &[&Tensor], how: Backward) -> Vec<Tensor> {
    match propagate(y, &how).and_then(|arrived| xs.iter().map(|x| arrived_at(x, &arrived)).collect()) {
        Ok(gradients) => gradients,
        Err(error) => refuse(error),
    }
}

fn arrived_at(x: &Tensor, arrived: &[(Edge, Tensor)]) -> Result<Tensor, OperationError> {
    let Some(edge @ Edge::Leaf(_)) = x.edge() else {
        return Err(OperationError::new("grad", "gradients are computed with respect to leaves")
            .operand("x", x.shape(), "")
            .remedy("make a leaf first: let x = x.attach_grad();"));
    };
    let found = arrived.iter().find(|(other, _)| other.key() == edge.key());
    Ok(found.map_or_else(|| Tensor::zeros_like(x), |(_, gradient)| gradient.clone()))
}

/// Walks the graph from `y` downwards, highest nodes first, and returns what arrives at the leaves.
fn propagate(y: &Tensor, how: &Backward) -> Result<Vec<(Edge, Tensor)>, OperationError> {
    if !y.dtype().is_float() {
        return Err(OperationError::new("backward", "no gradient flows through whole numbers or bool")
            .operand("tensor", format!("{} {}", y.shape(), y.dtype()), "")
            .remedy("go backward from what was computed in floats"));
    }
    let Some(start) = y.edge() else {
        return Err(OperationError::new("backward", "nothing was recorded that leads here")
            .operand("tensor", y.shape(), "")
            .remedy("compute it within autograd::record(|| ...) from a leaf made by attach_grad"));
    };
    let head = match &how.head {
        None => Tensor::ones_like(y),
        Some(head) if head.spec() == y.spec() => head.clone(),
        Some(head) => {
            return Err(OperationError::new("backward", "the head gradient must be like the output")
                .operand("output", format!("{} {}", y.shape(), y.dtype()), "")
                .operand("head", format!("{} {}", head.shape(), head.dtype()), ""));
        }
    };
    let walk = || {
        let mut waiting = BTreeMap::from([(start.key(), (start, head))]);
        let mut arrived = Vec::new();
        while let Some((_, (edge, head))) = waiting.pop_last() {
            let Edge::Node(node) = edge else {
                arrived.push((edge, head));
                continue;
            };
            let saved = node.saved(how.retain_graph)?;
            let call = Call::new(&node, &saved);
            for (i, input) in saved.inputs.iter().enumerate() {
                let Some(edge) = input.edge.clone() else { continue };
                let mut gradient = node.op().gradient(&call, &head, i);
                if gradient.shape() != input.spec.shape {
                    gradient = gradient.sum_to(input.spec.shape);
                }
                waiting
                    .entry(edge.key())
                    .and_modify(|(_, sum)| *sum = &*sum + &gradient)
                    .or_insert_with(|| (edge, gradient));
            }
        }
        Ok(arrived)
    };
    if how.create_graph { record(walk) } else { pause(walk) }
}
