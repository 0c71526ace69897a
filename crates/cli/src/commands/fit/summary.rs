//! `Summary`: what a fitted model says, made into a report.

use ndgrad::Result;
use ndgrad::data::Table;
use ndgrad::linear::{Encoding, Family, Inference, Kind, Link, Model, Observations, Scatter};

use super::errors::Errors;
use super::fitted::Fitted;
use crate::columns::Columns;
use crate::number::{count, significant};
use crate::pictures::{self, Effect, Shape};
use crate::report::{Coefficient, HeavyRow, Report};
use crate::row::{Row, Sample};
use crate::units::Units;

/// Effects that are drawn, at most.
const MOST_EFFECTS: usize = 12;

/// The levels of an effect that are drawn, at most.
const MOST_LEVELS: usize = 40;

/// Places at which the effect of a number is computed.
const PLACES: usize = 41;

/// Below so many trusted digits the report warns.
const FEW_DIGITS: f64 = 8.0;

/// Variance inflation that is worth a warning (D. A. Belsley, E. Kuh, R. E. Welsch, *Regression Diagnostics*, 1980,
/// and most textbooks).
const INFLATED: f64 = 10.0;

/// A fitted model and what it was found from.
pub struct Summary<'a> {
    /// The fitted model.
    pub fit: &'a Fitted,
    /// The table, for the lines of its file.
    pub table: &'a Table,
    /// The units of its columns.
    pub units: &'a Units,
}

