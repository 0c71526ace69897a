//! Linear models: exact least squares, stochastic gradient descent, models that predict.

mod design;
mod double_double;
mod encode;
pub mod exact;
mod feature;
pub mod metrics;
mod solution;
mod text;
mod triangle;

pub use encode::Missing;
pub use exact::LeastSquares;
pub use feature::{Feature, Kind, Level, Term};
pub use solution::{Alias, Estimate, Solution};
