//! Linear models: exact least squares, stochastic gradient descent, models that predict.

mod design;
mod double_double;
pub mod exact;
pub mod metrics;
mod solution;
mod triangle;

pub use exact::LeastSquares;
pub use solution::{Alias, Estimate, Solution};
