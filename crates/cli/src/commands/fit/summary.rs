//! `Summary`: what a fitted model says, made into a report.

use std::path::Path;

use ndgrad::Error;
use ndgrad::linear::{Alias, DesignInfo, Family, FittedModel, Inference, Link, TermEstimate};

use super::data::Data;
use super::effects::effects;
use super::errors::Errors;
use super::fitted::{Cost, Fitted};
use super::places::{Place, Places};
use super::solved::Solved;
use super::survey::Survey;
use super::validation::Judged;
use crate::failure::{Failure, Result};
use crate::number::{count, percent, significant};
use crate::pictures;
use crate::report::{Coefficient, Fact, HeavyRow, Report, Value};
use crate::row::Row;
use crate::units::Units;

/// Below so many trusted digits the report warns.
const FEW_DIGITS: f64 = 8.0;

/// Variance inflation that is worth a warning (D. A. Belsley, E. Kuh, R. E. Welsch, *Regression Diagnostics*, 1980,
/// and most textbooks).
const INFLATED: f64 = 10.0;

/// A fitted model and what it was found from.
pub struct Summary<'a> {
    /// The fitted model.
    pub fit: &'a Fitted,
    /// How rows become numbers.
    pub design: &'a DesignInfo,
    /// The units of columns.
    pub units: &'a Units,
}

impl Solved {
    /// The model and its report.
    pub fn report(
        &mut self,
        data: &mut Data,
        design: &DesignInfo,
        units: &Units,
    ) -> Result<(FittedModel, Report)> {
        let survey = Survey::of(&mut data.observe(design), &mut self.fitted)?;
        let summary = Summary { fit: &self.fitted, design, units };
        summary.check(data.name(), &survey.errors)?;
        summary.report(data, survey, self)
    }
}

