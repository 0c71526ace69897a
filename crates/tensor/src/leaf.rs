//! Leaves: tensors that change in place and that gradients end at.

use std::borrow::Borrow;

use ndgrad_array::{DTypes, OperationError};

use crate::Tensor;
use crate::autograd::{self, GradReq, Leaf};
use crate::compile::{is_tracing, trace};
use crate::ops::refuse;

impl Tensor {
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
        let made = Tensor::from_leaf(Leaf::new(self.detach(), request));
        if let (true, Some(leaf)) = (is_tracing(), made.leaf()) {
            trace::made(leaf);
        }
        made
    }

    /// The gradient that the last `backward` left here: of this leaf's shape and dtype, zeros if none has come.
    ///
    /// # Panics
    /// When this tensor is not a leaf.
    #[track_caller]
    pub fn grad(&self) -> Tensor {
        match self.leaf() {
            Some(leaf) => {
                if is_tracing() {
                    trace::touched_gradient(leaf);
                }
                leaf.gradient().unwrap_or_else(|| Tensor::zeros_like(self))
            }
            None => refuse(self.not_a_leaf("grad", "only a leaf has a gradient")),
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
        match self.leaf() {
            Some(leaf) => {
                if is_tracing() {
                    trace::touched(leaf);
                }
                leaf.set_gradient(None);
            }
            None => refuse(self.not_a_leaf("zero_grad", "only a leaf has a gradient")),
        }
    }

    /// What `backward` does with gradients that reach this leaf.
    ///
    /// # Panics
    /// When this tensor is not a leaf.
    #[track_caller]
    pub fn grad_req(&self) -> GradReq {
        match self.leaf() {
            Some(leaf) => leaf.request(),
            None => refuse(self.not_a_leaf("grad_req", "only a leaf has a gradient")),
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
        match self.leaf() {
            Some(_) if is_tracing() => trace::refuse_to_replay(
                "set_grad_req",
                "set it before the compiled function is called, which notices the change",
            ),
            Some(leaf) => leaf.set_request(request),
            None => refuse(self.not_a_leaf("set_grad_req", "only a leaf has a gradient")),
        }
    }

    /// Replaces a leaf's value, for every handle to it. Values that a recorded graph has saved stay as they were.
    ///
    /// # Panics
    /// When this tensor is not a leaf; when shape, dtype or device differ; while recording.
    #[track_caller]
    pub fn assign(&self, value: impl Borrow<Tensor>) {
        let value: &Tensor = value.borrow();
        let Some(leaf) = self.leaf() else {
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
        if !self.is_like_tensor(value) {
            let (own, new) = (self.spec(), value.spec());
            let mut error =
                OperationError::new("assign", "the new value must have the leaf's shape, dtype and device")
                    .operand("leaf", format!("{} {} @{}", own.shape, own.dtype, own.device), "")
                    .operand("value", format!("{} {} @{}", new.shape, new.dtype, new.device), "");
            if own.device != new.device {
                error = error.remedy("bring it there: value.to_device(leaf.device())");
            }
            if own.dtype != new.dtype {
                error = error.remedy(format!("convert it: value.to_dtype(DType::{:?})", own.dtype));
            }
            refuse(error)
        }
        if is_tracing() {
            trace::touched(leaf);
        }
        leaf.assign(value.detach());
    }

    fn not_a_leaf(&self, operation: &str, rule: &str) -> OperationError {
        let note = if self.node().is_some() { "the result of a recorded operation" } else { "a plain value" };
        OperationError::new(operation, rule)
            .operand("tensor", self.shape(), note)
            .remedy("make a leaf first: let w = w.attach_grad();")
    }
}
