//! `Axes`: which axes a reduction takes away.

use ndgrad_array::{DTypes, MAX_RANK, OperationError, Result, Shape};
use smallvec::SmallVec;

use super::{check_dtype, refuse, resolve_axis};
use crate::Tensor;

/// The axes that a reduction takes away: all, or some, counted from the end if negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Axes {
    /// Every axis.
    All,
    /// These.
    Some(SmallVec<[isize; 8]>),
}

impl Axes {
    /// For each axis of a tensor with this many whether it is meant.
    pub fn resolve(&self, name: &str, rank: usize) -> Result<[bool; MAX_RANK], OperationError> {
        let mut chosen = [false; MAX_RANK];
        match self {
            Axes::All => chosen[..rank].fill(true),
            Axes::Some(axes) => {
                for &axis in axes {
                    let at = resolve_axis(name, axis, rank)?;
                    if std::mem::replace(&mut chosen[at], true) {
                        return Err(
                            OperationError::new(name, "an axis is named twice").operand("axis", axis, "")
                        );
                    }
                }
            }
        }
        Ok(chosen)
    }

    /// The axes that stay and those that go, of a tensor with this many.
    pub(super) fn partition(&self, name: &str, rank: usize) -> Result<Partition, OperationError> {
        Ok(Partition { gone: self.resolve(name, rank)?, rank })
    }
}

/// How many elements of a tensor are taken together along these axes.
///
/// # Panics
/// At the caller's line, when there are no such axes or the dtype is none of these.
#[track_caller]
pub(super) fn count_along(name: &str, dtypes: DTypes, x: &Tensor, axes: &Axes) -> usize {
    match check_dtype(name, dtypes, x.spec()).and_then(|()| axes.partition(name, x.rank())) {
        Ok(parts) => parts.count(&x.shape()),
        Err(error) => refuse(error),
    }
}

/// The axes that stay and those that go.
#[derive(Clone, Copy)]
pub(super) struct Partition {
    gone: [bool; MAX_RANK],
    rank: usize,
}

impl Partition {
    fn axes(&self, gone: bool) -> impl Iterator<Item = usize> {
        let Partition { gone: goes, rank } = *self;
        (0..rank).filter(move |&axis| goes[axis] == gone)
    }

    /// How many axes stay.
    pub fn kept(&self) -> usize {
        self.axes(false).count()
    }

    /// Whether no axis that stays comes after one that goes.
    pub fn is_ordered(&self) -> bool {
        self.gone[..self.rank].is_sorted()
    }

    /// Those that stay, then those that go, each in rising order.
    pub fn order(&self) -> SmallVec<[usize; MAX_RANK]> {
        self.axes(false).chain(self.axes(true)).collect()
    }

    /// How many elements of a tensor of this shape are taken together.
    pub fn count(&self, shape: &Shape) -> usize {
        self.axes(true).map(|axis| shape[axis]).product()
    }

    /// What a reduction makes of this shape.
    pub fn reduced(&self, shape: &Shape, keepdims: bool) -> Shape {
        let sizes = (0..self.rank).filter(|&axis| keepdims || !self.gone[axis]);
        sizes.map(|axis| if self.gone[axis] { 1 } else { shape[axis] }).collect()
    }
}