impl Summary<'_> {
    fn report(&self, data: &mut Data, survey: Survey, solved: &Solved) -> Result<(FittedModel, Report)> {
        let (fit, design) = (self.fit, self.design);
        let Survey { deviations, errors, sample, loss } = survey;
        let mut wanted: Vec<u64> = sample.shown().iter().map(|row| row.row).collect();
        wanted.dedup();
        let places = Places::of(data, design, &wanted)?;
        let mut model = fit.model(design.clone());
        let mut coefficients = self.coefficients();
        if let Some(exact) = &solved.exact {
            coefficients.iter_mut().zip(exact).for_each(|(c, &exact)| c.exact = Some(exact));
            // The errors are those of the exact answer.
            (model.covariance, model.deviation) = (None, None);
        }
        let target = self.design.outcome();
        let name = |row: &Row| places.rows.get(&row.row).map(Place::name).unwrap_or_default();
        let mut pictures = pictures::of_rows(&sample, &target, self.units, (fit.family, fit.rank()), &name);
        let level = fit.inference.level;
        let kept = fit.columns.iter().map(|&column| deviations[column]);
        let deviations: Vec<f64> = std::iter::repeat_n(f64::NAN, self.ones()).chain(kept).collect();
        pictures.extend(pictures::coefficients(&coefficients, &deviations, &self.scaled_axis(), level));
        for effect in effects(fit, design, &places.inputs) {
            let x = self.units.axis(&effect.column);
            pictures.push(effect.picture(&target, &x, &self.axis(), level));
        }
        let mut warnings = design.warnings().to_vec();
        warnings.extend(self.collinearity());
        let report = Report {
            source: data.name().to_string(),
            answer: self.answer(&coefficients, errors),
            equation: model.equation(80),
            scale: scale(fit.link),
            coefficients,
            statistic: fit.inference.statistic(),
            level,
            covariance: if fit.has_errors() { fit.inference.covariance.kind.name() } else { "none" }.into(),
            baselines: baselines(design),
            parts: vec![errors.part("all", "all, final model")],
            warnings,
            rows: sample.heaviest.iter().map(|row| heavy(row, places.rows.get(&row.row), loss)).collect(),
            pictures,
            target,
            ..Report::default()
        };
        Ok((model, report))
    }

    /// Refuses what no model says anything about.
    fn check(&self, name: &str, errors: &Errors) -> Result<()> {
        let refuse = |message| Err(Failure::Data(Error::content(Path::new(name), message)));
        let target = self.design.outcome();
        if errors.is_constant() && self.fit.intercept {
            return refuse(format!(
                "the target {target:?} is the same in all {}\n    There is nothing to explain; choose another column.",
                count(errors.rows, "row")
            ));
        }
        let (fit, names) = (self.fit, &self.fit.names);
        if fit.columns.is_empty() && (!names.is_empty() || self.design.formula().uses_all()) {
            let reasons = fit.aliases.iter().map(|alias| alias.describe(names));
            let reasons = self.design.warnings().iter().cloned().chain(reasons).collect::<Vec<_>>();
            let why = if reasons.is_empty() { "there is no other column".into() } else { reasons.join("; ") };
            return refuse(format!(
                "no feature is left to predict {target:?} from: {why}\n    Name other features, or add columns or rows."
            ));
        }
        Ok(())
    }

    /// The target with its unit, or what its mean is.
    fn axis(&self) -> String {
        match self.fit.family {
            Family::Binomial => format!("probability of {}", self.design.outcome()),
            _ => self.units.axis(&self.design.outcome()),
        }
    }

    /// What the coefficients change.
    fn scaled_axis(&self) -> String {
        let target = self.design.outcome();
        match self.fit.link {
            Link::Identity => self.axis(),
            Link::Log => format!("the logarithm of {target}"),
            Link::Logit => format!("the log-odds of {target}"),
            Link::Inverse => format!("1 / {target}"),
        }
    }

    fn ones(&self) -> usize {
        usize::from(self.fit.intercept)
    }

    fn coefficients(&self) -> Vec<Coefficient> {
        let (fit, terms) = (self.fit, self.design.terms());
        let coefficient = |(i, term): (usize, &TermEstimate)| {
            let mut c = Coefficient::from(term);
            if let Some(place) = i.checked_sub(self.ones()) {
                c.baseline = terms[fit.columns[place]].baseline.clone();
                c.inflation = fit.inflation.get(place).copied();
            }
            c
        };
        fit.inference.terms.iter().enumerate().map(coefficient).collect()
    }

    /// Columns that follow from others, or nearly.
    fn collinearity(&self) -> Vec<String> {
        let fit = self.fit;
        let mut warnings = left_out(&fit.aliases, &fit.names, fit.rows);
        let digits = fit.digits();
        if digits < FEW_DIGITS {
            warnings.push(format!(
                "the terms are nearly dependent (condition number {}): about {} digits of the coefficients are \
                 determined by the data, the others by how the data were rounded",
                significant(fit.condition, 3),
                digits.floor()
            ));
        }
        let inflated = fit.inflation.iter().zip(&fit.inference.terms[self.ones()..]);
        let mut inflated: Vec<(f64, &str)> = inflated
            .filter(|(factor, _)| **factor > INFLATED)
            .map(|(&factor, term)| (factor, term.term.as_str()))
            .collect();
        inflated.sort_by(|a, b| b.0.total_cmp(&a.0));
        if !inflated.is_empty() {
            let most =
                inflated.iter().take(5).map(|(factor, term)| format!("{term} ({})", significant(*factor, 3)));
            warnings.push(format!(
                "{} {} to a large part explained by other terms, which widens their intervals (variance inflation \
                 over {INFLATED}): {}",
                count(inflated.len(), "term"),
                if inflated.len() == 1 { "is" } else { "are" },
                most.collect::<Vec<_>>().join(", ")
            ));
        }
        warnings
    }

    fn answer(&self, all: &[Coefficient], errors: Errors) -> String {
        let target = &self.design.outcome();
        let unit = self.units.after(target);
        let rows = count(self.fit.rows as usize, "row");
        let part = errors.part("", "");
        let mut text = match (self.fit.family, self.fit.cost, part.r2) {
            (_, Cost::Check(quantile), _) => format!(
                "The model is that of the value that {} of {target} lies below: of {rows}, {} do.",
                percent(quantile),
                percent(errors.below())
            ),
            (Family::Binomial, ..) => {
                let (right, usual) = errors.accuracy();
                format!(
                    "The model foresees the outcome of {} of {rows}, where always guessing the commoner one would \
                     foresee {}.",
                    percent(right),
                    percent(usual)
                )
            }
            (.., Some(r2)) => format!(
                "The model explains {} of how {target} varies over {rows}; a typical error is {}{unit}.",
                percent(r2),
                significant(part.rmse, 3)
            ),
            (.., None) => format!("{target} does not vary over {rows}."),
        };
        let terms: Vec<&Coefficient> = all.iter().filter(|c| c.term != Inference::INTERCEPT).collect();
        if !self.fit.has_errors() || terms.is_empty() {
            return text;
        }
        let clear = terms.iter().filter(|c| c.lower > 0.0 || c.upper < 0.0).count();
        let level = 100.0 * self.fit.inference.level;
        text += &match terms.len() {
            1 if clear == 1 => format!(
                " The effect of {} is not zero, as the data say with {level} % confidence.",
                terms[0].term
            ),
            1 => format!(" Whether {} has any effect the data leave open.", terms[0].term),
            many if clear == many => {
                format!(" The data tell the direction of all {many} effects, with {level} % confidence.")
            }
            many => format!(
                " The data tell the direction of {clear} of {many} effects, with {level} % confidence."
            ),
        };
        text
    }
}

