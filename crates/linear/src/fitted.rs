//! `FittedModel`: a formula with coefficients, which predicts with intervals, and is saved and loaded.

pub(crate) mod common;
mod file;

use ndgrad_array::{Error, OperationError, Result};
use ndgrad_data::Table;

use crate::distribution::Distribution;
use crate::exact::LinearFit;
use crate::formula::DesignInfo;
use crate::glm::{Family, GeneralizedFit, Link};
use crate::inference::{Covariance, Inference};
use crate::iterative::DescentState;
use crate::penalized::PenalizedPath;
use crate::robust::{HuberFit, QuantileFit};
use crate::text::{equation, list};

/// A model that was fitted to the rows of a design.
///
/// ```
/// use ndgrad_data::{Table, samples};
/// use ndgrad_linear::{DesignOptions, FittedModel, Formula, LeastSquares, exact};
///
/// let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes())?;
/// let formula = Formula::parse("body_mass_g ~ flipper_length_mm + species")?;
/// let design = formula.learn(&mut &penguins, &DesignOptions::default())?;
/// let fit = LeastSquares::new().fit(&mut design.observe(&penguins))?;
/// let model = FittedModel::linear(design, &fit);
///
/// let new = Table::from_csv("new.csv", "species,flipper_length_mm\nGentoo,217\n".as_bytes())?;
/// let predicted = model.predict_interval(&new, 0.95)?[0].expect("nothing is missing");
/// assert!(predicted.lower < predicted.mean && predicted.mean < predicted.upper);
/// let (lower, upper) = predicted.observation.expect("the residuals are normal");
/// assert!(lower < predicted.lower && predicted.upper < upper);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FittedModel {
    /// How rows become numbers.
    pub design: DesignInfo,
    /// The columns of the design that have a coefficient, in order; others follow from these.
    pub columns: Vec<usize>,
    /// The intercept, if the design has one, and the coefficient of each of `columns`, on the scale of the linear predictor.
    pub coefficients: Vec<f64>,
    /// How the target scatters about its mean.
    pub family: Family,
    /// How what is predicted follows from the linear predictor.
    pub link: Link,
    /// Which quantile of the target is predicted; `None` where it is the mean.
    pub quantile: Option<f64>,
    /// How the coefficients vary together, if that is known.
    pub covariance: Option<Covariance>,
    /// The standard deviation of the residuals, in the target's units, where they are taken to be normal.
    pub deviation: Option<f64>,
    /// What intervals are made with: t with the residual degrees of freedom, or the normal distribution (`None`).
    pub degrees_of_freedom: Option<f64>,
    /// The number of rows that the model was fitted to.
    pub rows: u64,
}

/// A prediction and how certain it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    /// The mean of the target, or the model's quantile, in its units.
    pub mean: f64,
    /// The standard error of the linear predictor.
    pub std_error: f64,
    /// The lower end of the confidence interval of the mean.
    pub lower: f64,
    /// Its upper end.
    pub upper: f64,
    /// The interval of a new observation of weight 1; `None` where the residuals are not normal.
    pub observation: Option<(f64, f64)>,
}

/// What messages begin with.
const METHOD: &str = "fitted model";

impl FittedModel {
    /// The model of a fit by least squares to the observations of `design`.
    ///
    /// # Panics
    /// As all constructors: if the fit is one of other columns than the design has.
    #[track_caller]
    pub fn linear(design: DesignInfo, fit: &LinearFit) -> FittedModel {
        let model = FittedModel::inferred(design, &fit.names, fit.columns(), &fit.inference, fit.rows);
        FittedModel { deviation: fit.deviation, ..model }
    }

    /// The model of a generalized fit to the observations of `design`.
    ///
    /// # Panics
    /// As [`linear`](Self::linear).
    #[track_caller]
    pub fn generalized(design: DesignInfo, fit: &GeneralizedFit) -> FittedModel {
        let normal = fit.family == Family::Gaussian && fit.link == Link::Identity;
        FittedModel {
            family: fit.family,
            link: fit.link,
            deviation: normal.then(|| fit.dispersion.sqrt()),
            ..FittedModel::inferred(design, &fit.names, &fit.columns, &fit.inference, fit.rows)
        }
    }

