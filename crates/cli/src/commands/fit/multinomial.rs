//! Models of classes: multinomial logistic regression, exact or by descent.

use ndgrad::Result as NdgradResult;
use ndgrad::linear::{DesignInfo, Loss, Multinomial, MultinomialFit, MultinomialModel, Observations};

use super::data::Data;
use super::descent::NO_ERRORS;
use super::exact::unsettled;
use super::facts::solver as solver_facts;
use super::fitted::without_errors;
use super::options::Solver;
use super::outcome::Outcome;
use super::survey::Columns;
use super::validation::Judged;
use super::{Fit, left_out};
use crate::failure::{Failure, Result};
use crate::number::{count, percent, significant};
use crate::pictures;
use crate::report::{Coefficient, Fact, Part, Report, Value};
use crate::saved::Saved;
use crate::units::Units;

/// How often classes are foreseen.
struct Foreseen {
    rows: usize,
    weight: f64,
    /// The weight of the rows of each class, and of those that were foreseen.
    classes: Vec<[f64; 2]>,
    /// Minus twice the log-likelihood.
    deviance: f64,
}

impl Foreseen {
    /// Of no row yet, of so many classes.
    fn new(classes: usize) -> Foreseen {
        Foreseen { rows: 0, weight: 0.0, classes: vec![[0.0; 2]; classes], deviance: 0.0 }
    }

    /// Takes a row with what was foreseen of it.
    fn push(&mut self, class: usize, probabilities: &[f64], weight: f64) {
        let right = MultinomialModel::likeliest(probabilities) == class;
        self.rows += 1;
        self.weight += weight;
        self.classes[class][0] += weight;
        self.classes[class][1] += if right { weight } else { 0.0 };
        self.deviance -= 2.0 * weight * probabilities[class].max(f64::MIN_POSITIVE).ln();
    }

