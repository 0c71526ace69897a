//! `Tensor`: a handle to a value and, while recording, to its history.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::{Arc, Weak};

use ndgrad_array::{Array, Backend, DType, DTypes, Device, Element, Item, OperationError, Shape, Spec};
use ndgrad_cpu::Cpu;

use crate::autograd::{self, Edge, GradReq, Leaf, Node};
use crate::compile::{is_tracing, trace};
use crate::ops::refuse;

/// An n-dimensional array that remembers, while recording, how it was computed.
///
/// A `Tensor` is a cheap handle: cloning one shares its memory. Values never change once computed; what changes
/// in place is a *leaf*, made by [`Tensor::attach_grad`] and updated by [`Tensor::assign`].
///
/// Operations panic at the caller's line when shapes, dtypes or devices do not fit; under each of them is
/// [`crate::ops::try_apply`], which returns the error.
#[derive(Clone)]
pub struct Tensor(Arc<Inner>);

enum Inner {
    Value {
        array: Array,
        node: Option<Arc<Node>>,
    },
    Leaf(Leaf),
    /// A leaf as it was when an operation used it.
    Frozen {
        value: Tensor,
        leaf: LeafRef,
    },
}

/// A leaf that is not kept alive. What leads to a leaf does not own it: a gradient that is recorded itself and kept
/// at its leaf would own itself, and nobody reads the gradient of a leaf to which no handle is left.
#[derive(Clone)]
pub(crate) struct LeafRef(Weak<Inner>);

impl LeafRef {
    /// The leaf, if someone still holds it.
    #[inline]
    pub fn tensor(&self) -> Option<Tensor> {
        self.0.upgrade().map(Tensor)
    }

    #[inline]
    pub fn is_alive(&self) -> bool {
        self.0.strong_count() > 0
    }

    /// The same for every reference to a leaf, and for nothing else while one of them lives.
    #[inline]
    pub fn address(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

impl Tensor {
    /// A tensor without history.
    #[inline]
    pub fn from_array(array: Array) -> Tensor {
        Tensor(Arc::new(Inner::Value { array, node: None }))
    }

    #[inline]
    pub(crate) fn recorded(array: Array, node: Arc<Node>) -> Tensor {
        Tensor(Arc::new(Inner::Value { array, node: Some(node) }))
    }

    /// What a leaf was at some time, with gradients that go to it.
    #[inline]
    pub(crate) fn frozen(value: Array, leaf: &LeafRef) -> Tensor {
        Tensor(Arc::new(Inner::Frozen { value: Tensor::from_array(value), leaf: leaf.clone() }))
    }

    /// A handle to the value of this moment: the tensor itself, unless it is a leaf.
    #[inline]
    pub(crate) fn value(&self) -> Cow<'_, Tensor> {
        match &*self.0 {
            Inner::Value { .. } => Cow::Borrowed(self),
            Inner::Leaf(leaf) => {
                if is_tracing() {
                    trace::touched(self);
                }
                Cow::Owned(leaf.value())
            }
            Inner::Frozen { value, .. } => Cow::Borrowed(value),
        }
    }

    /// Whether both are handles to the same.
    pub(crate) fn is_same(&self, other: &Tensor) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Whether `backward` from here would lead somewhere.
    pub(crate) fn can_go_backward(&self) -> bool {
        self.node().is_some_and(|node| node.edges().is_ok_and(|edges| !edges.is_empty()))
    }

    /// The elements of what [`Tensor::value`] gave.
    #[inline]
    pub(crate) fn elements(&self) -> &Array {
        match &*self.0 {
            Inner::Value { array, .. } => array,
            Inner::Frozen { value, .. } => value.elements(),
            Inner::Leaf(_) => unreachable!("a leaf's elements are behind its value"),
        }
    }

    /// The value at this moment, without history. No elements are copied.
    #[inline]
    #[track_caller]
    pub fn array(&self) -> Array {
        let value = self.value();
        self.check_read("array");
        value.elements().clone()
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
        match &*self.0 {
            Inner::Value { array, .. } => array.spec(),
            Inner::Leaf(leaf) => leaf.spec(),
            Inner::Frozen { value, .. } => value.spec(),
        }
    }

    /// The sizes of the axes.
    #[inline]
    pub fn shape(&self) -> Shape {
        match &*self.0 {
            Inner::Value { array, .. } => *array.shape(),
            Inner::Leaf(leaf) => leaf.spec().shape,
            Inner::Frozen { value, .. } => value.shape(),
        }
    }

    /// The number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape().rank()
    }

    /// The number of elements.
    #[inline]
    pub fn size(&self) -> usize {
        self.shape().size()
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
        self.spec().dtype
    }

