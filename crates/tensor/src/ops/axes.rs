//! `Axes`: which axes a reduction takes away.

use ndgrad_array::{MAX_RANK, OperationError, Result};
use smallvec::SmallVec;

use super::resolve_axis;

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
}
