//! The solvers that find the best coefficients: least squares, and likelihoods by Newton's steps.

use ndgrad::Error;
use ndgrad::linear::diagnostics::Kept;
use ndgrad::linear::{
    CovarianceKind, DesignInfo, Family, GeneralizedFit, GeneralizedLinear, LeastSquares, Link,
};

use super::data::Data;
use super::fitted::Fitted;
use super::solved::{Judge, Solved};
use super::{Fit, facts};
use crate::failure::{Failure, Result};
use crate::number::count;
use crate::report::{Fact, Value};

impl Fit {
    /// Least squares.
    pub(super) fn least_squares(&self, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        let solver = LeastSquares::new().level(self.level);
        if let Some(path) = &self.save_stats {
            // By cells, so that parts of the data with other levels can be added.
            let mut statistics = solver.statistics(&mut data.observe(&design.cells()?))?;
            statistics.set_description(design.to_json().to_string());
            statistics.save(path)?;
        }
        let mut rows = data.observe(design);
        let fit = solver.fit(&mut rows)?;
        let fitted = match self.covariance() {
            CovarianceKind::Classical => Fitted::from(&fit),
            kind => Fitted::from(&fit).with_inference(fit.inference_of(kind, &mut rows)?),
        };
        let mut solved = Solved::new(fitted, "Least squares, solved exactly");
        solved.facts = facts::of_linear(&fit, Some(rows.dropped()));
        if fit.degrees_of_freedom > 0 {
            let found = fit.diagnose(&mut rows, Kept { sample: 0, extremes: 0 })?;
            solved.diagnostics = facts::tests(&found, self.covariance() != CovarianceKind::Classical);
        }
        solved.course = vec![Fact::new("solver", "solver", Value::Text("exact least squares".into()))];
        solved.judge = Judge::By(Box::new(move |rows| Ok(Fitted::from(&solver.fit(rows)?))));
        Ok(solved)
    }

    /// A generalized linear model.
    pub(super) fn generalized(&self, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        if let Some(levels) = design.target_levels().filter(|levels| levels.len() != 2) {
            return Err(Failure::Data(Error::Data(format!(
                "the target {:?} has {}, and --family binomial takes two\n    Choose --family multinomial.",
                design.target(),
                count(levels.len(), "level")
            ))));
        }
        let solver = GeneralizedLinear::new(self.family()).link(self.link()).level(self.level);
        let mut rows = data.observe(design);
        let fit = solver.fit(&mut rows)?;
        let mut fitted = Fitted::from(&fit);
        if self.covariance() != CovarianceKind::Classical {
            let robust = solver.clone().covariance(self.covariance()).fit(&mut rows)?;
            fitted = fitted.with_inference(robust.inference);
        }
        let mut solved = Solved::new(fitted, method(&fit));
        solved.facts = facts::of_generalized(&fit, rows.dropped());
        if !fit.converged {
            solved.warnings.push(unsettled(fit.iterations.len()));
        }
        solved.course = facts::solver("iteratively reweighted least squares", fit.iterations.len());
        solved.judge = Judge::By(Box::new(move |rows| Ok(Fitted::from(&solver.fit(rows)?))));
        Ok(solved)
    }
}

/// The warning of iterations that ended too early.
pub fn unsettled(iterations: usize) -> String {
    format!(
        "the iterations ended after {iterations} without settling: the coefficients are only where they ended"
    )
}

fn method(fit: &GeneralizedFit) -> String {
    match (fit.family, fit.link) {
        (Family::Binomial, Link::Logit) => "Logistic regression".into(),
        (Family::Poisson, Link::Log) => "Poisson regression".into(),
        (family, link) => format!("Generalized linear model, {family} with {link} link"),
    }
}
