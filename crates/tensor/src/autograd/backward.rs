//! `backward`: gradients from outputs to the leaves that they were computed from.

use std::collections::{BTreeMap, BTreeSet};

use ndgrad_array::{OperationError, Spec};
use smallvec::SmallVec;

use super::scope::recording;
use super::{Edge, Key, Node};
use crate::compile::{is_tracing, trace};
use crate::ops::{Call, refuse};
use crate::{Tensor, Tensors};

/// How to go backward; [`Tensor::backward`] is `Backward::new()`.
#[derive(Clone, Debug, Default)]
pub struct Backward {
    /// One per output; none stands for ones everywhere.
    heads: Vec<Tensor>,
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
        self.heads(head)
    }

    /// Starts from these gradients, one for each output, of its shape and dtype.
    pub fn heads(self, heads: &(impl Tensors + ?Sized)) -> Backward {
        Backward { heads: heads.tensors().into_iter().cloned().collect(), ..self }
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
        backward(self, how);
    }
}

/// [`Tensor::backward_with`] from several outputs at once: the gradients of the sum of all their elements, each
/// weighted by its head gradient. What they have in common is walked once.
///
/// ```
/// use ndgrad_tensor::autograd::{self, Backward};
/// use ndgrad_tensor::tensor;
/// let x = tensor(3.0).attach_grad();
/// let (square, double) = autograd::record(|| (x.square(), 2.0 * &x));
/// autograd::backward(&[&square, &double], Backward::new().heads(&[tensor(1.0), tensor(10.0)]));
/// assert_eq!(x.grad().item(), 6.0 + 20.0);
/// ```
///
/// # Panics
/// As [`Tensor::backward_with`], and when the head gradients are not as many as the outputs.
#[track_caller]
pub fn backward(ys: &(impl Tensors + ?Sized), how: Backward) {
    let arrived = match starts(&ys.tensors(), &how).and_then(|starts| propagate(starts, &how, None)) {
        Ok(arrived) => arrived,
        Err(error) => refuse(error),
    };
    for (edge, gradient) in arrived {
        if let Edge::Leaf(leaf) = edge
            && let Some(leaf) = leaf.leaf()
        {
            if is_tracing() {
                trace::delivering(&leaf);
            }
            leaf.deliver(gradient);
        }
    }
}

/// The gradients of the sum of the elements of `ys`, one output or several, with respect to each of `xs`: leaves, or
/// what was computed from leaves while recording. What [`Tensor::grad`] returns is not touched. Gradients are zeros
/// where `ys` were not computed from that `x`, and only what leads from `ys` to `xs` is worked on.
///
/// ```
/// use ndgrad_tensor::autograd::{self, Backward};
/// use ndgrad_tensor::tensor;
/// let x = tensor(2.0).attach_grad();
/// // The second derivative of x^4 is 12 x^2.
/// let second = autograd::record(|| {
///     let y = x.square().square();
///     let first = autograd::grad(&y, &x, Backward::new().create_graph());
///     autograd::grad(&first[0], &x, Backward::new())
/// });
/// assert_eq!(second[0].item(), 48.0);
///
/// let (hidden, y) = autograd::record(|| {
///     let hidden = x.square();
///     (hidden.clone(), hidden.square())
/// });
/// let gradients = autograd::grad(&y, &[&hidden, &x], Backward::new());
/// assert_eq!((gradients[0].item(), gradients[1].item()), (8.0, 32.0));
/// ```
///
/// # Panics
/// As [`backward`], and when one of `xs` is neither a leaf nor was recorded.
#[track_caller]
pub fn grad(ys: &(impl Tensors + ?Sized), xs: &(impl Tensors + ?Sized), how: Backward) -> Vec<Tensor> {
    match try_grad(&ys.tensors(), &xs.tensors(), &how) {
        Ok(gradients) => gradients,
        Err(error) => refuse(error),
    }
}

