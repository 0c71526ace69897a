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
        let chosen = self.resolve(name, rank)?;
        let (gone, kept) = (0..rank).partition(|&axis| chosen[axis]);
        Ok(Partition { kept, gone })
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

/// The axes that stay and those that go, each in rising order.
pub(super) struct Partition {
    pub kept: SmallVec<[usize; MAX_RANK]>,
    pub gone: SmallVec<[usize; MAX_RANK]>,
}

impl Partition {
    /// Those that stay, then those that go.
    pub fn order(&self) -> SmallVec<[usize; MAX_RANK]> {
        self.kept.iter().chain(&self.gone).copied().collect()
    }

    /// How many elements of a tensor of this shape are taken together.
    pub fn count(&self, shape: &Shape) -> usize {
        self.gone.iter().map(|&axis| shape[axis]).product()
    }

    /// What a reduction makes of this shape.
    pub fn reduced(&self, shape: &Shape, keepdims: bool) -> Shape {
        let size = |axis: usize| if self.gone.contains(&axis) { 1 } else { shape[axis] };
        let axes = (0..shape.rank()).filter(|axis| keepdims || self.kept.contains(axis));
        Shape::new(&axes.map(size).collect::<SmallVec<[usize; MAX_RANK]>>())
    }
}
