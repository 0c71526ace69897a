//! `Tensor`: a handle to a value and, while recording, to its history.

use std::borrow::Cow;
use std::fmt;

use ndgrad_array::{
    Array, DType, Device, Element, Item, Lasting, Layout, OperationError, Shape, Shared, Spec,
};
use ndgrad_cpu::copied;

use crate::autograd::{Edge, GradReq, Leaf, LeafRef, Node, Owner, is_recording};
use crate::compile::{is_tracing, trace};
use crate::ops::refuse;
use crate::spare;

/// An n-dimensional array that remembers, while recording, how it was computed.
///
/// A `Tensor` is a cheap handle: cloning one shares its memory. Values never change once computed; what changes
/// in place is a *leaf*, made by [`Tensor::attach_grad`] and updated by [`Tensor::assign`].
///
/// Operations panic at the caller's line when shapes, dtypes or devices do not fit; under each of them is
/// [`crate::ops::try_apply`], which returns the error.
#[derive(Clone)]
pub struct Tensor(Lasting<Inner>);

pub(crate) struct Inner {
    /// Of a leaf, whose value changes, only what stays: the rest is hollow.
    pub array: Array,
    pub history: History,
}

pub(crate) enum History {
    None,
    Node(Shared<Node>),
    Leaf(Owner),
    /// A leaf as it was when an operation used it.
    Frozen(LeafRef),
}

impl Tensor {
    /// A tensor without history.
    #[inline]
    pub fn from_array(array: Array) -> Tensor {
        Tensor::made(|| Inner { array, history: History::None })
    }

    /// Contiguous elements that `fill` writes, in a tensor without history.
    #[inline]
    pub(crate) fn filled_by<E>(
        shape: &Shape,
        dtype: DType,
        device: Device,
        fill: impl FnOnce(&mut Array) -> Result<(), E>,
    ) -> Result<Tensor, E> {
        let mut inner = spare::room(shape, dtype, device);
        if let Some(Inner { array, .. }) = inner.get_mut() {
            fill(array)?;
        }
        Ok(Tensor(Lasting::new(inner)))
    }

    #[inline(always)]
    fn made(make: impl FnOnce() -> Inner) -> Tensor {
        Tensor(Lasting::new(Shared::with(make)))
    }

    /// Another view of an array, in a tensor without history.
    #[inline(never)]
    pub(crate) fn viewed(of: &Array, layout: &Layout) -> Tensor {
        Tensor::made(|| Inner { array: of.view(layout), history: History::None })
    }

    #[inline]
    pub(crate) fn recorded(array: Array, node: Shared<Node>) -> Tensor {
        Tensor::made(|| Inner { array, history: History::Node(node) })
    }

    /// The tensor, which nobody else has yet, as the result of what `node` remembers.
    #[inline]
    pub(crate) fn with_node(mut self, remembered: Shared<Node>) -> Tensor {
        if let Some(Inner { history, .. }) = self.0.get_mut() {
            *history = History::Node(remembered);
        }
        self
    }

    #[inline]
    pub(crate) fn from_leaf(leaf: Leaf) -> Tensor {
        let array = Array::hollow(leaf.spec());
        Tensor::made(|| Inner { array, history: History::Leaf(Owner::of(leaf)) })
    }

    /// What a leaf was at some time, with gradients that go to it.
    #[inline]
    pub(crate) fn frozen(value: Array, leaf: &LeafRef) -> Tensor {
        Tensor::made(|| Inner { array: value, history: History::Frozen(leaf.clone()) })
    }

