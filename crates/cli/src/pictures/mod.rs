//! The pictures of a fit.

mod coefficients;
mod descent;
mod effect;
mod residuals;
mod smooth;

pub use coefficients::coefficients;
pub use descent::loss;
pub use effect::{Effect, Shape};
pub use residuals::of_rows;
