//! Multinomial logistic regression: a target of several classes. See [`Multinomial`].

mod fit;
mod model;
mod separation;
mod softmax;

pub use fit::MultinomialFit;
pub use model::MultinomialModel;

use crate::distribution::Distribution;
use crate::glm::course::{Course, Limits, Objective};
use crate::inference::{Covariance, CovarianceKind, Inference, Test, checked_level};
use crate::observations::Observations;
use crate::standard::{Standard, both_sides};
use crate::text::quoted;
use crate::weighted::{Pull, Tally, pass};
use ndgrad_array::{Error, Result};
use softmax::{Fitting, Softmax};

/// What messages begin with.
pub(crate) const METHOD: &str = "multinomial regression";

/// Multinomial logistic regression: the probabilities of classes, where the logarithm of the odds of each against the first is
/// linear in the columns.
///
/// The target of a row is the number of its class, counted from 0, as [`DesignInfo::target_levels`](crate::DesignInfo::target_levels)
/// has them. Newton's method finds the largest likelihood; each of its steps is one pass over the rows, in blocks, so they
/// need not fit into memory.
///
/// Source: A. Agresti, Categorical Data Analysis (3rd edition, 2013), section 8.1.
///
/// ```
/// use ndgrad_linear::{InMemory, Multinomial};
///
/// let size = (0..12).map(f64::from).collect();
/// let class = vec![0.0, 0.0, 1.0, 0.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 2.0, 2.0];
/// let mut rows = InMemory::new(["size".to_string()], size, class)?;
/// let fit = Multinomial::new(["small", "middle", "large"].map(String::from)).fit(&mut rows)?;
/// assert!(fit.converged);
/// assert_eq!(fit.class(2)[1].term, "large: size");
/// assert!(fit.probabilities(&[1.0])[0] > 0.5 && fit.probabilities(&[10.0])[2] > 0.5);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Multinomial {
    classes: Vec<String>,
    covariance: CovarianceKind,
    level: f64,
    limits: Limits,
}

/// The rows and the weight of each class.
#[derive(Default)]
struct Classes(Vec<f64>);

impl Tally for Classes {
    fn merge(&mut self, later: Self) {
        self.0.resize(self.0.len().max(later.0.len()), 0.0);
        self.0.iter_mut().zip(later.0).for_each(|(sum, weight)| *sum += weight);
    }
}

impl Classes {
    fn add(&mut self, class: usize, weight: f64) {
        self.0.resize(self.0.len().max(class + 1), 0.0);
        self.0[class] += weight;
    }
}

impl Multinomial {
    /// For classes of these names, in the order of their numbers; with intervals of 95 %.
    pub fn new(classes: impl Into<Vec<String>>) -> Multinomial {
        let limits = Limits { most_iterations: 100, tolerance: 1e-10 };
        Multinomial { classes: classes.into(), covariance: CovarianceKind::Classical, level: 0.95, limits }
    }

