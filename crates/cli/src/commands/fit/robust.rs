//! Losses that are not moved by a few rows far off: Huber's, and those of quantiles.

use ndgrad::linear::{DesignInfo, Huber, QuantileRegression};

use super::data::Data;
use super::exact::unsettled;
use super::fitted::Fitted;
use super::solved::{Judge, Solved};
use super::{Fit, facts};
use crate::failure::Result;
use crate::report::{Fact, Value};

impl Fit {
    /// Huber's regression.
    pub(super) fn huber(&self, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        let solver = Huber::new().level(self.level);
        let mut rows = data.observe(design);
        let fit = solver.fit(&mut rows)?;
        let mut solved = Solved::new(Fitted::from(&fit), "Huber's robust regression");
        solved.facts = vec![
            Fact::new("rows", "rows used", Value::Count(fit.rows)),
            Fact::new("dropped", "rows dropped for missing values", Value::Count(rows.dropped())),
            Fact::new(
                "degrees_of_freedom",
                "degrees of freedom",
                Value::Count(fit.degrees_of_freedom as u64),
            ),
            Fact::new("scale", "scale of the errors", Value::Number(fit.scale)),
            Fact::new("threshold", "errors count less from", Value::Number(fit.threshold * fit.scale)),
            Fact::new("beyond", "rows beyond that", Value::Count(fit.beyond)),
        ];
        if !fit.converged {
            solved.warnings.push(unsettled(fit.iterations.len()));
        }
        solved.course = facts::solver("iteratively reweighted least squares", fit.iterations.len());
        solved.judge = Judge::By(Box::new(move |rows| Ok(Fitted::from(&solver.fit(rows)?))));
        Ok(solved)
    }

    /// Quantile regression.
    pub(super) fn quantile(&self, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        let solver = QuantileRegression::new(self.quantile.unwrap_or(0.5)).level(self.level);
        let mut rows = data.observe(design);
        let fit = solver.fit(&mut rows)?;
        let method = match fit.quantile {
            0.5 => "Median regression".to_string(),
            quantile => format!("Quantile regression, {quantile}"),
        };
        let mut solved = Solved::new(Fitted::from(&fit), method);
        solved.facts = vec![
            Fact::new("rows", "rows used", Value::Count(fit.rows)),
            Fact::new("dropped", "rows dropped for missing values", Value::Count(rows.dropped())),
            Fact::new(
                "degrees_of_freedom",
                "degrees of freedom",
                Value::Count(fit.degrees_of_freedom as u64),
            ),
            Fact::new("quantile", "quantile", Value::Rough(fit.quantile)),
            Fact::new("check_loss", "sum of check losses", Value::Number(fit.loss)),
            Fact::new("pseudo_r2", "pseudo R2 (Koenker, Machado)", Value::Part(fit.pseudo_r2())),
        ];
        solved.course = facts::solver("interior point method", fit.steps);
        solved.judge = Judge::By(Box::new(move |rows| Ok(Fitted::from(&solver.fit(rows)?))));
        Ok(solved)
    }
}
