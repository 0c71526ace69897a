//! Iteratively reweighted least squares: Newton's method, with the curvature that is expected at the means.
//!
//! Source: P. McCullagh, J. A. Nelder, Generalized Linear Models (2nd edition, 1989), section 2.5. A step is the solution of
//! `R'R d = X's`, with the score `s` summed at the present parameters, so that what is lost in the factor `R` makes
//! a step a little longer or shorter, and no digit of the answer wrong.

use super::course::{Course, Limits, Objective, Sums, lower};
use super::family::Family;
use super::link::Link;
use super::separation;
use crate::observations::Observations;
use crate::standard::Standard;
use crate::weighted::{Normal, Pull, Row, pass};
use ndgrad_array::{Error, Result};

/// How to minimize.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newton {
    pub family: Family,
    pub link: Link,
    pub limits: Limits,
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
        let aliases = start.take_out_dependent(standard);
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
        course.descend(&mut Generalized { newton: self, observations, standard }, self.limits)?;
        Ok(course)
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

/// A generalized linear model of these rows.
struct Generalized<'a> {
    newton: &'a Newton,
    observations: &'a mut dyn Observations,
    standard: &'a Standard,
}

impl Objective for Generalized<'_> {
    fn name(&self) -> String {
        self.newton.name()
    }

    fn evaluate(&mut self, parameters: &[f64]) -> Result<Normal<Sums>> {
        self.newton.evaluate(self.observations, self.standard, parameters)
    }

    fn dispersion(&self, sums: &Sums) -> f64 {
        self.newton.dispersion(sums, self.standard)
    }

    fn refuse_separation(&mut self, direction: &[f64]) -> Result<()> {
        separation::refuse(self.observations, self.standard, self.newton, direction)
    }
}
