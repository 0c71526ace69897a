//! `Course`: down to the least deviance, step by step of Newton's method, whatever the model.

use super::fit::Iteration;
use crate::double_double::DoubleDouble;
use crate::solution::Alias;
use crate::weighted::{Normal, Tally};
use ndgrad_array::{Error, Result};

/// Halvings of one step, after which it is no longer one.
const MOST_HALVINGS: usize = 40;

/// A deviance that grows by less than this part did so by rounding.
const ROUNDING: f64 = 1e-11;

/// A linear predictor this far out, after [`SUSPICIOUS_ITERATIONS`], may be on its way to infinity.
const SUSPICIOUS: f64 = 9.0;
const SUSPICIOUS_ITERATIONS: usize = 8;

/// When to end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub most_iterations: usize,
    /// The longest last step, in standard errors.
    pub tolerance: f64,
}

/// A model of some rows: what Newton's method asks of it.
pub(crate) trait Objective {
    /// What messages begin with.
    fn name(&self) -> String;

    /// Score, curvature and sums at these parameters.
    fn evaluate(&mut self, parameters: &[f64]) -> Result<Normal<Sums>>;

    /// The variance's factor, where there is one.
    fn dispersion(&self, _: &Sums) -> f64 {
        1.0
    }

    /// Looks whether going on in this direction for ever makes no row worse.
    ///
    /// # Errors
    /// If so.
    fn refuse_separation(&mut self, direction: &[f64]) -> Result<()>;
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

/// Where the iterations are.
pub(crate) struct Course {
    pub parameters: Vec<f64>,
    pub normal: Normal<Sums>,
    pub aliases: Vec<Alias>,
    pub iterations: Vec<Iteration>,
    pub converged: bool,
}

impl Course {
    /// Goes on until steps are as short as wanted, or as rounding lets them be.
    ///
    /// # Errors
    /// If there is no minimum, or rows cannot be read.
    pub fn descend(&mut self, objective: &mut dyn Objective, limits: Limits) -> Result<()> {
        let mut last = f64::INFINITY;
        while self.iterations.len() < limits.most_iterations {
            let step = self.normal.step();
            let decrement = self.normal.decrement(&step);
            if !decrement.is_finite() {
                // Steps that are none leave the way that led here.
                let usable = step.iter().all(|step| step.is_finite());
                return stuck(objective, if usable { &step } else { &self.parameters });
            }
            let scale = objective.dispersion(&self.normal.tally);
            let still = |(p, d): (&f64, &f64)| d.abs() <= 4.0 * f64::EPSILON * p.abs();
            // As near as rounding lets it come: steps no longer get shorter.
            let rounding = decrement >= 0.25 * last && decrement <= 1e-14 * scale;
            self.converged = decrement <= limits.tolerance.powi(2) * scale
                || rounding
                || self.parameters.iter().zip(&step).all(still);
            if self.converged {
                break;
            }
            last = decrement;
            let number = self.iterations.len() + 1;
            let Some(halvings) = self.forward(objective, &step)? else {
                // No point on the way is lower.
                self.converged = decrement <= 1e-10 * scale;
                break;
            };
            let tally = &self.normal.tally;
            self.iterations.push(Iteration { number, deviance: tally.deviance.value(), decrement, halvings });
            let far = tally.farthest > SUSPICIOUS && number >= SUSPICIOUS_ITERATIONS;
            if far && number.is_multiple_of(4) {
                objective.refuse_separation(&step)?;
            }
        }
        if !self.converged {
            objective.refuse_separation(&self.normal.step())?;
        }
        Ok(())
    }

    /// A step so long, or as much of it as goes down: how often it was halved.
    fn forward(&mut self, objective: &mut dyn Objective, step: &[f64]) -> Result<Option<usize>> {
        let mut part = 1.0;
        for halvings in 0..MOST_HALVINGS {
            let parameters: Vec<f64> = self.parameters.iter().zip(step).map(|(p, d)| p + part * d).collect();
            let normal = objective.evaluate(&parameters)?;
            if lower(&normal.tally, &self.normal.tally) {
                (self.parameters, self.normal) = (parameters, normal);
                return Ok(Some(halvings));
            }
            part *= 0.5;
        }
        Ok(None)
    }
}

fn stuck(objective: &mut dyn Objective, direction: &[f64]) -> Result<()> {
    objective.refuse_separation(direction)?;
    Err(Error::Data(format!(
        "{}: the steps grew beyond all measure\n    express columns or the target in other units, or use fewer columns",
        objective.name()
    )))
}

/// Whether this is a point of means that exist, no higher than that but for rounding.
pub(crate) fn lower(this: &Sums, that: &Sums) -> bool {
    let (this_deviance, that_deviance) = (this.deviance.value(), that.deviance.value());
    !this.outside && this_deviance <= that_deviance + ROUNDING * (that_deviance.abs() + f64::MIN_POSITIVE)
}
