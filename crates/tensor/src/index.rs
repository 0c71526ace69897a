//! Indexing: `x.i(0)`, `x.i((.., 1))`, `x.i(2..5)`, `x.i((ELLIPSIS, -1))`, `x.i((.., NEW_AXIS))`.

use std::ops::{Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

use ndgrad_array::{Layout, MAX_RANK, OperationError, Shape};
use smallvec::SmallVec;

/// What is taken of one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    /// One position, counted from the end if negative; the axis goes.
    At(isize),
    /// Positions from `start` to before `end`, each counted from the end if negative. With a negative `step` the
    /// range is walked from its last position backwards.
    Range {
        /// The first position; the axis's first if not given.
        start: Option<isize>,
        /// The position after the last; the axis's size if not given.
        end: Option<isize>,
        /// The distance between neighbours; not 0.
        step: isize,
    },
    /// As many whole axes as the other indices leave over; at most once. Written [`ELLIPSIS`].
    Ellipsis,
    /// No axis of the tensor: one of size 1 is put in. Written [`NEW_AXIS`].
    NewAxis,
}

/// All axes that the other indices leave over: `x.i((ELLIPSIS, 0))` takes the first position along the last axis,
/// however many there are. NumPy's `...`.
pub const ELLIPSIS: Index = Index::Ellipsis;

/// A new axis of size 1: `x.i((.., NEW_AXIS))` makes a column of a vector. NumPy's `newaxis`.
pub const NEW_AXIS: Index = Index::NewAxis;

impl Index {
    /// The whole axis.
    pub const ALL: Index = Index::Range { start: None, end: None, step: 1 };

    /// A range with this distance between neighbours.
    ///
    /// ```
    /// use ndgrad_tensor::{Index, Tensor};
    /// let x = Tensor::linspace(0.0, 9.0, 10);
    /// assert_eq!(x.i(Index::from(1..8).step(3)).to_vec::<f32>(), [1.0, 4.0, 7.0]);
    /// assert_eq!(x.i(Index::from(..).step(-4)).to_vec::<f32>(), [9.0, 5.0, 1.0]);
    /// ```
    pub fn step(self, step: isize) -> Index {
        match self {
            Index::Range { start, end, .. } => Index::Range { start, end, step },
            other => other,
        }
    }

    /// Applies this index to one axis of a layout.
    fn apply(self, name: &str, layout: &Layout, axis: usize) -> Result<Layout, OperationError> {
        let size = layout.shape()[axis];
        let refused = |rule: String, value: String| {
            OperationError::new(name, rule).operand(&format!("index {axis}"), value, "").operand(
                "tensor",
                layout.shape(),
                format!("has {size} along axis {axis}"),
            )
        };
        let from_start = |position: isize| if position < 0 { position + size as isize } else { position };
        match self {
            Index::Ellipsis | Index::NewAxis => Ok(*layout),
            Index::At(position) => {
                let at = from_start(position);
                if (0..size as isize).contains(&at) {
                    return Ok(layout.select(axis, at as usize));
                }
                Err(refused("index out of bounds".into(), position.to_string()))
            }
            Index::Range { step: 0, .. } => Err(refused("a step of 0 goes nowhere".into(), "step 0".into())),
            Index::Range { start, end, step } => {
                let first = from_start(start.unwrap_or(0));
                let last = end.map_or(size as isize, from_start);
                if first < 0 || last > size as isize || first > last {
                    let text =
                        |bound: Option<isize>| bound.map(|bound| bound.to_string()).unwrap_or_default();
                    let value = format!("{}..{}", text(start), text(end));
                    return Err(refused("range out of bounds".into(), value));
                }
                let count = ((last - first) as usize).div_ceil(step.unsigned_abs());
                let begin = if step > 0 { first } else { last - 1 };
                Ok(layout.slice(axis, begin.max(0) as usize, count, step))
            }
        }
    }
}