fn heavy(row: &Row, place: Option<&Place>, loss: f64) -> HeavyRow {
    let finite = |number: f64| Some(number).filter(|number| number.is_finite());
    HeavyRow {
        row: place.map_or(row.row, |place| place.row) + 1,
        line: place.and_then(|place| place.line),
        actual: row.actual,
        predicted: row.predicted,
        share: row.loss / loss,
        leverage: finite(row.leverage),
        standardized: finite(row.standardized),
        cooks_distance: finite(row.cooks_distance),
    }
}

/// The columns that have no coefficient, and why, in so many rows.
pub fn left_out(aliases: &[Alias], names: &[String], rows: u64) -> Vec<String> {
    let sentence = |alias: &Alias| {
        let why = match alias.terms.is_empty() {
            true => format!(": it is the same in all {}", count(rows as usize, "row")),
            false => ", as it follows from the other terms".into(),
        };
        format!("feature {:?} was left out{why}: {}", names[alias.column], alias.describe(names))
    };
    aliases.iter().map(sentence).collect()
}

/// What the report says of the numbers themselves.
pub fn numbers(fit: &Fitted) -> Vec<Fact> {
    if fit.condition.is_nan() {
        return Vec::new();
    }
    vec![
        Fact::new("condition", "condition number", Value::Rough(fit.condition)),
        Fact::new("digits", "digits that can be trusted", Value::Rough(fit.digits().floor())),
    ]
}

/// How to read coefficients that are not those of the target itself.
fn scale(link: Link) -> Option<String> {
    let text = match link {
        Link::Identity => return None,
        Link::Log => {
            "Estimates add to the logarithm of the prediction: one unit more of a term multiplies the prediction by \
             exp(estimate)."
        }
        Link::Logit => {
            "Estimates add to the log-odds: one unit more of a term multiplies the odds, p / (1 - p), by \
             exp(estimate)."
        }
        Link::Inverse => "Estimates add to the inverse of the prediction.",
    };
    Some(text.into())
}

/// What the indicators of each category are compared with.
pub fn baselines(design: &DesignInfo) -> Vec<String> {
    let mut baselines: Vec<String> = Vec::new();
    for term in design.terms() {
        if let (Some(baseline), Some((feature, _))) = (&term.baseline, term.name.rsplit_once('[')) {
            let text = format!("{feature} with {baseline}");
            if !baselines.contains(&text) {
                baselines.push(text);
            }
        }
    }
    baselines
}
