//! `Solved`: a fit as every solver hands it over, before it is judged and explained.

use ndgrad::Result;
use ndgrad::linear::Observations;

use super::fitted::Fitted;
use crate::report::{Diagnostic, Fact, Part, Picture};

/// What fits the same kind of model to other rows.
pub type Solve = Box<dyn Fn(&mut dyn Observations) -> Result<Fitted>>;

/// How good the predictions for rows are that the model has not seen.
pub enum Judge {
    /// To be found out by fits to parts of the rows.
    By(Solve),
    /// Known already; of no rows, where that would take too long.
    Parts(Vec<Part>),
}

/// A fit, and what is known of it besides.
pub struct Solved {
    /// The model.
    pub fitted: Fitted,
    /// How good its predictions are.
    pub judge: Judge,
    /// What was done: `Least squares`.
    pub method: String,
    /// How good the fit is.
    pub facts: Vec<Fact>,
    /// What the assumptions of the fit look like.
    pub diagnostics: Vec<Diagnostic>,
    /// How it was computed.
    pub course: Vec<Fact>,
    /// What the reader must not overlook.
    pub warnings: Vec<String>,
    /// Pictures of how it was found.
    pub pictures: Vec<Picture>,
    /// The least squares of the same terms, where these are others.
    pub exact: Option<Vec<f64>>,
    /// More files to write, by name.
    pub files: Vec<(&'static str, String)>,
    /// Whether Ctrl-C came before the end.
    pub interrupted: bool,
}

impl Solved {
    /// A fit of which nothing else is known.
    pub fn new(fitted: Fitted, method: impl Into<String>) -> Solved {
        Solved {
            fitted,
            judge: Judge::Parts(Vec::new()),
            method: method.into(),
            facts: Vec::new(),
            diagnostics: Vec::new(),
            course: Vec::new(),
            warnings: Vec::new(),
            pictures: Vec::new(),
            exact: None,
            files: Vec::new(),
            interrupted: false,
        }
    }
}
