//! `Shape`: the sizes of an array's axes, held inline.

use std::fmt;
use std::ops::Deref;

/// The largest number of axes that an array may have.
///
/// A fixed limit keeps shapes on the stack: an eager operation allocates nothing to describe its result.
pub const MAX_RANK: usize = 8;

/// The sizes of an array's axes, outermost first. A scalar has none.
///
/// ```
/// use ndgrad_array::Shape;
/// let shape = Shape::from([10_000, 2]);
/// assert_eq!(shape.rank(), 2);
/// assert_eq!(shape.size(), 20_000);
/// assert_eq!(shape.to_string(), "[10000, 2]");
/// ```
#[derive(Clone, Copy)]
pub struct Shape {
    /// 0 beyond the rank.
    sizes: [usize; MAX_RANK],
    rank: Rank,
}

/// The number of axes, of which the compiler knows that it is not larger than [`MAX_RANK`]: no slice of sizes is checked.
/// As wide as a size, so that a shape has no gaps: a gap is copied with what was written beside it a moment ago, and waits
/// for that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
enum Rank {
    R0,
    R1,
    R2,
    R3,
    R4,
    R5,
    R6,
    R7,
    R8,
}

impl Rank {
    const ALL: [Rank; MAX_RANK + 1] =
        [Rank::R0, Rank::R1, Rank::R2, Rank::R3, Rank::R4, Rank::R5, Rank::R6, Rank::R7, Rank::R8];
}

impl Shape {
    /// The shape of a single number: no axes, one element.
    pub const SCALAR: Shape = Shape { sizes: [0; MAX_RANK], rank: Rank::R0 };

    /// A shape with these sizes.
    ///
    /// # Panics
    /// With more than [`MAX_RANK`] sizes.
    #[inline]
    #[track_caller]
    pub fn new(sizes: &[usize]) -> Shape {
        assert!(sizes.len() <= MAX_RANK, "shape: {} axes; an array has at most {MAX_RANK}", sizes.len());
        let mut shape = Shape { sizes: [0; MAX_RANK], rank: Rank::ALL[sizes.len()] };
        shape.sizes[..sizes.len()].copy_from_slice(sizes);
        shape
    }

    /// The number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.rank as usize
    }

    /// The number of elements: the product of the sizes, 1 for a scalar.
    #[inline]
    pub fn size(&self) -> usize {
        match self[..] {
            [] => 1,
            [size] => size,
            [rows, columns] => rows * columns,
            _ => self.size_of_many(),
        }
    }

    /// Apart, so that the usual ranks need no loop.
    #[inline(never)]
    fn size_of_many(&self) -> usize {
        self.iter().product()
    }

    /// Replaces the size of one axis.
    #[inline]
    pub(crate) fn set(&mut self, axis: usize, size: usize) {
        self.sizes[axis] = size;
    }

    /// The shape with one more axis of this size at `axis`.
    ///
    /// # Panics
    /// When there are [`MAX_RANK`] axes already, or `axis` is beyond their end.
    #[inline]
    #[track_caller]
    pub fn insert(&self, axis: usize, size: usize) -> Shape {
        let rank = self.rank();
        assert!(rank < MAX_RANK, "shape: {} axes; an array has at most {MAX_RANK}", rank + 1);
        assert!(axis <= rank, "shape: no place {axis} among {rank} axes");
        let mut shape = *self;
        shape.sizes.copy_within(axis..rank, axis + 1);
        shape.sizes[axis] = size;
        shape.rank = Rank::ALL[rank + 1];
        shape
    }

    /// The shape without the axis `axis`.
    ///
    /// # Panics
    /// When there is no such axis.
    #[inline]
    #[track_caller]
    pub fn remove(&self, axis: usize) -> Shape {
        let rank = self.rank();
        assert!(axis < rank, "shape: no axis {axis} among {rank}");
        let mut shape = *self;
        shape.sizes.copy_within(axis + 1..rank, axis);
        shape.sizes[rank - 1] = 0;
        shape.rank = Rank::ALL[rank - 1];
        shape
    }

    /// The common shape of two operands: axes are aligned from the last, and a size of 1 stretches to the
    /// other's. `None` if two sizes differ and neither is 1.
    ///
    /// This is NumPy's rule ("General broadcasting rules" of its user guide).
    #[inline]
    pub fn broadcast(&self, other: &Shape) -> Option<Shape> {
        let (long, short) = if self.rank >= other.rank { (self, other) } else { (other, self) };
        let mut shape = *long;
        let sizes = &mut shape.sizes[..long.rank()];
        for (size, &other) in sizes.iter_mut().rev().zip(short.iter().rev()) {
            if *size == 1 {
                *size = other;
            } else if *size != other && other != 1 {
                return None;
            }
        }
        Some(shape)
    }
}

impl Deref for Shape {
    type Target = [usize];

    #[inline]
    fn deref(&self) -> &[usize] {
        &self.sizes[..self.rank as usize]
    }
}

impl PartialEq for Shape {
    /// Most shapes have one or two axes, so they are compared one by one.
    #[inline]
    fn eq(&self, other: &Shape) -> bool {
        self.rank == other.rank && self.iter().zip(other.iter()).all(|(a, b)| a == b)
    }
}

impl Eq for Shape {}

impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, other: &[usize; N]) -> bool {
        self[..] == other[..]
    }
}

impl From<usize> for Shape {
    fn from(size: usize) -> Shape {
        Shape::new(&[size])
    }
}

impl From<()> for Shape {
    fn from(_: ()) -> Shape {
        Shape::SCALAR
    }
}

impl From<&[usize]> for Shape {
    #[track_caller]
    fn from(sizes: &[usize]) -> Shape {
        Shape::new(sizes)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[track_caller]
    fn from(sizes: [usize; N]) -> Shape {
        Shape::new(&sizes)
    }
}

impl FromIterator<usize> for Shape {
    /// # Panics
    /// With more than [`MAX_RANK`] sizes.
    #[inline]
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Shape {
        let mut shape = Shape::SCALAR;
        for size in sizes {
            let rank = shape.rank();
            assert!(rank < MAX_RANK, "shape: more than {MAX_RANK} axes");
            shape.sizes[rank] = size;
            shape.rank = Rank::ALL[rank + 1];
        }
        shape
    }
}

impl From<&Shape> for Shape {
    fn from(shape: &Shape) -> Shape {
        *shape
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self[..], f)
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_aligns_from_the_last_axis() {
        let broadcast =
            |a: &[usize], b: &[usize]| Shape::new(a).broadcast(&Shape::new(b)).map(|s| s.to_vec());
        assert_eq!(broadcast(&[4, 1], &[3]), Some(vec![4, 3]));
        assert_eq!(broadcast(&[], &[2, 0]), Some(vec![2, 0]));
        assert_eq!(broadcast(&[0], &[1]), Some(vec![0]));
        assert_eq!(broadcast(&[8, 1, 6, 1], &[7, 1, 5]), Some(vec![8, 7, 6, 5]));
        assert_eq!(broadcast(&[2], &[3]), None);
        assert_eq!(broadcast(&[2, 1], &[8, 4, 3]), None);
    }

    #[test]
    fn axes_come_and_go() {
        let shape = Shape::from([2, 3]);
        assert_eq!(shape.insert(0, 5), [5, 2, 3]);
        assert_eq!(shape.insert(2, 5).remove(0), [3, 5]);
        assert_eq!(shape.insert(1, 5).remove(1), shape);
    }

    #[test]
    #[should_panic(expected = "9 axes; an array has at most 8")]
    fn too_many_axes_are_refused() {
        Shape::new(&[1; 9]);
    }
}
