//! `Leaf`: a value that changes in place and that gradients end at.

use std::ops::Deref;
use std::sync::atomic::{AtomicU8, Ordering};

use ndgrad_array::{Array, Count, Shared, Spec, Turns};

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
    /// Those who hold it, not those who lead to it: see [`Owner`].
    owners: Count,
    spec: Spec,
    /// A [`GradReq`] as its number.
    request: AtomicU8,
    value: Turns<Tensor>,
    gradient: Turns<Option<Tensor>>,
}

impl Leaf {
    pub fn new(value: Tensor, request: GradReq) -> Leaf {
        Leaf {
            owners: Count::one(),
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

/// One of those that own a leaf. When the last one goes, the leaf holds nothing any more.
pub(crate) struct Owner(Shared<Leaf>);

impl Owner {
    /// The first one.
    pub fn of(leaf: Leaf) -> Owner {
        Owner(Shared::new(leaf))
    }

    /// Whether both own one leaf.
    pub fn is_of_same(&self, other: &Owner) -> bool {
        self.0.address() == other.0.address()
    }
}

impl Clone for Owner {
    fn clone(&self) -> Owner {
        self.owners.up();
        Owner(self.0.clone())
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        if self.owners.down() {
            self.set_gradient(None);
            self.assign(Tensor::from_array(Array::hollow(self.spec)));
        }
    }
}

impl Deref for Owner {
    type Target = Leaf;

    #[inline]
    fn deref(&self) -> &Leaf {
        &self.0
    }
}

/// A leaf that is not owned. What leads to a leaf does not own it: a gradient that is recorded itself and kept
/// at its leaf would own itself, and nobody reads the gradient of a leaf to which no handle is left.
#[derive(Clone)]
pub(crate) struct LeafRef(Shared<Leaf>);

impl LeafRef {
    #[inline]
    pub fn to(leaf: &Owner) -> LeafRef {
        LeafRef(leaf.0.clone())
    }

    /// The leaf, if someone still owns it.
    #[inline]
    pub fn leaf(&self) -> Option<Owner> {
        self.0.owners.up_unless_none().then(|| Owner(self.0.clone()))
    }

    #[inline]
    pub fn is_alive(&self) -> bool {
        !self.0.owners.is_none()
    }

    /// The same for every reference to a leaf, and for nothing else while one of them lives.
    #[inline]
    pub fn address(&self) -> usize {
        self.0.address()
    }
}
