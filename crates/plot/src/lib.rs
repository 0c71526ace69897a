//! Pictures: scatter, curves, residuals, the network diagram, as SVG and PNG.
//!
//! ```
//! # fn main() -> ndgrad_array::Result<()> {
//! use ndgrad_plot as plot;
//! # let directory = tempfile::tempdir().unwrap();
//! # std::env::set_current_dir(&directory).unwrap();
//! let (x, y) = ([1.0, 2.0, 3.0], [2.1, 3.9, 6.2]);
//! plot::scatter(&x, &y).save("data.svg")?;
//! # Ok(())
//! # }
//! ```
//!
//! SVG needs nothing but this crate's own font. PNG takes the cargo feature `png`, which adds a rasterizer. Both are
//! the same, byte for byte, on every machine: no font or library of the system takes part.

mod axis;
mod clip;
mod draw;
mod figure;
mod font;
mod layer;
mod legend;
mod network;
mod notes;
mod number;
mod palette;
#[cfg(feature = "png")]
mod png;
mod range;
mod save;
mod scene;
mod series;
mod style;
mod svg;
mod thin;
mod ticks;
mod values;

pub use figure::{Figure, line, scatter};
pub use network::{Network, network};
pub use palette::stylesheet;
pub use values::Values;
