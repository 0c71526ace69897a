//! `Leaf`: a value that changes in place and that gradients end at.

use std::sync::{Mutex, PoisonError, RwLock};

use ndgrad_array::Spec;

use crate::Tensor;

/// What `backward` does with a gradient that reaches a leaf.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GradReq {
    /// Replaces the earlier gradient.
    #[default]
    Write,
    /// Adds to the earlier gradient.
    Add,
    /// No gradient is wanted: the leaf is a constant that can be assigned to.
    Null,
}

/// The shared part of all handles to a leaf.
pub(crate) struct Leaf {
    spec: Spec,
    request: GradReq,
    value: RwLock<Tensor>,
    gradient: Mutex<Option<Tensor>>,
}

impl Leaf {
    pub fn new(value: Tensor, request: GradReq) -> Leaf {
        Leaf { spec: value.spec(), request, value: RwLock::new(value), gradient: Mutex::new(None) }
    }

    #[inline]
    pub fn spec(&self) -> Spec {
        self.spec
    }

    #[inline]
    pub fn request(&self) -> GradReq {
        self.request
    }

    // Both locks guard single assignments, so what a panicking thread leaves behind is whole.

    #[inline]
    pub fn value(&self) -> Tensor {
        self.value.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[inline]
    pub fn assign(&self, value: Tensor) {
        *self.value.write().unwrap_or_else(PoisonError::into_inner) = value;
    }

    #[inline]
    pub fn gradient(&self) -> Option<Tensor> {
        self.gradient.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A gradient has arrived.
    #[inline]
    pub fn deliver(&self, gradient: Tensor) {
        let mut slot = self.gradient.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(match (self.request, slot.take()) {
            (GradReq::Add, Some(earlier)) => earlier + gradient,
            _ => gradient,
        });
    }
}
