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
        let gone = match self {
            Axes::All => (1 << rank) - 1,
            Axes::Some(_) => (0..rank)
                .zip(self.resolve(name, rank)?)
                .fold(0, |bits, (axis, gone)| bits | (gone as u32) << axis),
        };
        Ok(Partition { gone, rank })
    }
}

/// How many elements of a tensor are taken together along these axes.
///
/// # Panics
/// At the caller's line, when there are no such axes or the dtype is none of these.
#[track_caller]
pub(super) fn count_along(name: &str, dtypes: DTypes, x: &Tensor, axes: &Axes) -> usize {
    match check_dtype(name, dtypes, &x.spec()).and_then(|()| axes.partition(name, x.rank())) {
        Ok(parts) => parts.count(&x.shape()),
        Err(error) => refuse(error),
    }
}

/// The axes that stay and those that go.
#[derive(Clone, Copy)]
pub(super) struct Partition {
    /// A bit for each axis, the first one's the lowest: whether it goes.
    gone: u32,
    rank: usize,
}

impl Partition {
    #[inline]
    fn goes(&self, axis: usize) -> bool {
        self.gone >> axis & 1 == 1
    }

    fn axes(&self, gone: bool) -> impl Iterator<Item = usize> {
        let own = *self;
        (0..own.rank).filter(move |&axis| own.goes(axis) == gone)
    }

    /// How many axes stay.
    #[inline]
    pub fn kept(&self) -> usize {
        self.rank - self.gone.count_ones() as usize
    }

    /// Whether no axis that stays comes after one that goes.
    #[inline]
    pub fn is_ordered(&self) -> bool {
        self.gone >> self.kept() << self.kept() == self.gone
    }

    /// Those that stay, then those that go, each in rising order.
    pub fn order(&self) -> SmallVec<[usize; MAX_RANK]> {
        self.axes(false).chain(self.axes(true)).collect()
    }

    /// How many elements of a tensor of this shape are taken together.
    #[inline]
    pub fn count(&self, shape: &Shape) -> usize {
        shape.iter().enumerate().map(|(axis, &size)| if self.goes(axis) { size } else { 1 }).product()
    }

    /// What a reduction makes of this shape.
    #[inline]
    pub fn reduced(&self, shape: &Shape, keepdims: bool) -> Shape {
        if self.kept() == 0 && !keepdims {
            return Shape::SCALAR;
        }
        let sizes = (0..self.rank).filter(|&axis| keepdims || !self.goes(axis));
        sizes.map(|axis| if self.goes(axis) { 1 } else { shape[axis] }).collect()
    }
}

/// Axes, whether they stay, and shapes: everything that a reduction may meet.
pub(super) fn axes_cases(nothing: bool) -> Vec<(Axes, bool, &'static [usize])> {
    let some = |axes: &[isize]| Axes::Some(SmallVec::from_slice(axes));
    let mut cases: Vec<(Axes, bool, &[usize])> = vec![
        (Axes::All, false, &[]),
        (Axes::All, false, &[2, 3]),
        (some(&[0]), false, &[3, 2]),
        (some(&[-1]), true, &[2, 3]),
        (some(&[0, 2]), false, &[2, 3, 2]),
        (some(&[1]), true, &[2, 3, 2]),
        (some(&[1]), false, &[2, 1, 2]),
        (some(&[]), false, &[2, 2]),
        (some(&[1]), false, &[0, 2]),
    ];
    if nothing {
        cases.extend::<[(Axes, bool, &[usize]); 2]>([
            (Axes::All, false, &[0, 3]),
            (some(&[0]), false, &[0, 2]),
        ]);
    }
    cases
}