    /// The model of Huber's regression on the observations of `design`. Its residuals are not taken to be normal, so a new
    /// observation has no interval.
    ///
    /// # Panics
    /// As [`linear`](Self::linear).
    #[track_caller]
    pub fn huber(design: DesignInfo, fit: &HuberFit) -> FittedModel {
        FittedModel::inferred(design, &fit.names, &fit.columns, &fit.inference, fit.rows)
    }

    /// The model of a quantile regression on the observations of `design`: it predicts the quantile.
    ///
    /// # Panics
    /// As [`linear`](Self::linear).
    #[track_caller]
    pub fn quantile(design: DesignInfo, fit: &QuantileFit) -> FittedModel {
        let model = FittedModel::inferred(design, &fit.names, &fit.columns, &fit.inference, fit.rows);
        FittedModel { quantile: Some(fit.quantile), ..model }
    }

    /// The model of point number `point` of a path of penalties, fitted to the observations of `design`. Its coefficients,
    /// drawn to 0 as they are, have no standard errors.
    ///
    /// # Panics
    /// As [`linear`](Self::linear), and if the path has no such point.
    #[track_caller]
    pub fn penalized(design: DesignInfo, path: &PenalizedPath, point: usize) -> FittedModel {
        let Some(chosen) = path.points.get(point) else {
            let error = OperationError::new(METHOD, "the path has no such point")
                .operand("points", path.points.len(), "")
                .operand("point", point, "counted from 0");
            panic!("{error}");
        };
        let intercept = path.intercept.then_some(chosen.intercept);
        let coefficients = intercept.into_iter().chain(chosen.coefficients.iter().copied()).collect();
        FittedModel::plain(design, &path.names, None, coefficients, path.rows)
    }

    /// The model where descent on the observations of `design` is; no standard errors are known.
    ///
    /// # Panics
    /// As [`linear`](Self::linear), and if the target is one of classes: that is a
    /// [`MultinomialModel`](crate::MultinomialModel).
    #[track_caller]
    pub fn descent(design: DesignInfo, state: &DescentState) -> FittedModel {
        let loss = state.loss();
        FittedModel {
            family: loss.family(),
            link: loss.link(),
            quantile: loss.quantile(),
            ..FittedModel::plain(design, &state.names, None, state.estimates(), state.rows)
        }
    }

    /// A model with standard errors.
    #[track_caller]
    fn inferred(
        design: DesignInfo,
        names: &[String],
        columns: &[usize],
        inference: &Inference,
        rows: u64,
    ) -> FittedModel {
        let coefficients = inference.terms.iter().map(|term| term.estimate).collect();
        FittedModel {
            covariance: Some(inference.covariance.clone()),
            degrees_of_freedom: freedom(inference.distribution),
            ..FittedModel::plain(design, names, Some(columns), coefficients, rows)
        }
    }

    /// A model of the mean itself, of which nothing more is known. Without `columns`, each has a coefficient.
    #[track_caller]
    fn plain(
        design: DesignInfo,
        names: &[String],
        columns: Option<&[usize]>,
        coefficients: Vec<f64>,
        rows: u64,
    ) -> FittedModel {
        let columns = columns.map_or_else(|| Vec::from_iter(0..names.len()), <[usize]>::to_vec);
        if design.names() != names
            || coefficients.len() != columns.len() + usize::from(design.has_intercept())
        {
            let error = OperationError::new(METHOD, "the fit is not one of the design's columns")
                .operand("design", list(design.names()), "")
                .operand("fit", list(names), format!("{} coefficients", coefficients.len()))
                .remedy("give the design whose observations were fitted");
            panic!("{error}");
        }
        FittedModel {
            design,
            columns,
            coefficients,
            family: Family::Gaussian,
            link: Link::Identity,
            quantile: None,
            covariance: None,
            deviation: None,
            degrees_of_freedom: None,
            rows,
        }
    }