    /// A handle to the value of this moment: the tensor itself, unless it is a leaf.
    #[inline(always)]
    pub(crate) fn value(&self) -> Cow<'_, Tensor> {
        match &self.0.history {
            History::None | History::Node(_) => Cow::Borrowed(self),
            _ => Cow::Owned(self.value_now()),
        }
    }

    /// What a leaf is now, or was when it was used; apart, so that other tensors need no more than a look.
    #[inline(never)]
    fn value_now(&self) -> Tensor {
        let Some(leaf) = self.leaf() else { return Tensor::viewed(&self.0.array, self.0.array.layout()) };
        if is_tracing() {
            trace::touched(leaf);
        }
        leaf.value()
    }

    /// Whether `backward` from here would lead somewhere.
    pub(crate) fn can_go_backward(&self) -> bool {
        self.node().is_some_and(|node| node.edges().is_ok_and(|edges| !edges.is_empty()))
    }

    /// The elements of what [`Tensor::value`] gave.
    #[inline]
    pub(crate) fn elements(&self) -> &Array {
        debug_assert!(self.leaf().is_none(), "a leaf's elements are behind its value");
        &self.0.array
    }

    /// The value at this moment, without history. No elements are copied.
    #[inline]
    #[track_caller]
    pub fn array(&self) -> Array {
        self.check_read("array");
        self.value().elements().clone()
    }

    /// Refuses to read what a compiled function computes anew at each call.
    #[inline]
    #[track_caller]
    fn check_read(&self, operation: &str) {
        if is_tracing() {
            trace::check_read(operation, self.value().elements());
        }
    }

    /// Shape, dtype and device.
    #[inline]
    pub fn spec(&self) -> Spec {
        self.0.array.spec()
    }

    /// Whether shape, dtype and device are those of another tensor.
    #[inline]
    pub(crate) fn is_like_tensor(&self, other: &Tensor) -> bool {
        let (own, other) = (&self.0.array, &other.0.array);
        own.shape() == other.shape() && own.dtype() == other.dtype() && own.device() == other.device()
    }

    /// Whether shape, dtype and device are these.
    #[inline]
    pub(crate) fn is_like(&self, spec: &Spec) -> bool {
        self.0.array.is_like(spec)
    }

    /// The sizes of the axes.
    #[inline]
    pub fn shape(&self) -> Shape {
        *self.0.array.shape()
    }

    /// The size of an axis, which must exist.
    #[inline]
    pub(crate) fn size_of_axis(&self, axis: usize) -> usize {
        self.0.array.shape()[axis]
    }

    /// The number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.0.array.shape().rank()
    }

    /// The number of elements.
    #[inline]
    pub fn size(&self) -> usize {
        self.0.array.shape().size()
    }

    /// The size of the first axis: the number of rows, 1 for a scalar.
    #[inline]
    pub fn len(&self) -> usize {
        self.shape().first().copied().unwrap_or(1)
    }

    /// Whether there are no elements.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.size() == 0
    }

    /// The type of the elements.
    #[inline]
    pub fn dtype(&self) -> DType {
        self.0.array.dtype()
    }

    /// Where the tensor lives.
    #[inline]
    pub fn device(&self) -> Device {
        self.0.array.device()
    }

    /// The only element, widened to f64.
    ///
    /// # Panics
    /// When there is not exactly one element.
    #[track_caller]
    pub fn item(&self) -> f64 {
        if self.size() != 1 {
            refuse(
                OperationError::new("item", "exactly one element is needed")
                    .operand("tensor", self.shape(), format!("has {}", self.size()))
                    .remedy(
                        "reduce it first (sum, mean), pick one element with i(...), or read all with to_vec",
                    ),
            );
        }
        self.check_read("item");
        let value = self.value();
        let array = value.elements();
        let place = array.layout().offset();
        ndgrad_array::with_dtype!(array.dtype(), T => array.buffer::<T>()[place].to_f64())
    }

    /// A copy of the elements in row-major order. `T` must be the tensor's dtype.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn to_vec<T: Item>(&self) -> Vec<T> {
        let wanted = T::Element::DTYPE;
        if wanted != self.dtype() {
            refuse(
                OperationError::new("to_vec", "elements are read as what they are")
                    .operand("tensor", self.dtype(), "")
                    .operand("asked for", wanted, "")
                    .remedy(format!("convert first: x.to_dtype(DType::{wanted:?})")),
            );
        }
        self.check_read("to_vec");
        self.value().elements().to_vec()
    }

    /// The same value without its history: no gradient flows through it.
    #[inline]
    pub fn detach(&self) -> Tensor {
        match &self.0.history {
            History::Node(_) => Tensor::viewed(&self.0.array, self.0.array.layout()),
            _ => self.value().into_owned(),
        }
    }

    /// Changes the elements: of a leaf for every handle, of another value for this handle alone. What `change` gets
    /// is contiguous, and writing to it is seen nowhere else.
    #[track_caller]
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Array)) {
        if is_tracing() {
            trace::refuse_to_replay(
                "set",
                "take the operation that gives a changed copy: x = x.with(place, value)",
            );
        }
        // A view may show one element several times, so only what lies in row-major order is written where it is.
        let own = match self.0.get_mut() {
            Some(Inner { array, history: History::None | History::Node(_) })
                if array.layout().is_contiguous() =>
            {
                return change(array);
            }
            _ => self.value().into_owned(),
        };
        let mut copy = copied(own.elements());
        change(&mut copy);
        match &self.0.history {
            History::Leaf(leaf) => leaf.assign(Tensor::from_array(copy)),
            _ => *self = Tensor::from_array(copy),
        }
    }

    /// Lets `change` write over contiguous elements that nobody else sees and nothing remembers: whether they are such.
    pub(crate) fn overwrite(&mut self, change: impl FnOnce(&mut Array)) -> bool {
        if is_recording() || is_tracing() {
            return false;
        }
        match self.0.get_mut() {
            Some(Inner { array, history: History::None })
                if array.is_unique() && array.layout().is_contiguous() =>
            {
                change(array);
                true
            }
            _ => false,
        }
    }

    /// Whether gradients flow to or through this tensor.
    #[inline]
    pub fn requires_grad(&self) -> bool {
        match &self.0.history {
            History::None => false,
            History::Node(_) => true,
            History::Leaf(leaf) => leaf.request() != GradReq::Null,
            History::Frozen(leaf) => leaf.is_alive(),
        }
    }

    /// Where a gradient goes from here.
    pub(crate) fn edge(&self) -> Option<Edge> {
        let mut edge = None;
        self.edge_to(&mut edge);
        edge
    }

    /// [`Tensor::edge`], written where it stays.
    #[inline]
    pub(crate) fn edge_to(&self, edge: &mut Option<Edge>) {
        match &self.0.history {
            History::None => *edge = None,
            History::Node(node) => *edge = Some(Edge::Node(node.clone())),
            History::Leaf(leaf) if leaf.request() == GradReq::Null => *edge = None,
            History::Leaf(leaf) => *edge = Some(Edge::Leaf(LeafRef::to(leaf))),
            History::Frozen(leaf) => *edge = Some(Edge::Leaf(leaf.clone())),
        }
    }

    #[inline]
    pub(crate) fn node(&self) -> Option<&Shared<Node>> {
        match &self.0.history {
            History::Node(node) => Some(node),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn leaf(&self) -> Option<&Owner> {
        match &self.0.history {
            History::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }
}

impl fmt::Debug for Tensor {
    /// One line: shape, dtype, device, and what it is. The elements are printed by `{}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spec { shape, dtype, device } = self.spec();
        write!(f, "Tensor({shape} {dtype} @{device}")?;
        match &self.0.history {
            History::Leaf(_) | History::Frozen(_) => write!(f, ", leaf")?,
            History::Node(node) => write!(f, ", from {}", node.op().name())?,
            History::None => {}
        }
        write!(f, ")")
    }
}
