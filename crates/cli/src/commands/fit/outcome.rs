//! `Outcome`: what a solver hands over to be saved and printed.

use ndgrad::linear::Model;

use crate::report::Report;

/// A model and what is to be said about it.
pub struct Outcome {
    /// The model.
    pub model: Model,
    /// What is to be said about it.
    pub report: Report,
    /// Whether Ctrl-C came before the end.
    pub interrupted: bool,
}