    /// The model as text, `target = intercept + coefficient term + …`, in lines of at most `width` characters where the
    /// names allow it; with a link before the target where it is not the identity: `log(count) = …`.
    pub fn equation(&self, width: usize) -> String {
        let target = self.design.outcome();
        let target = match self.link {
            Link::Identity => target,
            link => format!("{}({target})", link.name()),
        };
        let ones = usize::from(self.design.has_intercept());
        let names = self.columns.iter().map(|&column| self.design.names()[column].as_str());
        let pairs = names.zip(self.coefficients[ones..].iter().copied());
        equation(&target, self.coefficients[..ones].first().copied(), pairs, width)
    }

    /// The mean of the target (or the model's quantile) for each row of a table; `None` where a value is missing that nothing stands in for.
    ///
    /// # Errors
    /// As [`DesignInfo::encode`].
    pub fn predict(&self, table: &Table) -> Result<Vec<Option<f64>>> {
        self.each(table, |_, predictor| self.link.mean(predictor))
    }

    /// The same with intervals that are meant to cover the truth with probability `level`, such as 0.95. Those of the
    /// mean are the linear predictor's, carried over to the mean.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), and [`Error::Data`] if the model has no covariance or the level is not between 0
    /// and 1.
    pub fn predict_interval(&self, table: &Table, level: f64) -> Result<Vec<Option<Predicted>>> {
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::Data(format!("a level of {level} is not between 0 and 1\n    95 % is 0.95")));
        }
        let Some(covariance) = &self.covariance else {
            return Err(Error::Data(
                "the model was saved without the covariance of its coefficients\n    \
                 fit it by a method that has standard errors"
                    .into(),
            ));
        };
        let distribution = self.degrees_of_freedom.map_or(Distribution::Normal, Distribution::T);
        let reach = distribution.upper_quantile(0.5 * (1.0 - level));
        self.each(table, |row, predictor| {
            let variance = covariance.variance_of(row).max(0.0);
            let ends = [-1.0, 1.0].map(|sign| self.link.mean(predictor + sign * reach * variance.sqrt()));
            Predicted {
                mean: self.link.mean(predictor),
                std_error: variance.sqrt(),
                lower: ends[0].min(ends[1]),
                upper: ends[0].max(ends[1]),
                observation: self.deviation.map(|deviation| {
                    let reach = reach * (variance + deviation * deviation).sqrt();
                    (predictor - reach, predictor + reach)
                }),
            }
        })
    }

    /// What `make` makes of each row that lacks nothing, given the numbers that the coefficients are multiplied by, and
    /// the linear predictor.
    fn each<T>(&self, table: &Table, make: impl Fn(&[f64], f64) -> T) -> Result<Vec<Option<T>>> {
        each_row(&self.design, &self.columns, table, |row, offset| {
            let sum: f64 = row.iter().zip(&self.coefficients).map(|(x, coefficient)| x * coefficient).sum();
            make(row, sum + offset)
        })
    }
}

/// What `make` makes of each row that lacks nothing, given a 1 for the intercept, the numbers of these columns of the design,
/// and the offset.
pub(crate) fn each_row<T>(
    design: &DesignInfo,
    columns: &[usize],
    table: &Table,
    make: impl Fn(&[f64], f64) -> T,
) -> Result<Vec<Option<T>>> {
    let rows = design.encode(table)?;
    let width = design.names().len();
    let mut made = Vec::new();
    made.resize_with(table.rows(), || None);
    let mut own = Vec::with_capacity(columns.len() + 1);
    for (place, row) in rows.rows.iter().enumerate() {
        own.clear();
        own.extend(design.has_intercept().then_some(1.0));
        own.extend(columns.iter().map(|&column| rows.x[place * width + column]));
        made[*row] = Some(make(&own, rows.offset.as_ref().map_or(0.0, |offset| offset[place])));
    }
    Ok(made)
}

fn freedom(distribution: Distribution) -> Option<f64> {
    match distribution {
        Distribution::T(freedom) => Some(freedom),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