/// The checked form of [`grad`].
pub(super) fn try_grad(
    ys: &[&Tensor],
    xs: &[&Tensor],
    how: &Backward,
) -> Result<Vec<Tensor>, OperationError> {
    let starts = starts(ys, how)?;
    let key = |x: &&Tensor| x.edge().map(|edge| edge.key()).ok_or_else(|| not_recorded(x));
    let keys = xs.iter().map(key).collect::<Result<Vec<Key>, OperationError>>()?;
    let wanted = Wanted::between(&starts, keys.iter().copied().collect())?;
    let arrived = propagate(starts, how, Some(&wanted))?;
    let arrived: BTreeMap<Key, Tensor> =
        arrived.into_iter().map(|(edge, gradient)| (edge.key(), gradient)).collect();
    let gradient = |(key, x): (&Key, &&Tensor)| match arrived.get(key) {
        Some(gradient) => gradient.clone(),
        None => Tensor::zeros_like(x),
    };
    Ok(keys.iter().zip(xs).map(gradient).collect())
}

fn not_recorded(x: &Tensor) -> OperationError {
    let note = if x.leaf().is_some() { "a leaf whose grad_req is null" } else { "a plain value" };
    OperationError::new("grad", "gradients are computed with respect to leaves and what was recorded")
        .operand("x", format!("{} {}", x.shape(), x.dtype()), note)
        .remedy("make a leaf of it before recording: let x = x.attach_grad();")
}

/// The outputs as starting points of the walk, each with its head gradient.
fn starts(ys: &[&Tensor], how: &Backward) -> Result<SmallVec<[(Edge, Tensor); 1]>, OperationError> {
    if !how.heads.is_empty() && how.heads.len() != ys.len() {
        return Err(OperationError::new("backward", "every output needs a head gradient, or none")
            .operand("outputs", ys.len(), "")
            .operand("heads", how.heads.len(), "")
            .remedy("give ones where nothing else is meant: Tensor::ones_like(&y)"));
    }
    let start = |(i, y): (usize, &&Tensor)| {
        if !y.dtype().is_float() {
            return Err(OperationError::new("backward", "no gradient flows through whole numbers or bool")
                .operand("tensor", format!("{} {}", y.shape(), y.dtype()), "")
                .remedy("go backward from what was computed in floats"));
        }
        let Some(edge) = y.edge() else {
            return Err(OperationError::new("backward", "nothing was recorded that leads here")
                .operand("tensor", y.shape(), "")
                .remedy("compute it within autograd::record(|| ...) from a leaf made by attach_grad"));
        };
        match how.heads.get(i) {
            None if y.rank() == 0 => Ok((edge, Tensor::scalar_like(y, 1.0))),
            None => Ok((edge, Tensor::ones_like(y))),
            Some(head) if head.spec() == y.spec() => Ok((edge, head.clone())),
            Some(head) => Err(OperationError::new("backward", "the head gradient must be like the output")
                .operand("output", format!("{} {} @{}", y.shape(), y.dtype(), y.device()), "")
                .operand("head", format!("{} {} @{}", head.shape(), head.dtype(), head.device()), "")),
        }
    };
    ys.iter().enumerate().map(start).collect()
}

/// What is on its way through the graph: places, in rising order, with the sum of what has come there so far. They are
/// few at a time, so a sorted list takes less than a tree.
#[derive(Default)]
struct Waiting(SmallVec<[(Edge, Tensor); 6]>);

impl Waiting {
    /// The first gradient is moved in, the others are added in the order in which they come.
    #[inline]
    fn send(&mut self, edge: Edge, gradient: Tensor) {
        let key = edge.key();
        match self.0.binary_search_by(|(other, _)| other.key().cmp(&key)) {
            Ok(place) => self.0[place].1 = &self.0[place].1 + &gradient,
            Err(place) => self.0.insert(place, (edge, gradient)),
        }
    }
}