/// The layout after applying one index per axis, in order; axes without one are taken whole. `name` is that of the
/// operation, for messages.
pub(crate) fn indexed(name: &str, layout: &Layout, indices: &[Index]) -> Result<Layout, OperationError> {
    let shape: &Shape = layout.shape();
    let refused = |rule: &str| {
        OperationError::new(name, rule).operand("indices", indices.len(), "").operand(
            "tensor",
            shape,
            format!("has {} axes", shape.rank()),
        )
    };
    let count = |kind: fn(&Index) -> bool| indices.iter().filter(|index| kind(index)).count();
    let (dots, added) = (count(|index| *index == ELLIPSIS), count(|index| *index == NEW_AXIS));
    let Some(left) = shape.rank().checked_sub(indices.len() - dots - added) else {
        return Err(refused("more indices than axes"));
    };
    if dots > 1 {
        return Err(refused("more than one ellipsis, so that none says where it ends"));
    }
    let mut result = *layout;
    // From the last axis on, so that an axis that goes does not move those still to come.
    let mut axis = if dots == 1 { shape.rank() } else { shape.rank() - left };
    for index in indices.iter().rev() {
        match index {
            Index::Ellipsis => axis -= left,
            Index::NewAxis => {}
            index => {
                axis -= 1;
                if *index != Index::ALL {
                    result = index.apply(name, &result, axis)?;
                }
            }
        }
    }
    if added == 0 {
        return Ok(result);
    }
    if result.shape().rank() + added > MAX_RANK {
        return Err(refused("a tensor has at most 8 axes"));
    }
    // New axes last, when the others are known: fewer axes at a time.
    let mut axis = 0;
    for index in indices {
        match index {
            Index::At(_) => {}
            Index::Range { .. } => axis += 1,
            Index::Ellipsis => axis += left,
            Index::NewAxis => {
                result = result.expand(axis);
                axis += 1;
            }
        }
    }
    Ok(result)
}

macro_rules! index_from {
    ($($number:ty),*) => {$(
        impl From<$number> for Index {
            fn from(position: $number) -> Index {
                Index::At(whole(position))
            }
        }

        impl From<Range<$number>> for Index {
            fn from(range: Range<$number>) -> Index {
                Index::Range { start: Some(whole(range.start)), end: Some(whole(range.end)), step: 1 }
            }
        }

        impl From<RangeFrom<$number>> for Index {
            fn from(range: RangeFrom<$number>) -> Index {
                Index::Range { start: Some(whole(range.start)), end: None, step: 1 }
            }
        }

        impl From<RangeTo<$number>> for Index {
            fn from(range: RangeTo<$number>) -> Index {
                Index::Range { start: None, end: Some(whole(range.end)), step: 1 }
            }
        }

        impl From<RangeInclusive<$number>> for Index {
            fn from(range: RangeInclusive<$number>) -> Index {
                Index::Range { start: Some(whole(*range.start())), end: after(whole(*range.end())), step: 1 }
            }
        }

        impl From<RangeToInclusive<$number>> for Index {
            fn from(range: RangeToInclusive<$number>) -> Index {
                Index::Range { start: None, end: after(whole(range.end)), step: 1 }
            }
        }
    )*};
}

index_from!(i32, isize, usize);

/// The end of a range that includes `last`; after the last position (-1) comes the end of the axis.
fn after(last: isize) -> Option<isize> {
    if last == -1 { None } else { Some(last.saturating_add(1)) }
}

/// A number as a position. What is beyond every axis stays beyond it, and does not come round to count from the end.
fn whole(number: impl TryInto<isize>) -> isize {
    number.try_into().unwrap_or(isize::MAX)
}

impl From<RangeFull> for Index {
    fn from(_: RangeFull) -> Index {
        Index::ALL
    }
}

/// One index, or a tuple of up to eight, one per axis from the first on; or a slice of [`Index`].
pub trait IntoIndices {
    /// The indices.
    fn indices(self) -> SmallVec<[Index; 4]>;
}

impl<I: Into<Index>> IntoIndices for I {
    fn indices(self) -> SmallVec<[Index; 4]> {
        SmallVec::from_slice(&[self.into()])
    }
}

impl IntoIndices for &[Index] {
    fn indices(self) -> SmallVec<[Index; 4]> {
        SmallVec::from_slice(self)
    }
}

macro_rules! indices_of_tuples {
    ($($name:ident),*) => {
        impl<$($name: Into<Index>),*> IntoIndices for ($($name,)*) {
            #[allow(non_snake_case)]
            fn indices(self) -> SmallVec<[Index; 4]> {
                let ($($name,)*) = self;
                SmallVec::from_slice(&[$($name.into()),*])
            }
        }
    };
}

indices_of_tuples!(A);
indices_of_tuples!(A, B);
indices_of_tuples!(A, B, C);
indices_of_tuples!(A, B, C, D);
indices_of_tuples!(A, B, C, D, E);
indices_of_tuples!(A, B, C, D, E, F);
indices_of_tuples!(A, B, C, D, E, F, G);
indices_of_tuples!(A, B, C, D, E, F, G, H);
