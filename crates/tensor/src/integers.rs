//! `Integers`: one or several whole numbers, written as the caller likes.

use ndgrad_array::Shape;
use smallvec::SmallVec;

/// One whole number or several: axes, sizes. Negative ones count from the end or stand for "what is left", as
/// each operation says.
pub trait Integers {
    /// The numbers.
    fn integers(self) -> SmallVec<[isize; 8]>;
}

macro_rules! integers {
    ($($number:ty),*) => {$(
        impl Integers for $number {
            #[inline]
            fn integers(self) -> SmallVec<[isize; 8]> {
                SmallVec::from_slice(&[self as isize])
            }
        }

        impl<const N: usize> Integers for [$number; N] {
            #[inline]
            fn integers(self) -> SmallVec<[isize; 8]> {
                self.iter().map(|&number| number as isize).collect()
            }
        }

        impl Integers for &[$number] {
            #[inline]
            fn integers(self) -> SmallVec<[isize; 8]> {
                self.iter().map(|&number| number as isize).collect()
            }
        }
    )*};
}

integers!(i32, isize, usize);

impl Integers for Shape {
    #[inline]
    fn integers(self) -> SmallVec<[isize; 8]> {
        (&self[..]).integers()
    }
}
