//! Ridge, lasso and elastic net.

use ndgrad::linear::{CrossValidation, DesignInfo, Folds, Observations, PathPoint, Penalized, PenalizedPath};

use super::Fit;
use super::data::Data;
use super::fitted::Fitted;
use super::options::{Choice, Penalty};
use super::solved::{Judge, Solved};
use crate::failure::Result;
use crate::number::{count, significant};
use crate::pictures;
use crate::report::{Fact, Value};

/// Parts of the rows that choose the penalty, unless told otherwise.
const FOLDS: u32 = 10;

/// How the penalty is chosen, and what comes of it.
#[derive(Clone)]
struct Search {
    solver: Penalized,
    /// The parts of a cross-validation, unless the penalty is given.
    folds: Option<Folds>,
    choice: Choice,
    level: f64,
}

impl Search {
    /// The whole path, the place of the penalty that was chosen, and what chose it.
    fn run(
        &self,
        rows: &mut dyn Observations,
    ) -> ndgrad::Result<(PenalizedPath, usize, Option<CrossValidation>)> {
        let Some(folds) = &self.folds else {
            return Ok((self.solver.fit(rows)?, 0, None));
        };
        let (path, validation) = self.solver.cross_validate(rows, folds)?;
        let place = match self.choice {
            Choice::Best => validation.best,
            Choice::Simplest => validation.one_standard_error,
        };
        Ok((path, place, Some(validation)))
    }
}

impl Fit {
    /// The lasso's part of a penalty.
    pub(super) fn mix(&self, penalty: Penalty) -> f64 {
        match penalty {
            Penalty::Ridge => 0.0,
            Penalty::Lasso => 1.0,
            Penalty::ElasticNet => self.penalties.mix.unwrap_or(0.5),
        }
    }

    /// Least squares with a penalty on large coefficients.
    pub(super) fn penalized(&self, penalty: Penalty, data: &mut Data, design: &DesignInfo) -> Result<Solved> {
        let mix = self.mix(penalty);
        let mut solver = Penalized::elastic_net(mix);
        if let Some(lambda) = self.penalties.lambda {
            solver = solver.lambdas([lambda])?;
        }
        let folds = self.penalties.folds.unwrap_or(FOLDS);
        let folds = self.penalties.lambda.is_none().then(|| Folds::random(folds as usize, self.seed));
        let search = Search { solver, folds, choice: self.penalties.choose, level: self.level };
        let mut rows = data.observe(design);
        let (path, place, validation) = search.run(&mut rows)?;
        let dropped = rows.dropped();
        let point = &path.points[place];

        let mut solved = Solved::new(Fitted::penalized(&path, point, self.level), name(penalty));
        solved.facts = facts(&path, point, dropped);
        if !point.converged {
            solved.warnings.push("coordinate descent ended before it settled".into());
        }
        let all = Value::Text("coordinate descent on sums of products".into());
        solved.course = vec![Fact::new("solver", "solver", all)];
        if let Some(validation) = &validation {
            let text = format!(
                "{} by {} parts of the rows",
                match self.penalties.choose {
                    Choice::Best => "least error, judged",
                    Choice::Simplest => "largest within a standard error of the least, judged",
                },
                folds_of(validation)
            );
            solved.course.push(Fact::new("choice", "choice of the penalty", Value::Text(text)));
            solved.pictures.push(pictures::validation(validation, place));
            if place + 1 == path.points.len() {
                solved.warnings.push(format!(
                    "the smallest penalty that was tried, {}, did best: hardly any is needed",
                    significant(point.lambda, 3)
                ));
            }
            solved.pictures.extend(pictures::path(&path, place));
        }
        solved.judge = Judge::By(Box::new(move |rows| {
            let (path, place, _) = search.run(rows)?;
            Ok(Fitted::penalized(&path, &path.points[place], search.level))
        }));
        Ok(solved)
    }
}

fn folds_of(validation: &CrossValidation) -> usize {
    validation.part_errors.len()
}

fn name(penalty: Penalty) -> &'static str {
    match penalty {
        Penalty::Ridge => "Ridge regression",
        Penalty::Lasso => "Lasso",
        Penalty::ElasticNet => "Elastic net",
    }
}

fn facts(path: &PenalizedPath, point: &PathPoint, dropped: u64) -> Vec<Fact> {
    let used = format!("{} of {}", point.used, count(path.names.len(), "term"));
    vec![
        Fact::new("rows", "rows used", Value::Count(path.rows)),
        Fact::new("dropped", "rows dropped for missing values", Value::Count(dropped)),
        Fact::new("lambda", "penalty (lambda)", Value::Number(point.lambda)),
        Fact::new("mix", "part of it that is the lasso's", Value::Rough(path.mix)),
        Fact::new("used", "coefficients that are not 0", Value::Text(used)),
        Fact::new("r2", "R2", Value::Part(point.explained)),
    ]
}