    /// Where the tensor lives.
    #[inline]
    pub fn device(&self) -> Device {
        self.spec().device
    }

    /// The tensor on another device; itself if it is there already. MXNet's `as_in_context`.
    pub fn to_device(&self, device: Device) -> Tensor {
        // One device exists so far, so a tensor is always there already.
        debug_assert_eq!(device, self.device());
        self.clone()
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
        match &*self.0 {
            Inner::Value { array, node: Some(_) } => Tensor::from_array(array.clone()),
            _ => self.value().into_owned(),
        }
    }

    /// A leaf that starts with this value: a parameter to be learned. Gradients reach it, and
    /// [`Tensor::assign`] changes it for every handle to it.
    ///
    /// ```
    /// use ndgrad_tensor::{autograd, tensor};
    /// let w = tensor([3.0]).attach_grad();
    /// autograd::record(|| w.square().sum()).backward();
    /// assert_eq!(w.grad().item(), 6.0);
    /// w.assign(&w - 0.5 * w.grad());
    /// assert_eq!(w.item(), 0.0);
    /// ```
    ///
    /// # Panics
    /// When the dtype is not a float.
    #[must_use = "the leaf is the returned tensor"]
    #[track_caller]
    pub fn attach_grad(&self) -> Tensor {
        self.attach_grad_with(GradReq::Write)
    }

    /// [`Tensor::attach_grad`] with a choice of what `backward` does with the gradient.
    ///
    /// # Panics
    /// When the dtype is not a float.
    #[track_caller]
    #[must_use = "the leaf is the returned tensor"]
    pub fn attach_grad_with(&self, request: GradReq) -> Tensor {
        if !self.dtype().is_float() {
            refuse(
                OperationError::new("attach_grad", "gradients are for numbers with a fraction")
                    .operand(
                        "tensor",
                        format!("{} {}", self.shape(), self.dtype()),
                        format!("one of {} is needed", DTypes::FLOATS),
                    )
                    .remedy("convert it: x.to_dtype(DType::F32)"),
            );
        }
        let made = Tensor(Arc::new(Inner::Leaf(Leaf::new(self.detach(), request))));
        if is_tracing() {
            trace::made(&made);
        }
        made
    }

    /// The gradient that the last `backward` left here: of this leaf's shape and dtype, zeros if none has come.
    ///
    /// # Panics
    /// When this tensor is not a leaf.
    #[track_caller]
    pub fn grad(&self) -> Tensor {
        match &*self.0 {
            Inner::Leaf(leaf) => {
                if is_tracing() {
                    trace::touched_gradient(self);
                }
                leaf.gradient().unwrap_or_else(|| Tensor::zeros_like(self))
            }
            _ => refuse(self.not_a_leaf("grad", "only a leaf has a gradient")),
        }
    }

    /// Forgets the gradient that is here: [`Tensor::grad`] is zeros again. Needed between steps with
    /// [`GradReq::Add`], and by those who want the memory back.
    ///
    /// ```
    /// use ndgrad_tensor::autograd::{self, GradReq};
    /// use ndgrad_tensor::tensor;
    /// let w = tensor(3.0).attach_grad_with(GradReq::Add);
    /// for _ in 0..2 {
    ///     w.zero_grad();
    ///     autograd::record(|| w.square()).backward();
    ///     assert_eq!(w.grad().item(), 6.0);
    /// }
    /// ```
    ///
    /// # Panics
    /// When this tensor is not a leaf.
    #[track_caller]
    pub fn zero_grad(&self) {
        match &*self.0 {
            Inner::Leaf(leaf) => {
                if is_tracing() {
                    trace::touched(self);
                }
                leaf.set_gradient(None);
            }
            _ => refuse(self.not_a_leaf("zero_grad", "only a leaf has a gradient")),
        }
    }

    /// What `backward` does with gradients that reach this leaf.
    ///
    /// # Panics
    /// When this tensor is not a leaf.
    #[track_caller]
    pub fn grad_req(&self) -> GradReq {
        match &*self.0 {
            Inner::Leaf(leaf) => leaf.request(),
            _ => refuse(self.not_a_leaf("grad_req", "only a leaf has a gradient")),
        }
    }

