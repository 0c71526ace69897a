//! S12 and S13: from a file of rows to exact coefficients, in one pass, and how much memory that takes.

use ndgrad::data::{Options, Source};
use ndgrad::linear::{DesignOptions, Formula, LeastSquares, LinearFit};

use crate::report::{Report, peak_memory, timed};
use crate::settings::{case_names, folder};

/// Measures a workload on files of this ending: the second of two fits counts, as it does for the others.
pub fn run(workload: &str, ending: &str) {
    for case in case_names() {
        let path = folder().join(format!("{case}.{ending}"));
        let fit = || -> ndgrad::Result<LinearFit> {
            let source = Source::open(&path, &Options::new())?;
            source.attempt(|| {
                let design = Formula::all("y").learn(&mut &source, &DesignOptions::default())?;
                LeastSquares::new().fit(&mut design.observe(&source))
            })
        };
        let fit = || fit().unwrap_or_else(|error| panic!("{error}"));
        fit();
        let (seconds, fit) = timed(fit);
        let squares = fit.inference.terms.iter().map(|term| term.estimate * term.estimate);
        let check = Some(squares.sum::<f64>().sqrt());
        let variant = "file to exact fit";
        let report = |case: &str, figure, unit| {
            Report { workload, case, variant, figure, unit, check }.print();
        };
        report(&case, seconds * 1e3, "ms");
        report(&format!("{case}, memory"), peak_memory() / 1e6, "MB");
    }
}
