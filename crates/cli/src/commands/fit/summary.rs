//! `Summary`: what least squares say, made into a report.

use ndgrad::Result;
use ndgrad::data::Table;
use ndgrad::linear::{Encoding, Inference, Kind, LinearFit, Model, Observations};

use super::validation::Errors;
use crate::columns::Columns;
use crate::number::{count, significant};
use crate::pictures::{self, Effect, Shape};
use crate::report::{Coefficient, Fact, HeavyRow, Report, Value};
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

/// Least squares, the estimates to report and what they were found from.
pub struct Summary<'a> {
    /// The least squares.
    pub fit: &'a LinearFit,
    /// The coefficients to report, in the order of the fit's terms.
    pub estimates: &'a [f64],
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
        let (sample, errors, loss) = self.rows(&mut encoding.observations)?;
        let mut warnings = std::mem::take(&mut encoding.warnings);
        warnings.extend(self.collinearity());
        let coefficients = self.coefficients(encoding);
        let all = errors.part("all", "all, final model");
        let (rmse, r2) = (all.rmse, all.r2);

        let name = |row: &Row| self.name(encoding, row.row);
        let mut pictures = pictures::of_rows(&sample, &encoding.target, self.units, fit.rank, &name);
        let deviations = self.deviations(&columns);
        let axis = self.units.axis(&encoding.target);
        let level = fit.inference.level;
        pictures.extend(pictures::coefficients(&coefficients, &deviations, &axis, level));
        for effect in self.effects(encoding, &columns) {
            let x = self.units.axis(&effect.column);
            pictures.push(effect.picture(&encoding.target, &x, &axis, level));
        }
        let report = Report {
            source: self.table.name().to_string(),
            target: encoding.target.clone(),
            answer: self.answer(encoding, &coefficients, rmse, r2),
            equation: model.equation(80),
            facts: self.facts(encoding),
            coefficients,
            statistic: fit.inference.statistic(),
            level,
            covariance: fit.inference.covariance.kind.name().into(),
            baselines: baselines(&model),
            parts: vec![all],
            warnings,
            rows: sample.heaviest.iter().map(|row| self.heavy(encoding, row, loss)).collect(),
            pictures,
            ..Report::default()
        };
        Ok((model, report))
    }

    fn has_intercept(&self) -> usize {
        usize::from(self.fit.has_intercept())
    }

    fn model(&self, encoding: &Encoding) -> Model {
        let ones = self.has_intercept();
        let mut coefficients = vec![None; self.fit.names.len()];
        for (&column, &estimate) in self.fit.columns().iter().zip(&self.estimates[ones..]) {
            coefficients[column] = Some(estimate);
        }
        encoding.model(if ones == 1 { self.estimates[0] } else { 0.0 }, &coefficients)
    }

    /// What the model says about each row: some of the rows, all errors, and the sum of the losses.
    fn rows(&self, observations: &mut dyn Observations) -> Result<(Sample, Errors, f64)> {
        let fit = self.fit;
        let width = observations.names().len();
        let deviation = fit.deviation.unwrap_or(f64::NAN);
        let (mut sample, mut errors, mut sum) = (Sample::default(), Errors::default(), 0.0);
        observations.pass(&mut |block| {
            for row in 0..block.rows() {
                let design = fit.design_row(&block.x[row * width..][..width]);
                let offset = block.offset.map_or(0.0, |offset| offset[row]);
                let predicted = offset + design.iter().zip(self.estimates).map(|(x, c)| x * c).sum::<f64>();
                let (actual, weight) = (block.y[row], block.weights.map_or(1.0, |weights| weights[row]));
                errors.push(actual, predicted, weight);
                let residual = actual - predicted;
                let loss = weight * residual * residual;
                sum += loss;
                sample.push(loss, || {
                    let variance = fit.inference.covariance.variance_of(&design);
                    let leverage = (weight * variance / (deviation * deviation)).min(1.0);
                    // A row of leverage 1 has no residual to speak of.
                    let left = if leverage < 1.0 - 1e-12 { 1.0 - leverage } else { f64::NAN };
                    let standardized = residual * (weight / left).sqrt() / deviation;
                    let cooks_distance = standardized * standardized * leverage / (left * fit.rank as f64);
                    let row = block.first + row as u64;
                    Row { row, actual, predicted, weight, standardized, leverage, cooks_distance, loss }
                });
            }
            Ok(())
        })?;
        Ok((sample, errors, sum))
    }

    fn coefficients(&self, encoding: &Encoding) -> Vec<Coefficient> {
        let fit = self.fit;
        let ones = self.has_intercept();
        let terms = encoding.terms();
        let reach = fit.inference.distribution.upper_quantile(0.5 * (1.0 - fit.inference.level));
        let coefficient = |(i, (term, &estimate)): (usize, (&ndgrad::linear::TermEstimate, &f64))| {
            let mut c = Coefficient::from(term);
            if estimate != term.estimate {
                c.estimate = estimate;
                c.statistic = estimate / term.std_error;
                c.p_value = fit.inference.distribution.two_sided(c.statistic);
                c.lower = estimate - reach * term.std_error;
                c.upper = estimate + reach * term.std_error;
            }
            if i >= ones {
                c.baseline = terms[fit.columns()[i - ones]].baseline.clone();
                c.inflation = fit.variance_inflation.get(i - ones).copied();
            }
            c
        };
        fit.inference.terms.iter().zip(self.estimates).enumerate().map(coefficient).collect()
    }

    /// The deviation of each term's column; NaN for the intercept.
    fn deviations(&self, columns: &Columns) -> Vec<f64> {
        let kept = self.fit.columns().iter().map(|&column| columns.deviations[column]);
        std::iter::repeat_n(f64::NAN, self.has_intercept()).chain(kept).collect()
    }

    fn facts(&self, encoding: &Encoding) -> Vec<Fact> {
        let fit = self.fit;
        let test = fit.f_test.as_ref();
        vec![
            Fact::new("rows", "rows used", Value::Count(fit.rows)),
            Fact::new("dropped", "rows dropped for missing values", Value::Count(encoding.dropped as u64)),
            Fact::new("rank", "coefficients", Value::Count(fit.rank as u64)),
            Fact::new(
                "degrees_of_freedom",
                "degrees of freedom",
                Value::Count(fit.degrees_of_freedom as u64),
            ),
            Fact::of("deviation", "residual standard deviation", Value::Number, fit.deviation),
            Fact::of("log_likelihood", "log-likelihood", Value::Number, fit.log_likelihood),
            Fact::of("r2", "R2", Value::Part, fit.r2),
            Fact::of("adjusted_r2", "adjusted R2", Value::Part, fit.adjusted_r2),
            Fact::of("f_statistic", "F statistic", Value::Number, test.map(|test| test.statistic)),
            Fact::of("f_p_value", "p of F", Value::Probability, test.map(|test| test.p_value)),
            Fact::of("aic", "AIC", Value::Number, fit.aic),
            Fact::of("bic", "BIC", Value::Number, fit.bic),
        ]
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
        if fit.digits < FEW_DIGITS {
            warnings.push(format!(
                "the terms are nearly dependent (condition number {}): about {} digits of the coefficients are \
                 determined by the data, the others by how the data were rounded",
                significant(fit.condition, 3),
                fit.digits.floor()
            ));
        }
        let ones = self.has_intercept();
        let inflated = fit.variance_inflation.iter().zip(&fit.inference.terms[ones..]);
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

    fn answer(&self, encoding: &Encoding, all: &[Coefficient], rmse: f64, r2: Option<f64>) -> String {
        let target = &encoding.target;
        let unit = self.units.after(target);
        let rows = count(self.fit.rows as usize, "row");
        let mut text = match r2 {
            Some(r2) => format!("The model explains {} of how {target} varies over {rows}", percent(r2)),
            None => format!("{target} does not vary over {rows}"),
        };
        text += &format!("; a typical error is {}{unit}.", significant(rmse, 3));
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
            if !own.clone().any(|column| self.fit.columns().contains(&column))
                || effects.len() == MOST_EFFECTS
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
        let inference = &self.fit.inference;
        let reach = inference.distribution.upper_quantile(0.5 * (1.0 - inference.level));
        let mut effect =
            Effect { column: column.to_string(), shape, predicted: vec![], lower: vec![], upper: vec![] };
        for row in rows {
            let design = self.fit.design_row(row);
            let predicted: f64 = design.iter().zip(self.estimates).map(|(x, c)| x * c).sum();
            let half = reach * inference.covariance.variance_of(&design).max(0.0).sqrt();
            effect.predicted.push(predicted);
            effect.lower.push(predicted - half);
            effect.upper.push(predicted + half);
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