impl Summary<'_> {
    /// The model and its report.
    pub fn report(&self, encoding: &mut Encoding) -> Result<(Model, Report)> {
        let fit = self.fit;
        let columns = Columns::of(&mut encoding.observations)?;
        let model = self.model(encoding);
        let errors = Errors::of(&mut encoding.observations, fit)?;
        let (sample, loss) = self.rows(&mut encoding.observations)?;
        let mut warnings = std::mem::take(&mut encoding.warnings);
        warnings.extend(self.collinearity());
        let coefficients = self.coefficients(encoding);
        let answer = self.answer(encoding, &coefficients, errors);

        let name = |row: &Row| self.name(encoding, row.row);
        let mut pictures =
            pictures::of_rows(&sample, &encoding.target, self.units, (fit.family, fit.rank), &name);
        let deviations = self.deviations(&columns);
        let axis = self.axis(encoding);
        let level = fit.inference.level;
        pictures.extend(pictures::coefficients(
            &coefficients,
            &deviations,
            &self.scaled_axis(encoding),
            level,
        ));
        for effect in self.effects(encoding, &columns) {
            let x = self.units.axis(&effect.column);
            pictures.push(effect.picture(&encoding.target, &x, &axis, level));
        }
        let report = Report {
            source: self.table.name().to_string(),
            target: encoding.target.clone(),
            answer,
            equation: self.equation(&model),
            scale: scale(fit.link),
            coefficients,
            statistic: fit.inference.statistic(),
            level,
            covariance: fit.inference.covariance.kind.name().into(),
            baselines: baselines(&model),
            parts: vec![errors.part("all", "all, final model")],
            warnings,
            rows: sample.heaviest.iter().map(|row| self.heavy(encoding, row, loss)).collect(),
            pictures,
            ..Report::default()
        };
        Ok((model, report))
    }

    /// The target with its unit, or what its mean is.
    fn axis(&self, encoding: &Encoding) -> String {
        match self.fit.family {
            Family::Binomial => format!("probability of {}", encoding.target),
            _ => self.units.axis(&encoding.target),
        }
    }

    /// What the coefficients change.
    fn scaled_axis(&self, encoding: &Encoding) -> String {
        let target = &encoding.target;
        match self.fit.link {
            Link::Identity => self.axis(encoding),
            Link::Log => format!("the logarithm of {target}"),
            Link::Logit => format!("the log-odds of {target}"),
            Link::Inverse => format!("1 / {target}"),
        }
    }

    fn equation(&self, model: &Model) -> String {
        let equation = model.equation(80);
        let target = model.target();
        match (self.fit.link, equation.strip_prefix(target)) {
            (Link::Identity, _) | (_, None) => equation,
            (link, Some(rest)) => format!("{}({target}){rest}", link.name()),
        }
    }

    fn ones(&self) -> usize {
        usize::from(self.fit.intercept)
    }

    fn model(&self, encoding: &Encoding) -> Model {
        let estimates = self.fit.estimates();
        let mut coefficients = vec![None; self.fit.names.len()];
        for (&column, &estimate) in self.fit.columns.iter().zip(&estimates[self.ones()..]) {
            coefficients[column] = Some(estimate);
        }
        let fit = self.fit;
        let model = encoding.model(if fit.intercept { estimates[0] } else { 0.0 }, &coefficients);
        model.with_scatter(Scatter {
            family: fit.family,
            link: fit.link,
            dispersion: fit.dispersion,
            distribution: fit.inference.distribution,
            covariance: fit.inference.covariance.clone(),
        })
    }

    /// What the model says about each row: some of the rows, and the sum of the losses.
    fn rows(&self, observations: &mut dyn Observations) -> Result<(Sample, f64)> {
        let fit = self.fit;
        let width = observations.names().len();
        let (mut sample, mut sum) = (Sample::default(), 0.0);
        observations.pass(&mut |block| {
            for row in 0..block.rows() {
                let x = &block.x[row * width..][..width];
                let predictor = fit.predictor(x) + block.offset.map_or(0.0, |offset| offset[row]);
                let (actual, weight) = (block.y[row], block.weights.map_or(1.0, |weights| weights[row]));
                let loss = weight * fit.family.unit_deviance(actual, fit.link, predictor);
                sum += loss;
                sample.push(loss, || {
                    let predicted = fit.link.mean(predictor);
                    let slope = fit.link.slope(predictor);
                    let information = weight * slope * slope / fit.family.unit_variance(fit.link, predictor);
                    let variance = fit.classical.variance_of(&fit.design_row(x));
                    let leverage = (information * variance / fit.dispersion).min(1.0);
                    // A row of leverage 1 has no residual to speak of.
                    let left = if leverage < 1.0 - 1e-12 { 1.0 - leverage } else { f64::NAN };
                    let standardized =
                        (actual - predicted).signum() * (loss / (fit.dispersion * left)).sqrt();
                    let cooks_distance = standardized * standardized * leverage / (left * fit.rank as f64);
                    let row = block.first + row as u64;
                    Row { row, actual, predicted, weight, standardized, leverage, cooks_distance, loss }
                });
            }
            Ok(())
        })?;
        Ok((sample, sum))
    }

    fn coefficients(&self, encoding: &Encoding) -> Vec<Coefficient> {
        let fit = self.fit;
        let terms = encoding.terms();
        let coefficient = |(i, term): (usize, &ndgrad::linear::TermEstimate)| {
            let mut c = Coefficient::from(term);
            if let Some(place) = i.checked_sub(self.ones()) {
                c.baseline = terms[fit.columns[place]].baseline.clone();
                c.inflation = fit.inflation.get(place).copied();
            }
            c
        };
        fit.inference.terms.iter().enumerate().map(coefficient).collect()
    }

    /// The deviation of each term's column; NaN for the intercept.
    fn deviations(&self, columns: &Columns) -> Vec<f64> {
        let kept = self.fit.columns.iter().map(|&column| columns.deviations[column]);
        std::iter::repeat_n(f64::NAN, self.ones()).chain(kept).collect()
    }

    /// Columns that follow from others, or nearly.
    fn collinearity(&self) -> Vec<String> {
        let fit = self.fit;
        let aliases = fit.aliases.iter().map(|alias| {
            let name = &fit.names[alias.column];
            let equation = alias.describe(&fit.names);
            format!("{name} was left out, as it follows from the other terms: {equation}")
        });
        let mut warnings: Vec<String> = aliases.collect();
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

    fn answer(&self, encoding: &Encoding, all: &[Coefficient], errors: Errors) -> String {
        let target = &encoding.target;
        let unit = self.units.after(target);
        let rows = count(self.fit.rows as usize, "row");
        let part = errors.part("", "");
        let mut text = match (self.fit.family, part.r2) {
            (Family::Binomial, _) => {
                let (right, usual) = errors.accuracy();
                format!(
                    "The model foresees the outcome of {} of {rows}, where always guessing the commoner one would \
                     foresee {}.",
                    percent(right),
                    percent(usual)
                )
            }
            (_, Some(r2)) => format!(
                "The model explains {} of how {target} varies over {rows}; a typical error is {}{unit}.",
                percent(r2),
                significant(part.rmse, 3)
            ),
            (_, None) => format!("{target} does not vary over {rows}."),
        };
        let terms: Vec<&Coefficient> = all.iter().filter(|c| c.term != Inference::INTERCEPT).collect();
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

    /// What each feature does to the prediction, all columns else at their means.
    fn effects(&self, encoding: &Encoding, columns: &Columns) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut next = 0;
        for feature in &encoding.features {
            let own = next..next + feature.width();
            next = own.end;
            if !own.clone().any(|column| self.fit.columns.contains(&column)) || effects.len() == MOST_EFFECTS
            {
                continue;
            }
            let (shape, rows): (Shape, Vec<Vec<f64>>) = match &feature.kind {
                Kind::Numeric { .. } => {
                    let (low, high) = columns.ranges[own.start];
                    let place = |k: usize| low + (high - low) * k as f64 / (PLACES - 1) as f64;
                    let places: Vec<f64> = (0..PLACES).map(place).collect();
                    let row = |&place: &f64| {
                        let mut row = columns.means.clone();
                        row[own.start] = place;
                        row
                    };
                    let rows = places.iter().map(row).collect();
                    (Shape::Numbers(places), rows)
                }
                Kind::Category { levels, .. } => {
                    let mut column = own.start;
                    let mut rows = Vec::new();
                    for level in levels.iter().take(MOST_LEVELS) {
                        let mut row = columns.means.clone();
                        row[own.clone()].fill(0.0);
                        if level.has_term {
                            row[column] = 1.0;
                            column += 1;
                        }
                        rows.push(row);
                    }
                    let names = levels.iter().take(MOST_LEVELS).map(|level| level.name.clone()).collect();
                    (Shape::Levels(names), rows)
                }
            };
            effects.push(self.effect(&feature.name, shape, &rows));
        }
        effects
    }

    fn effect(&self, column: &str, shape: Shape, rows: &[Vec<f64>]) -> Effect {
        let fit = self.fit;
        let mut effect =
            Effect { column: column.to_string(), shape, predicted: vec![], lower: vec![], upper: vec![] };
        for row in rows {
            let (predictor, half) = (fit.predictor(row), fit.half_interval(&fit.design_row(row)));
            // A link may turn the line around.
            let ends = [predictor - half, predictor + half].map(|end| fit.link.mean(end));
            effect.predicted.push(fit.link.mean(predictor));
            effect.lower.push(ends[0].min(ends[1]));
            effect.upper.push(ends[0].max(ends[1]));
        }
        effect
    }

    fn heavy(&self, encoding: &Encoding, row: &Row, loss: f64) -> HeavyRow {
        let place = encoding.rows[row.row as usize];
        HeavyRow {
            row: place as u64 + 1,
            line: self.table.line(place),
            actual: row.actual,
            predicted: row.predicted,
            share: row.loss / loss,
            leverage: Some(row.leverage).filter(|leverage| leverage.is_finite()),
            standardized: Some(row.standardized).filter(|standardized| standardized.is_finite()),
            cooks_distance: Some(row.cooks_distance).filter(|distance| distance.is_finite()),
        }
    }

    /// A row as pictures name it.
    fn name(&self, encoding: &Encoding, row: u64) -> String {
        let place = encoding.rows[row as usize];
        match self.table.line(place) {
            Some(line) => format!("line {line}"),
            None => format!("row {}", place + 1),
        }
    }
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

fn percent(part: f64) -> String {
    let percent = 100.0 * part;
    if percent > 99.9 && percent < 100.0 { "more than 99.9 %".into() } else { format!("{percent:.1} %") }
}

/// What the indicators of each category are compared with.
fn baselines(model: &Model) -> Vec<String> {
    let baseline = |feature: &ndgrad::linear::Feature| {
        let baseline = feature.terms().first()?.baseline.clone()?;
        Some(format!("{} with {baseline}", feature.name))
    };
    model.features().iter().filter_map(baseline).collect()
}
