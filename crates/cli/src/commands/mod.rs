//! The subcommands, one file each.

mod compare;
mod demo;
mod fit;
mod ops;
mod plot;
mod predict;

pub use compare::Compare;
pub use demo::Demo;
pub use fit::Fit;
pub use ops::Ops;
pub use plot::Plot;
pub use predict::Predict;