    /// Reads rows once, and hands what their columns hold to `visit`.
    fn survey(
        rows: &mut dyn Observations,
        model: &MultinomialModel,
        mut visit: impl FnMut(&[f64]),
    ) -> NdgradResult<Foreseen> {
        let width = rows.names().len();
        let mut found = Foreseen::new(model.classes.len());
        rows.pass(&mut |block| {
            for row in 0..block.rows() {
                let x = &block.x[row * width..][..width];
                visit(x);
                found.push(block.y[row] as usize, &model.probabilities_of(x), block.weight(row));
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn right(&self) -> f64 {
        self.classes.iter().map(|class| class[1]).sum::<f64>() / self.weight
    }

    /// The part of the rows that are of the commonest class.
    fn usual(&self) -> f64 {
        self.classes.iter().map(|class| class[0]).fold(0.0, f64::max) / self.weight
    }
}

impl Judged for Foreseen {
    type Model = MultinomialModel;

    fn of(rows: &mut dyn Observations, model: &MultinomialModel) -> NdgradResult<Foreseen> {
        Foreseen::survey(rows, model, |_| ())
    }

    fn add(self, other: Foreseen) -> Foreseen {
        let classes = self.classes.iter().zip(&other.classes);
        Foreseen {
            rows: self.rows + other.rows,
            weight: self.weight + other.weight,
            classes: classes.map(|(a, b)| [a[0] + b[0], a[1] + b[1]]).collect(),
            deviance: self.deviance + other.deviance,
        }
    }

    fn rows(&self) -> usize {
        self.rows
    }

    fn part(&self, key: &'static str, name: &'static str) -> Part {
        Part {
            key,
            name,
            rows: self.rows,
            rmse: f64::NAN,
            mae: f64::NAN,
            r2: None,
            deviance: Some(self.deviance / self.weight),
            log_loss: Some(0.5 * self.deviance / self.weight),
            accuracy: Some(self.right()),
        }
    }
}

impl Fit {
    /// Fits a model of classes, judges and explains it.
    pub(super) fn multinomial(&self, data: &mut Data, design: &DesignInfo, units: &Units) -> Result<Outcome> {
        let Some(classes) = design.target_levels().map(<[String]>::to_vec) else {
            let target = design.target();
            return Err(Failure::Usage(format!(
                "--family multinomial needs classes, and {target:?} holds numbers\n    \
                 Declare it a category: --categories {target}"
            )));
        };
        let mut report = Report {
            source: data.name().to_string(),
            target: design.target(),
            level: self.level,
            statistic: "z",
            warnings: design.warnings().to_vec(),
            baselines: vec![format!("{} with {}", design.target(), classes[0])],
            scale: Some(
                "Estimates add to the log-odds of a class against the first: one unit more of a term multiplies these \
                 odds by exp(estimate)."
                    .into(),
            ),
            ..Report::default()
        };
        let (mut files, mut interrupted) = (Vec::new(), false);
        let (model, inference) = if self.solver == Solver::Exact {
            let solver = Multinomial::new(classes.clone()).covariance(self.covariance()).level(self.level);
            let mut rows = data.observe(design);
            let fit = solver.fit(&mut rows)?;
            report.facts = facts(&fit, rows.dropped());
            report.method = "Multinomial logistic regression".into();
            report.covariance = fit.inference.covariance.kind.name().into();
            report.course = solver_facts("Newton's method", fit.iterations.len());
            report.course.push(Fact::new("condition", "condition number", Value::Rough(fit.condition)));
            if !fit.converged {
                report.warnings.push(unsettled(fit.iterations.len()));
            }
            report.warnings.extend(left_out(&fit.aliases, &fit.names, fit.rows));
            let solve = |rows: &mut dyn Observations| {
                let fit = Multinomial::new(classes.clone()).fit(rows)?;
                Ok(MultinomialModel::new(design.clone(), &fit))
            };
            let (parts, doubt) = self.judged::<Foreseen>(&solve, &mut rows);
            report.parts = parts;
            report.warnings.extend(doubt);
            (MultinomialModel::new(design.clone(), &fit), fit.inference)
        } else {
            let descended = self.descended(Loss::Multinomial(classes.len()), data, design)?;
            let model = MultinomialModel::descent(design.clone(), &descended.state);
            files.push(descended.file());
            interrupted = descended.interrupted;
            report.method = "Multinomial regression by mini-batches".into();
            report.covariance = "none".into();
            report.warnings.push(NO_ERRORS.into());
            report.facts = descended.facts;
            report.course = descended.course;
            report.pictures.extend(descended.picture);
            let inference = without_errors(model.terms(), &model.coefficients, self.level);
            (model, inference)
        };
        let mut columns = Columns::new(design.names().len());
        let all = Foreseen::survey(&mut data.observe(design), &model, |row| columns.push(row))?;
        report.parts.push(all.part("all", "all, final model"));
        report.answer = format!(
            "The model foresees the class of {} of {}, where always guessing the commonest would foresee {}.",
            percent(all.right()),
            count(all.rows, "row"),
            percent(all.usual())
        );
        report.equation = equation(&model);
        report.coefficients = inference.terms.iter().map(Coefficient::from).collect();
        let deviations = deviations(&model, &columns.deviations());
        let scale = format!("the log-odds against {}", classes[0]);
        report.pictures.extend(pictures::coefficients(&report.coefficients, &deviations, &scale, self.level));
        let right: Vec<f64> = all.classes.iter().map(|class| class[1] / class[0]).collect();
        report.pictures.push(pictures::classes(&classes, &right, &units.axis(&report.target)));
        Ok(Outcome { model: Saved::Classes(Box::new(model)), report, files, interrupted })
    }
}

/// The deviation of the column of each coefficient; NaN for intercepts.
fn deviations(model: &MultinomialModel, columns: &[f64]) -> Vec<f64> {
    let ones = usize::from(model.design.has_intercept());
    let own = model.columns.iter().map(|&column| columns[column]);
    let own: Vec<f64> = std::iter::repeat_n(f64::NAN, ones).chain(own).collect();
    own.iter().copied().cycle().take(model.coefficients.len()).collect()
}

/// A line for each class but the first.
fn equation(model: &MultinomialModel) -> String {
    let ones = usize::from(model.design.has_intercept());
    let size = ones + model.columns.len();
    let line = |(class, own): (&String, &[f64])| {
        let terms = model.columns.iter().zip(&own[ones..]);
        let terms = terms.map(|(&column, &b)| {
            let sign = if b < 0.0 { '-' } else { '+' };
            format!(" {sign} {} {}", significant(b.abs(), 4), model.design.names()[column])
        });
        let intercept = own[..ones].iter().map(|b| format!(" {}", significant(*b, 4))).collect::<String>();
        let odds = format!("log(P({class}) / P({})) =", model.classes[0]);
        format!("{odds}{intercept}{}", terms.collect::<String>())
    };
    let lines = model.classes[1..].iter().zip(model.coefficients.chunks_exact(size.max(1))).map(line);
    lines.collect::<Vec<_>>().join("\n")
}

fn facts(fit: &MultinomialFit, dropped: u64) -> Vec<Fact> {
    let test = fit.likelihood_ratio.as_ref();
    vec![
        Fact::new("rows", "rows used", Value::Count(fit.rows)),
        Fact::new("dropped", "rows dropped for missing values", Value::Count(dropped)),
        Fact::new("classes", "classes", Value::Count(fit.classes.len() as u64)),
        Fact::new("rank", "coefficients", Value::Count(fit.rank as u64)),
        Fact::of("deviance", "deviance", Value::Number, fit.deviance),
        Fact::of("log_likelihood", "log-likelihood", Value::Number, fit.log_likelihood),
        Fact::of("mc_fadden_r2", "McFadden's R2", Value::Part, fit.mc_fadden_r2()),
        Fact::of("likelihood_ratio", "likelihood ratio", Value::Number, test.map(|test| test.statistic)),
        Fact::of("lr_p_value", "p of it", Value::Probability, test.map(|test| test.p_value)),
        Fact::of("aic", "AIC", Value::Number, fit.aic),
        Fact::of("bic", "BIC", Value::Number, fit.bic),
    ]
}
