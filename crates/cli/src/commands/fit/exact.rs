//! `--solver exact`: the least squares, and all that they say of themselves.

use ndgrad::Result as NdgradResult;
use ndgrad::data::Table;
use ndgrad::linear::{Encoding, LeastSquares, LinearFit};

use super::summary::Summary;
use super::validation::{cross, hold_out};
use super::{Fit, Outcome};
use crate::failure::Result;
use crate::report::{Fact, Part, Value};

impl Fit {
    /// Solves, judges and explains.
    pub(super) fn solve(&self, table: &Table) -> Result<Outcome> {
        let mut encoding = self.regression().encode(table)?;
        let solver = LeastSquares::new().level(self.level);
        let fit = solver.fit(&mut encoding.observations)?;
        let estimates: Vec<f64> = fit.inference.terms.iter().map(|term| term.estimate).collect();
        let mut warnings = Vec::new();
        let parts = self.judge(&solver, &mut encoding, &fit, &mut warnings)?;

        let units = self.units.clone().unwrap_or_default();
        let summary = Summary { fit: &fit, estimates: &estimates, table, units: &units };
        let (model, mut report) = summary.report(&mut encoding)?;
        report.method = "Least squares, solved exactly".into();
        report.parts.splice(0..0, parts);
        report.warnings.extend(warnings);
        report.course.push(Fact::new("solver", "solver", Value::Text("exact least squares".into())));
        report.course.push(Fact::new("condition", "condition number", Value::Rough(fit.condition)));
        report.course.push(Fact::new(
            "digits",
            "digits that can be trusted",
            Value::Rough(fit.digits.floor()),
        ));
        Ok(Outcome { model, report, interrupted: false })
    }

    /// The errors of models that have not seen all rows.
    fn judge(
        &self,
        solver: &LeastSquares,
        encoding: &mut Encoding,
        fit: &LinearFit,
        warnings: &mut Vec<String>,
    ) -> NdgradResult<Vec<Part>> {
        let rows = &mut encoding.observations;
        let judged = match self.validate {
            Some(folds) => cross(solver, rows, folds, self.seed),
            None if self.hold_out == 0.0 => return Ok(Vec::new()),
            None => hold_out(solver, rows, self.hold_out, self.seed),
        };
        // Where all rows determine the model and fewer do not, there is no judging it.
        judged.or_else(|_| {
            warnings.push(format!(
                "no rows were held back to validate the model: {} are just enough to determine {} coefficients",
                fit.rows, fit.rank
            ));
            Ok(Vec::new())
        })
    }
}
