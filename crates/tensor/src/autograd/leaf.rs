//! `Leaf`: a value that changes in place and that gradients end at.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};

use ndgrad_array::{Spec, Turns};

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
    value: Turns<Tensor>,
    gradient: Turns<Option<Tensor>>,
}

impl Leaf {
    pub fn new(value: Tensor, request: GradReq) -> Leaf {
        Leaf {
            spec: value.spec(),
            request: AtomicU8::new(request as u8),
            value: Turns::new(value),
            gradient: Turns::new(None),
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

    // A turn is a single copy or assignment. What was there before ends after it, since that may be a whole graph.

    #[inline]
    pub fn value(&self) -> Tensor {
        self.value.take_turn(|value| value.clone())
    }

    #[inline]
    pub fn assign(&self, value: Tensor) {
        let earlier = self.value.take_turn(|own| std::mem::replace(own, value));
        drop(earlier);
    }

    #[inline]
    pub fn gradient(&self) -> Option<Tensor> {
        self.gradient.take_turn(|gradient| gradient.clone())
    }

    /// Puts another gradient in place of the one that is here; none stands for zeros.
    #[inline]
    pub fn set_gradient(&self, gradient: Option<Tensor>) {
        let earlier = self.gradient.take_turn(|own| std::mem::replace(own, gradient));
        drop(earlier);
    }

    /// A gradient has arrived.
    #[inline]
    pub fn deliver(&self, gradient: Tensor) {
        match self.request() {
            GradReq::Write => self.set_gradient(Some(gradient)),
            // The whole sum is one turn: what another thread delivers meanwhile comes to it, before or after.
            GradReq::Add => self.gradient.take_turn(|own| {
                *own = Some(match own.take() {
                    Some(earlier) => earlier + gradient,
                    None => gradient,
                });
            }),
            GradReq::Null => {}
        }
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
