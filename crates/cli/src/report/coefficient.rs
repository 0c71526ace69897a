//! `Coefficient`: a term of the model, as reports show it.

use ndgrad::linear::TermEstimate;

/// A term of the model.
#[derive(Clone, Debug)]
pub struct Coefficient {
    /// `(intercept)`, `flipper_length_mm`, `species[Chinstrap]`.
    pub term: String,
    /// What an indicator is compared with.
    pub baseline: Option<String>,
    /// The coefficient.
    pub estimate: f64,
    /// Its standard error; NaN where there is none, as are the four numbers that follow from it.
    pub std_error: f64,
    /// The estimate over its standard error.
    pub statistic: f64,
    /// The probability of a statistic at least that large if the true coefficient were 0.
    pub p_value: f64,
    /// The low end of the interval.
    pub lower: f64,
    /// The high end of the interval.
    pub upper: f64,
    /// The least squares of the same rows, where the estimate was found in steps.
    pub exact: Option<f64>,
    /// By how much the dependency on other terms inflates its variance.
    pub inflation: Option<f64>,
}

impl From<&TermEstimate> for Coefficient {
    fn from(term: &TermEstimate) -> Coefficient {
        Coefficient {
            term: term.term.clone(),
            baseline: None,
            estimate: term.estimate,
            std_error: term.std_error,
            statistic: term.statistic,
            p_value: term.p_value,
            lower: term.lower,
            upper: term.upper,
            exact: None,
            inflation: None,
        }
    }
}
