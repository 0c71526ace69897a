//! The pictures of a fit.

mod coefficients;
mod descent;
mod effect;
mod penalties;
mod residuals;
mod smooth;

pub use coefficients::{classes, coefficients};
pub use descent::{loss, losses};
pub use effect::{Effect, Shape};
pub use penalties::{path, validation};
pub use residuals::of_rows;
