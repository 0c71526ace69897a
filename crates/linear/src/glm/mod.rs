//! Generalized linear models: logistic, Poisson, gamma regression and their kin, by iteratively reweighted least squares.
//!
//! Each iteration is one pass over the rows, in blocks, so they need not fit into memory. See [`GeneralizedLinear`].

pub(crate) mod course;
mod family;
mod fit;
mod link;
mod newton;
mod quantile;
pub(crate) mod sandwich;
pub(crate) mod separation;

pub use family::Family;
pub use fit::{GeneralizedFit, Iteration};
pub use link::Link;

use crate::distribution::Distribution;
use crate::inference::{Covariance, CovarianceKind, Inference, checked_level};
use crate::observations::Observations;
use crate::standard::Standard;
use course::{Limits, Sums};
use ndgrad_array::{OperationError, Result};
use newton::Newton;

/// A generalized linear model: a target of some [`Family`] whose mean follows from a linear predictor by a [`Link`].
///
/// ```
/// use ndgrad_linear::{Family, GeneralizedLinear, InMemory};
///
/// // Deaths among 250 beetles, by the logarithm of the dose (Bliss, 1935, his first six doses).
/// let dose = vec![1.6907, 1.7242, 1.7552, 1.7842, 1.8113, 1.8369];
/// let (dead, all) = ([6.0, 13.0, 18.0, 28.0, 52.0, 53.0], vec![59.0, 60.0, 62.0, 56.0, 63.0, 59.0]);
/// let part = dead.iter().zip(&all).map(|(dead, all): (&f64, &f64)| dead / all).collect();
/// let mut rows = InMemory::new(["dose".to_string()], dose, part)?;
/// rows.weights = Some(all);
/// let fit = GeneralizedLinear::new(Family::Binomial).fit(&mut rows)?;
/// assert!(fit.converged);
/// assert!(fit.mean(&[1.8], 0.0) > 0.5);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GeneralizedLinear {
    family: Family,
    link: Link,
    covariance: CovarianceKind,
    level: f64,
    most_iterations: usize,
    tolerance: f64,
}

impl GeneralizedLinear {
    /// With the family's usual link, the classical covariance and intervals of 95 %.
    pub fn new(family: Family) -> GeneralizedLinear {
        GeneralizedLinear {
            family,
            link: family.link(),
            covariance: CovarianceKind::Classical,
            level: 0.95,
            most_iterations: 100,
            tolerance: 1e-10,
        }
    }

    /// Another link.
    ///
    /// # Panics
    /// If it is none of [`Family::links`].
    #[track_caller]
    pub fn link(mut self, link: Link) -> Self {
        if !self.family.links().contains(&link) {
            let links: Vec<&str> = self.family.links().iter().map(|link| link.name()).collect();
            let error = OperationError::new("generalized linear model", "the family cannot have this link")
                .operand("family", self.family, "")
                .operand("link", link, "")
                .remedy(format!("choose one of: {}", links.join(", ")));
            panic!("{error}");
        }
        self.link = link;
        self
    }

    /// Another covariance of the estimates. The robust ones are sandwiches of scores, with the expected information
    /// as their bread, as R's package sandwich has them.
    pub fn covariance(mut self, kind: CovarianceKind) -> Self {
        self.covariance = kind;
        self
    }

    /// The probability that intervals of coefficients are meant to cover the true ones; 0.95 by default.
    ///
    /// # Panics
    /// If `level` is not between 0 and 1.
    #[track_caller]
    pub fn level(mut self, level: f64) -> Self {
        self.level = checked_level("generalized linear model", level);
        self
    }

    /// At most so many iterations; 100 by default.
    pub fn most_iterations(mut self, count: usize) -> Self {
        self.most_iterations = count;
        self
    }

    /// Ends when a step is at most this part of a standard error; 1e-10 by default.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Fits the model. Weights are the numbers of trials (binomial) or how often a row's variance is divided (others), as in
    /// R; columns that depend on earlier ones are left out and named.
    ///
    /// # Errors
    /// [`Error::Data`](ndgrad_array::Error::Data), naming the row, if a number is not finite or no target of the family; naming the
    /// columns, if they separate the target; if there are fewer rows than parameters, or no starting point.
    pub fn fit(&self, observations: &mut dyn Observations) -> Result<GeneralizedFit> {
        let newton = Newton {
            family: self.family,
            link: self.link,
            limits: Limits { most_iterations: self.most_iterations, tolerance: self.tolerance },
        };
        let method = newton.name();
        let mut standard = Standard::learn(observations, &method, &|y| self.family.refuse(y))?;
        standard.check_rows(&method)?;
        let null = newton.null(observations, &standard)?;
        let course = newton.minimize(observations, &mut standard, Some(&null))?;

        let (ones, rank) = (standard.ones(), standard.parameters());
        let degrees_of_freedom = standard.rows as usize - rank;
        let sums = &course.normal.tally;
        let dispersion = newton.dispersion(sums, &standard);
        let inverse = course.normal.inverse();
        let scaled = match self.covariance {
            CovarianceKind::Classical => inverse.iter().map(|entry| entry * dispersion).collect(),
            kind => sandwich::sandwich(
                observations,
                &standard,
                &course.parameters,
                kind,
                (&course.normal.triangle, &inverse),
                &|row| newton.visit(row, &mut Sums::default()),
            )?,
        };
        let covariance =
            Covariance { kind: self.covariance, size: rank, matrix: standard.covariance_in_units(&scaled) };
        let distribution = match (self.family.has_dispersion(), degrees_of_freedom) {
            (false, _) => Distribution::Normal,
            (true, 0) => Distribution::T(f64::NAN),
            (true, freedom) => Distribution::T(freedom as f64),
        };
        let estimates = standard.in_units(&course.parameters);
        let (rows, weight) = (standard.rows as f64, standard.weight);
        let likelihood = |sums: &Sums| {
            self.family.log_likelihood(sums.deviance.value(), sums.constant.value(), rows, weight)
        };
        let log_likelihood = likelihood(sums);
        Ok(GeneralizedFit {
            family: self.family,
            link: self.link,
            inference: Inference::new(standard.terms(), &estimates, covariance, distribution, self.level),
            columns: standard.kept.clone(),
            intercept: standard.intercept,
            aliases: course.aliases,
            rows: standard.rows,
            weight,
            rank,
            degrees_of_freedom,
            deviance: sums.deviance.value(),
            null_deviance: null.normal.tally.deviance.value(),
            null_degrees_of_freedom: standard.rows as usize - ones,
            pearson: sums.pearson.value(),
            dispersion,
            log_likelihood,
            null_log_likelihood: likelihood(&null.normal.tally),
            aic: 2.0 * rank as f64 - 2.0 * log_likelihood,
            bic: rank as f64 * libm::log(rows) - 2.0 * log_likelihood,
            condition: course.normal.triangle.condition(ones),
            iterations: course.iterations,
            converged: course.converged,
            names: standard.names,
        })
    }
}
