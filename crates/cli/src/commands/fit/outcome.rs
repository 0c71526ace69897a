//! `Outcome`: what a fit hands over to be saved and printed.

use crate::report::Report;
use crate::saved::Saved;

/// A model and what is to be said about it.
pub struct Outcome {
    /// The model.
    pub model: Saved,
    /// What is to be said about it.
    pub report: Report,
    /// More files to write, by name.
    pub files: Vec<(&'static str, String)>,
    /// Whether Ctrl-C came before the end.
    pub interrupted: bool,
}
