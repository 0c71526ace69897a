//! `Tensors`: one tensor or several, written as the caller likes.

use std::borrow::Borrow;

use smallvec::SmallVec;

use crate::Tensor;

/// One tensor or several: `&x`, `&[&x, &y]`, `&parameters`.
pub trait Tensors {
    /// The tensors.
    fn tensors(&self) -> SmallVec<[&Tensor; 4]>;
}

impl Tensors for Tensor {
    fn tensors(&self) -> SmallVec<[&Tensor; 4]> {
        SmallVec::from_slice(&[self])
    }
}

impl<T: Borrow<Tensor>> Tensors for [T] {
    fn tensors(&self) -> SmallVec<[&Tensor; 4]> {
        self.iter().map(T::borrow).collect()
    }
}

impl<T: Borrow<Tensor>, const N: usize> Tensors for [T; N] {
    fn tensors(&self) -> SmallVec<[&Tensor; 4]> {
        self[..].tensors()
    }
}

impl<T: Borrow<Tensor>> Tensors for Vec<T> {
    fn tensors(&self) -> SmallVec<[&Tensor; 4]> {
        self[..].tensors()
    }
}