/// Walks the graph downwards, highest nodes first, and returns what arrives at the leaves, or at the targets if only
/// these are wanted.
fn propagate(
    starts: SmallVec<[(Edge, Tensor); 1]>,
    how: &Backward,
    wanted: Option<&Wanted>,
) -> Result<SmallVec<[(Edge, Tensor); 4]>, OperationError> {
    recording(how.create_graph, || {
        let mut waiting = Waiting::default();
        for (edge, head) in starts {
            waiting.send(edge, head);
        }
        let mut arrived = SmallVec::new();
        while let Some((edge, head)) = waiting.0.pop() {
            let Edge::Node(mut node) = edge else {
                arrived.push((edge, head));
                continue;
            };
            if let Some(wanted) = wanted {
                let edge = Edge::Node(node.clone());
                let key = edge.key();
                if wanted.targets.contains(&key) {
                    arrived.push((edge, head.clone()));
                }
                if !wanted.leading.contains(&key) {
                    continue;
                }
            }
            let saved = Node::saved(&mut node, how.retain_graph)?;
            let call = Call::new(&node, &saved);
            for (i, input) in saved.inputs.iter().enumerate() {
                let Some(edge) = &input.edge else { continue };
                let needed = match (wanted, edge) {
                    (Some(wanted), edge) => wanted.leads(&edge.key()),
                    (None, Edge::Leaf(leaf)) => leaf.is_alive(),
                    (None, Edge::Node(_)) => true,
                };
                if !needed {
                    continue;
                }
                let mut gradient = node.op().gradient(&call, &head, i);
                if !gradient.is_like(&input.spec) {
                    gradient = fit(gradient, input.spec, node.op().name(), i)?;
                }
                waiting.send(edge.clone(), gradient);
            }
        }
        Ok(arrived)
    })
}

/// The gradient of a stretched input, with what is too much summed away.
fn fit(gradient: Tensor, input: Spec, operation: &str, i: usize) -> Result<Tensor, OperationError> {
    let own = gradient.spec();
    let stretched = input.shape.broadcast(&own.shape) == Some(own.shape);
    if !stretched || own.dtype != input.dtype || own.device != input.device {
        return Err(OperationError::new(operation, "the gradient that it gives must be like the input")
            .operand(&format!("input {i}"), format!("{} {}", input.shape, input.dtype), "")
            .operand("gradient", format!("{} {}", own.shape, own.dtype), ""));
    }
    Ok(gradient.sum_to(input.shape))
}

/// The part of a graph that lies between outputs and what gradients are wanted of.
struct Wanted {
    targets: BTreeSet<Key>,
    /// The nodes that were computed from a target.
    leading: BTreeSet<Key>,
}

impl Wanted {
    fn between(starts: &[(Edge, Tensor)], targets: BTreeSet<Key>) -> Result<Wanted, OperationError> {
        // A node is higher than what it was computed from, so those below every target lead to none.
        let lowest = targets.first().map_or(u64::MAX, |key| key.0);
        let mut inputs: BTreeMap<Key, SmallVec<[Key; 2]>> = BTreeMap::new();
        let mut waiting: Vec<Edge> = starts.iter().map(|(edge, _)| edge.clone()).collect();
        while let Some(edge) = waiting.pop() {
            let key = edge.key();
            let Edge::Node(node) = edge else { continue };
            if key.0 > lowest && !inputs.contains_key(&key) {
                let edges = node.edges()?;
                inputs.insert(key, edges.iter().map(Edge::key).collect());
                waiting.extend(edges);
            }
        }
        let mut wanted = Wanted { targets, leading: BTreeSet::new() };
        // In the order of keys, lowest first: what a node was computed from is known before it.
        for (key, inputs) in inputs {
            if inputs.iter().any(|input| wanted.leads(input)) {
                wanted.leading.insert(key);
            }
        }
        Ok(wanted)
    }

    /// Whether a gradient that is sent there is wanted, or one behind it.
    fn leads(&self, key: &Key) -> bool {
        self.targets.contains(key) || self.leading.contains(key)
    }
}
