//! Shapes: methods that are composed of `reshape`, `permute`, `i`, `broadcast_to`, `concat` and `take`, and have their
//! gradients from them.

mod axes;
mod pad;
mod pieces;
mod repeat;

use ndgrad_array::Shape;

pub use pad::Pad;
pub use pieces::Sections;

/// The number of elements before, along and behind an axis: row-major, any axis is the middle one of three.
pub(crate) fn around(shape: Shape, axis: usize) -> [usize; 3] {
    [shape[..axis].iter().product(), shape[axis], shape[axis + 1..].iter().product()]
}