    /// Another covariance of the estimates: HC0, HC1 or clustered, sandwiches of scores with the information as their bread,
    /// as statsmodels has them; HC1 and clusters count the parameters of all classes. A row has no one leverage, so there
    /// is no HC2 nor HC3.
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
        self.level = checked_level(METHOD, level);
        self
    }

    /// At most so many iterations; 100 by default.
    pub fn most_iterations(mut self, count: usize) -> Self {
        self.limits.most_iterations = count;
        self
    }

    /// Ends when a step is at most this part of a standard error; 1e-10 by default.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.limits.tolerance = tolerance;
        self
    }

    /// Fits the model. A weight is how often a row counts; columns that depend on earlier ones are left out and named.
    ///
    /// # Errors
    /// [`Error::Data`], naming the row, if a number is not finite, a weight below 0, or a target no class's number; naming
    /// columns and classes, if they are separated; naming the class that has no row; if there are fewer than two classes, fewer
    /// rows than parameters of a class, or an offset; if the covariance is HC2 or HC3, or clustered without two clusters.
    pub fn fit(&self, observations: &mut dyn Observations) -> Result<MultinomialFit> {
        if matches!(self.covariance, CovarianceKind::HC2 | CovarianceKind::HC3) {
            return Err(Error::Data(format!(
                "{METHOD}: {} needs the leverage of a row, which is a matrix where there are classes\n    \
                 choose HC0, HC1 or clustered",
                self.covariance
            )));
        }
        let count = self.classes.len();
        let mut standard = learn(observations, METHOD, count)?;
        standard.check_rows(METHOD)?;
        let mut columns = pass(observations, &standard, &[], |row, classes: &mut Classes| {
            classes.add(row.y as usize, row.weight);
            Pull { curvature: row.weight, score: 0.0 }
        })?;
        let aliases = columns.take_out_dependent(&mut standard);
        let mut class_weights = columns.tally.0;
        class_weights.resize(count, 0.0);
        if let Some(empty) = class_weights.iter().position(|&weight| weight == 0.0) {
            return Err(Error::Data(format!(
                "{METHOD}: no row is of the class {}\n    leave the class out, or add rows of it",
                quoted(&self.classes[empty])
            )));
        }

        let size = standard.parameters();
        let softmax = Softmax { standard: &standard, triangle: &columns.triangle, classes: &self.classes };
        let mut fitting = Fitting { softmax, observations };
        // The model of the intercepts alone.
        let mut parameters = vec![0.0; (count - 1) * size];
        if standard.intercept {
            let unit = columns.triangle.entry(0, 0);
            for (one, weight) in parameters.chunks_exact_mut(size).zip(&class_weights[1..]) {
                one[0] = unit * libm::log(weight / class_weights[0]);
            }
        }
        let normal = fitting.evaluate(&parameters)?;
        let null_log_likelihood = -0.5 * normal.tally.deviance.value();
        let mut course = Course { parameters, normal, aliases, iterations: Vec::new(), converged: false };
        course.descend(&mut fitting, self.limits)?;

        let units = |one: &[f64]| -> Vec<f64> {
            let straight = softmax.straight(one);
            straight.chunks_exact(size.max(1)).flat_map(|one| standard.in_units(one)).collect()
        };
        let rank = (count - 1) * size;
        let inverse = course.normal.inverse();
        let matrix = match self.covariance {
            CovarianceKind::Classical => inverse,
            kind => softmax.sandwich(fitting.observations, &course.parameters, kind, &inverse)?,
        };
        let covariance =
            Covariance { kind: self.covariance, size: rank, matrix: both_sides(&matrix, rank, units) };
        let estimates = units(&course.parameters);
        let terms = standard.terms();
        let names =
            self.classes[1..].iter().flat_map(|class| terms.iter().map(move |term| name(class, term)));
        let deviance = course.normal.tally.deviance.value();
        let log_likelihood = -0.5 * deviance;
        let tested = (count - 1) * standard.kept.len();
        let ratio = 2.0 * (log_likelihood - null_log_likelihood);
        Ok(MultinomialFit {
            inference: Inference::new(names, &estimates, covariance, Distribution::Normal, self.level),
            classes: self.classes.clone(),
            class_weights,
            columns: standard.kept.clone(),
            intercept: standard.intercept,
            aliases: course.aliases,
            rows: standard.rows,
            weight: standard.weight,
            rank,
            deviance,
            log_likelihood,
            null_log_likelihood,
            likelihood_ratio: (tested > 0)
                .then(|| Test::above(ratio, Distribution::ChiSquared(tested as f64))),
            aic: 2.0 * rank as f64 + deviance,
            bic: rank as f64 * libm::log(standard.rows as f64) + deviance,
            condition: columns.triangle.condition(standard.ones()),
            iterations: course.iterations,
            converged: course.converged,
            names: standard.names,
        })
    }
}

/// Looks at rows whose target is one of so many classes.
///
/// # Errors
/// As [`Standard::learn`], and if there are fewer than two classes, or an offset.
pub(crate) fn learn(observations: &mut dyn Observations, method: &str, classes: usize) -> Result<Standard> {
    if classes < 2 {
        return Err(Error::Data(format!(
            "{method}: the target has {}\n    give it one that has two at least",
            if classes == 1 { "one class" } else { "no class" }
        )));
    }
    let standard = Standard::learn(observations, method, &|y| refuse(classes, y))?;
    if standard.has_offset {
        return Err(Error::Data(format!(
            "{method}: an offset does not say which class it is for\n    leave it out"
        )));
    }
    Ok(standard)
}

/// `class: term`.
fn name(class: &str, term: &str) -> String {
    format!("{class}: {term}")
}

/// What is wrong with a target, with the remedy.
fn refuse(classes: usize, y: f64) -> Option<String> {
    (!(y >= 0.0 && y < classes as f64 && y.fract() == 0.0)).then(|| {
        format!("a class is a whole number from 0 to {}; drop the row, or name all classes", classes - 1)
    })
}
