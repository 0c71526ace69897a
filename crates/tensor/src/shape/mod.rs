//! Shapes: methods that are composed of `reshape`, `permute`, `i`, `broadcast_to`, `concat` and `take`, and have their
//! gradients from them.

mod axes;
mod pad;
mod pieces;
mod repeat;

pub use pad::Pad;
pub use pieces::Sections;
