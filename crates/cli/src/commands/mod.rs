//! The subcommands, one file each.

mod compare;
mod demo;
mod describe;
mod fit;
mod merge;
mod ops;
mod plot;
mod predict;

pub use compare::Compare;
pub use demo::Demo;
pub use describe::Describe;
pub use fit::Fit;
pub use merge::Merge;
pub use ops::Ops;
pub use plot::Plot;
pub use predict::Predict;