    /// Changes what `backward` does with gradients that reach this leaf, from the next recorded operation on, for
    /// every handle to it. [`GradReq::Null`] freezes a parameter; the gradient that is here stays.
    ///
    /// ```
    /// use ndgrad_tensor::autograd::{self, GradReq};
    /// use ndgrad_tensor::tensor;
    /// let (w, b) = (tensor(3.0).attach_grad(), tensor(1.0).attach_grad());
    /// w.set_grad_req(GradReq::Null);
    /// autograd::record(|| &w * &b).backward();
    /// assert_eq!((w.grad().item(), b.grad().item()), (0.0, 3.0));
    /// ```
    ///
    /// # Panics
    /// When this tensor is not a leaf.
    #[track_caller]
    pub fn set_grad_req(&self, request: GradReq) {
        match &*self.0 {
            Inner::Leaf(_) if is_tracing() => trace::refuse_to_replay(
                "set_grad_req",
                "set it before the compiled function is called; a change is noticed",
            ),
            Inner::Leaf(leaf) => leaf.set_request(request),
            _ => refuse(self.not_a_leaf("set_grad_req", "only a leaf has a gradient")),
        }
    }

    /// Replaces a leaf's value, for every handle to it. Values that a recorded graph has saved stay as they were.
    ///
    /// # Panics
    /// When this tensor is not a leaf; when shape, dtype or device differ; while recording.
    #[track_caller]
    pub fn assign(&self, value: impl Borrow<Tensor>) {
        let value: &Tensor = value.borrow();
        let Inner::Leaf(leaf) = &*self.0 else {
            refuse(self.not_a_leaf("assign", "only a leaf can be assigned to"))
        };
        if autograd::is_recording() {
            refuse(
                OperationError::new("assign", "a leaf may not change while its use is recorded")
                    .operand("leaf", self.shape(), "")
                    .remedy(
                        "assign after the closure of autograd::record has returned, or in autograd::pause",
                    ),
            );
        }
        let (own, new) = (self.spec(), value.spec());
        if own != new {
            let mut error =
                OperationError::new("assign", "the new value must have the leaf's shape and dtype")
                    .operand("leaf", format!("{} {}", own.shape, own.dtype), "")
                    .operand("value", format!("{} {}", new.shape, new.dtype), "");
            if own.dtype != new.dtype {
                error = error.remedy(format!("convert it: value.to_dtype(DType::{:?})", own.dtype));
            }
            refuse(error)
        }
        if is_tracing() {
            trace::touched(self);
        }
        leaf.assign(value.detach());
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
        let own = match Arc::get_mut(&mut self.0) {
            Some(Inner::Value { array, .. }) if array.layout().is_contiguous() => return change(array),
            _ => self.value().into_owned(),
        };
        let mut copy = Array::new(own.spec());
        Cpu.copy(own.elements(), &mut copy);
        change(&mut copy);
        match &*self.0 {
            Inner::Leaf(leaf) => leaf.assign(Tensor::from_array(copy)),
            _ => *self = Tensor::from_array(copy),
        }
    }

    fn not_a_leaf(&self, operation: &str, rule: &str) -> OperationError {
        let note = if self.node().is_some() { "the result of a recorded operation" } else { "a plain value" };
        OperationError::new(operation, rule)
            .operand("tensor", self.shape(), note)
            .remedy("make a leaf first: let w = w.attach_grad();")
    }

    /// Whether gradients flow to or through this tensor.
    #[inline]
    pub fn requires_grad(&self) -> bool {
        match &*self.0 {
            Inner::Value { node, .. } => node.is_some(),
            Inner::Leaf(leaf) => leaf.request() != GradReq::Null,
            Inner::Frozen { leaf, .. } => leaf.is_alive(),
        }
    }

    /// Where a gradient goes from here.
    #[inline]
    pub(crate) fn edge(&self) -> Option<Edge> {
        match &*self.0 {
            Inner::Value { node, .. } => node.clone().map(Edge::Node),
            Inner::Leaf(leaf) => {
                (leaf.request() != GradReq::Null).then(|| Edge::Leaf(LeafRef(Arc::downgrade(&self.0))))
            }
            Inner::Frozen { leaf, .. } => Some(Edge::Leaf(leaf.clone())),
        }
    }

    #[inline]
    pub(crate) fn node(&self) -> Option<&Arc<Node>> {
        match &*self.0 {
            Inner::Value { node, .. } => node.as_ref(),
            _ => None,
        }
    }

    #[inline]
    pub(crate) fn leaf(&self) -> Option<&Leaf> {
        match &*self.0 {
            Inner::Leaf(leaf) => Some(leaf),
            _ => None,
        }
    }
}

impl fmt::Debug for Tensor {
    /// One line: shape, dtype, device, and what it is. The elements are printed by `{}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Spec { shape, dtype, device } = self.spec();
        write!(f, "Tensor({shape} {dtype} @{device}")?;
        match &*self.0 {
            Inner::Leaf(_) | Inner::Frozen { .. } => write!(f, ", leaf")?,
            Inner::Value { node: Some(node), .. } => write!(f, ", from {}", node.op().name())?,
            Inner::Value { node: None, .. } => {}
        }
        write!(f, ")")
    }
}
