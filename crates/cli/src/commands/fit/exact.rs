//! The solvers that find the best coefficients: least squares, and likelihoods by Newton's steps.

use ndgrad::Result as NdgradResult;
use ndgrad::data::Table;
use ndgrad::linear::diagnostics::Kept;
use ndgrad::linear::{
    CovarianceKind, Encoding, Family, GeneralizedFit, GeneralizedLinear, LeastSquares, Link, Observations,
};

use super::facts;
use super::fitted::Fitted;
use super::summary::Summary;
use super::validation::{Solve, cross, hold_out};
use super::{Fit, Outcome};
use crate::failure::Result;
use crate::report::{Fact, Part, Report, Value};

impl Fit {
    /// Solves, judges and explains.
    pub(super) fn solve(&self, table: &Table) -> Result<Outcome> {
        if self.family == Family::Gaussian && self.link() == Link::Identity {
            self.solve_linear(table)
        } else {
            self.solve_generalized(table)
        }
    }

    fn solve_linear(&self, table: &Table) -> Result<Outcome> {
        let mut encoding = self.regression().encode(table)?;
        let solver = LeastSquares::new().level(self.level);
        let fit = solver.fit(&mut encoding.observations)?;
        let inference = fit.inference_of(self.covariance, &mut encoding.observations)?;
        let fitted = Fitted::from(&fit).with_inference(inference);
        let solve: Solve<'_> = &|rows| Ok(Fitted::from(&solver.fit(rows)?));
        let mut outcome = self.explain(table, &mut encoding, &fitted, solve)?;

        let report = &mut outcome.report;
        report.method = "Least squares, solved exactly".into();
        report.facts = facts::of_linear(&fit, encoding.dropped);
        if fit.degrees_of_freedom > 0 {
            let kept = Kept { sample: 0, extremes: 0 };
            let found = fit.diagnose(&mut encoding.observations, kept)?;
            let robust = self.covariance != CovarianceKind::Classical;
            report.diagnostics = facts::tests(&found, robust);
        }
        report.course.insert(0, Fact::new("solver", "solver", Value::Text("exact least squares".into())));
        Ok(outcome)
    }

    fn solve_generalized(&self, table: &Table) -> Result<Outcome> {
        let mut encoding = self.regression().encode(table)?;
        let solver = GeneralizedLinear::new(self.family).link(self.link()).level(self.level);
        let fit = solver.fit(&mut encoding.observations)?;
        let mut fitted = Fitted::from(&fit);
        if self.covariance != CovarianceKind::Classical {
            let robust = solver.clone().covariance(self.covariance).fit(&mut encoding.observations)?;
            fitted = fitted.with_inference(robust.inference);
        }
        let solve: Solve<'_> = &|rows| Ok(Fitted::from(&solver.fit(rows)?));
        let mut outcome = self.explain(table, &mut encoding, &fitted, solve)?;

        let report = &mut outcome.report;
        report.method = method(&fit);
        report.facts = facts::of_generalized(&fit, encoding.dropped);
        if !fit.converged {
            report.warnings.push(format!(
                "the iterations ended after {} without settling: the coefficients are only where they ended",
                fit.iterations.len()
            ));
        }
        let steps = fit.iterations.len() as u64;
        report.course.splice(
            0..0,
            [
                Fact::new("solver", "solver", Value::Text("iteratively reweighted least squares".into())),
                Fact::new("iterations", "iterations", Value::Count(steps)),
            ],
        );
        Ok(outcome)
    }

    /// The link that was asked for, or the family's usual one.
    pub(super) fn link(&self) -> Link {
        self.link.unwrap_or_else(|| self.family.link())
    }

    fn explain(
        &self,
        table: &Table,
        encoding: &mut Encoding,
        fitted: &Fitted,
        solve: Solve<'_>,
    ) -> Result<Outcome> {
        let mut warnings = Vec::new();
        let parts = self.judge(solve, &mut encoding.observations, fitted, &mut warnings)?;
        let units = self.units.clone().unwrap_or_default();
        let (model, mut report) = Summary { fit: fitted, table, units: &units }.report(encoding)?;
        report.parts.splice(0..0, parts);
        report.warnings.extend(warnings);
        describe_numbers(&mut report, fitted);
        Ok(Outcome { model, report, interrupted: false })
    }

    /// The errors of models that have not seen all rows.
    fn judge(
        &self,
        solve: Solve<'_>,
        rows: &mut dyn Observations,
        fit: &Fitted,
        warnings: &mut Vec<String>,
    ) -> NdgradResult<Vec<Part>> {
        let judged = match self.validate {
            Some(folds) => cross(solve, rows, folds, self.seed),
            None if self.hold_out == 0.0 => return Ok(Vec::new()),
            None => hold_out(solve, rows, self.hold_out, self.seed),
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

fn method(fit: &GeneralizedFit) -> String {
    match (fit.family, fit.link) {
        (Family::Binomial, Link::Logit) => "Logistic regression".into(),
        (Family::Poisson, Link::Log) => "Poisson regression".into(),
        (family, link) => format!("Generalized linear model, {family} with {link} link"),
    }
}

fn describe_numbers(report: &mut Report, fit: &Fitted) {
    report.course.push(Fact::new("condition", "condition number", Value::Rough(fit.condition)));
    report.course.push(Fact::new("digits", "digits that can be trusted", Value::Rough(fit.digits().floor())));
}
