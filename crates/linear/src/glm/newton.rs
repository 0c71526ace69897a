//! Iteratively reweighted least squares: Newton's method, with the curvature that is expected at the means.
//!
//! Source: P. McCullagh, J. A. Nelder, Generalized Linear Models (2nd edition, 1989), section 2.5. A step is the solution of
//! `R'R d = X's`, with the score `s` summed at the present parameters, so that what is lost in the factor `R` makes
//! a step a little longer or shorter, and no digit of the answer wrong.

use super::family::Family;
use super::fit::Iteration;
use super::link::Link;
use super::separation;
use crate::alias::take_out_dependent;
use crate::double_double::DoubleDouble;
use crate::observations::Observations;
use crate::solution::Alias;
use crate::standard::Standard;
use crate::weighted::{Normal, Pull, Row, Tally, pass};
use ndgrad_array::{Error, Result};

/// Halvings of one step, after which it is no longer one.
const MOST_HALVINGS: usize = 40;

/// A deviance that grows by less than this part did so by rounding.
const ROUNDING: f64 = 1e-11;

/// A linear predictor this far out, after [`SUSPICIOUS_ITERATIONS`], may be on its way to infinity.
const SUSPICIOUS: f64 = 9.0;
const SUSPICIOUS_ITERATIONS: usize = 8;

/// How to minimize.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newton {
    pub family: Family,
    pub link: Link,
    pub most_iterations: usize,
    /// The longest last step, in standard errors.
    pub tolerance: f64,
}

/// What is summed beside score and curvature.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub deviance: DoubleDouble,
    pub pearson: DoubleDouble,
    pub constant: DoubleDouble,
    /// The largest size of a linear predictor.
    pub farthest: f64,
    /// Whether some mean was none that the family has.
    pub outside: bool,
}

impl Tally for Sums {
    fn merge(&mut self, later: Self) {
        self.deviance += later.deviance;
        self.pearson += later.pearson;
        self.constant += later.constant;
        self.farthest = self.farthest.max(later.farthest);
        self.outside |= later.outside;
    }
}

/// Where the iterations ended.
pub(crate) struct Course {
    pub parameters: Vec<f64>,
    pub normal: Normal<Sums>,
    pub aliases: Vec<Alias>,
    pub iterations: Vec<Iteration>,
    pub converged: bool,
}

impl Newton {
    /// What a row adds at its linear predictor.
    pub(crate) fn visit(&self, row: &Row, sums: &mut Sums) -> Pull {
        let at = self.link.at(row.predictor);
        if !self.family.allows(&at) {
            sums.outside = true;
            return Pull::default();
        }
        let (error, variance) = (row.y - at.mean, self.family.variance(&at));
        let ratio = row.weight * (at.slope / variance);
        sums.deviance += (row.weight * self.family.deviance(row.y, &at)).into();
        sums.pearson += (row.weight * error * error / variance).into();
        sums.constant += self.family.constant(row.y, row.weight).into();
        sums.farthest = sums.farthest.max(row.predictor.abs());
        Pull { curvature: ratio * at.slope, score: ratio * error }
    }

    /// What it adds at a mean near its target.
    fn start(&self, row: &Row) -> Pull {
        let predictor = self.link.predictor(self.family.start(row.y, row.weight, self.link));
        let at = self.link.at(predictor);
        if !self.family.allows(&at) {
            return Pull::default();
        }
        let curvature = row.weight * at.slope * (at.slope / self.family.variance(&at));
        Pull { curvature, score: curvature * (predictor - row.offset + (row.y - at.mean) / at.slope) }
    }

    fn evaluate(
        &self,
        observations: &mut dyn Observations,
        standard: &Standard,
        parameters: &[f64],
    ) -> Result<Normal<Sums>> {
        pass(observations, standard, parameters, |row, sums| self.visit(row, sums))
    }

    /// The model of the intercept alone, or, without one, of nothing.
    pub(crate) fn null(&self, observations: &mut dyn Observations, standard: &Standard) -> Result<Course> {
        let mut standard = standard.without_columns();
        if standard.intercept && standard.has_offset {
            return self.minimize(observations, &mut standard, None);
        }
        let mean = standard.intercept.then(|| self.link.predictor(standard.target_mean));
        let parameters = Vec::from_iter(mean);
        let normal = self.evaluate(observations, &standard, &parameters)?;
        Ok(Course { parameters, normal, aliases: Vec::new(), iterations: Vec::new(), converged: true })
    }

