//! `Leaf`: a value that changes in place and that gradients end at.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

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
    /// A [`GradReq`] as its number.
    request: AtomicU8,
    value: RwLock<Tensor>,
    gradient: Mutex<Option<Tensor>>,
}

impl Leaf {
    pub fn new(value: Tensor, request: GradReq) -> Leaf {
        Leaf {
            spec: value.spec(),
            request: AtomicU8::new(request as u8),
            value: RwLock::new(value),
            gradient: Mutex::new(None),
        }
    }

    #[inline]
    pub fn spec(&self) -> Spec {
        self.spec
    }

    // The request guards no other memory, so no order with other accesses is needed.

    #[inline]
    pub fn request(&self) -> GradReq {
        match self.request.load(Ordering::Relaxed) {
            0 => GradReq::Write,
            1 => GradReq::Add,
            _ => GradReq::Null,
        }
    }

    pub fn set_request(&self, request: GradReq) {
        self.request.store(request as u8, Ordering::Relaxed);
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

    /// Puts another gradient in place of the one that is here; none stands for zeros.
    pub fn set_gradient(&self, gradient: Option<Tensor>) {
        *self.gradient.lock().unwrap_or_else(PoisonError::into_inner) = gradient;
    }

    /// A gradient has arrived.
    #[inline]
    pub fn deliver(&self, gradient: Tensor) {
        let request = self.request();
        if request == GradReq::Null {
            return;
        }
        let mut slot = self.gradient.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(match (request, slot.take()) {
            (GradReq::Add, Some(earlier)) => earlier + gradient,
            _ => gradient,
        });
    }
}

/// A leaf that is not kept alive. What leads to a leaf does not own it: a gradient that is recorded itself and kept
/// at its leaf would own itself, and nobody reads the gradient of a leaf to which no handle is left.
#[derive(Clone)]
pub(crate) struct LeafRef(Weak<Leaf>);

impl LeafRef {
    #[inline]
    pub fn to(leaf: &Arc<Leaf>) -> LeafRef {
        LeafRef(Arc::downgrade(leaf))
    }

    /// The leaf, if someone still holds it.
    #[inline]
    pub fn leaf(&self) -> Option<Arc<Leaf>> {
        self.0.upgrade()
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