    /// From means near the targets, or, if that fails, from the null model. Columns that depend on others are taken out of
    /// `standard`.
    pub(crate) fn minimize(
        &self,
        observations: &mut dyn Observations,
        standard: &mut Standard,
        null: Option<&Course>,
    ) -> Result<Course> {
        let mut start = pass(observations, standard, &[], |row, (): &mut ()| self.start(row))?;
        let (aliases, gone) = take_out_dependent(&mut start.triangle, standard);
        let mut place = 0;
        start.score.retain(|_| {
            place += 1;
            !gone.contains(&(place - 1))
        });
        let mut parameters = start.step();
        let mut current = self.evaluate(observations, standard, &parameters)?;
        let worse =
            null.is_some_and(|null| !null.normal.tally.outside && !lower(&current.tally, &null.normal.tally));
        if current.tally.outside || worse {
            parameters = vec![0.0; standard.parameters()];
            if let Some(null) = null {
                parameters[..null.parameters.len()].copy_from_slice(&null.parameters);
            }
            current = self.evaluate(observations, standard, &parameters)?;
            if current.tally.outside {
                return Err(Error::Data(format!(
                    "{}: no starting point has means that the {} family can have\n    choose the log link, or fit with \
                     an intercept",
                    self.name(),
                    self.family
                )));
            }
        }
        let mut course =
            Course { parameters, normal: current, aliases, iterations: Vec::new(), converged: false };
        self.descend(observations, standard, &mut course)?;
        Ok(course)
    }

    fn descend(
        &self,
        observations: &mut dyn Observations,
        standard: &Standard,
        course: &mut Course,
    ) -> Result<()> {
        let mut last = f64::INFINITY;
        while course.iterations.len() < self.most_iterations {
            let step = course.normal.step();
            let decrement = course.normal.decrement(&step);
            if !decrement.is_finite() {
                return self.stuck(observations, standard, &step);
            }
            let scale = self.dispersion(&course.normal.tally, standard);
            let still = |(p, d): (&f64, &f64)| d.abs() <= 4.0 * f64::EPSILON * p.abs();
            // As near as rounding lets it come: steps no longer get shorter.
            let rounding = decrement >= 0.25 * last && decrement <= 1e-14 * scale;
            course.converged = decrement <= self.tolerance.powi(2) * scale
                || rounding
                || course.parameters.iter().zip(&step).all(still);
            if course.converged {
                break;
            }
            last = decrement;
            let number = course.iterations.len() + 1;
            let Some((parameters, normal, halvings)) = self.forward(observations, standard, course, &step)?
            else {
                // No point on the way is lower.
                course.converged = decrement <= 1e-10 * scale;
                break;
            };
            course.parameters = parameters;
            course.normal = normal;
            let tally = &course.normal.tally;
            course.iterations.push(Iteration {
                number,
                deviance: tally.deviance.value(),
                decrement,
                halvings,
            });
            let far = tally.farthest > SUSPICIOUS && number >= SUSPICIOUS_ITERATIONS;
            if far && number.is_multiple_of(4) {
                separation::refuse(observations, standard, self, &step)?;
            }
        }
        if !course.converged {
            separation::refuse(observations, standard, self, &course.normal.step())?;
        }
        Ok(())
    }

    /// A step so long, or as much of it as goes down.
    #[allow(clippy::type_complexity)]
    fn forward(
        &self,
        observations: &mut dyn Observations,
        standard: &Standard,
        course: &Course,
        step: &[f64],
    ) -> Result<Option<(Vec<f64>, Normal<Sums>, usize)>> {
        let mut part = 1.0;
        for halvings in 0..MOST_HALVINGS {
            let parameters: Vec<f64> =
                course.parameters.iter().zip(step).map(|(p, d)| p + part * d).collect();
            let normal = self.evaluate(observations, standard, &parameters)?;
            if lower(&normal.tally, &course.normal.tally) {
                return Ok(Some((parameters, normal, halvings)));
            }
            part *= 0.5;
        }
        Ok(None)
    }

    fn stuck(&self, observations: &mut dyn Observations, standard: &Standard, step: &[f64]) -> Result<()> {
        if step.iter().all(|step| step.is_finite()) {
            separation::refuse(observations, standard, self, step)?;
        }
        Err(Error::Data(format!(
            "{}: the steps grew beyond all measure\n    express columns or the target in other units, or use fewer columns",
            self.name()
        )))
    }

    /// The variance's factor, where the family has one.
    pub(crate) fn dispersion(&self, sums: &Sums, standard: &Standard) -> f64 {
        if !self.family.has_dispersion() {
            return 1.0;
        }
        sums.pearson.value() / (standard.rows as f64 - standard.parameters() as f64)
    }

    /// What messages begin with.
    pub(crate) fn name(&self) -> String {
        match (self.family, self.link) {
            (Family::Binomial, Link::Logit) => "logistic regression".to_string(),
            (family, _) => format!("{family} regression"),
        }
    }
}

/// Whether this is a point of means that exist, no higher than that but for rounding.
fn lower(this: &Sums, that: &Sums) -> bool {
    let (this_deviance, that_deviance) = (this.deviance.value(), that.deviance.value());
    !this.outside && this_deviance <= that_deviance + ROUNDING * (that_deviance.abs() + f64::MIN_POSITIVE)
}
