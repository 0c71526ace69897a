//! `Model`: a trained linear model that reads tables.

use crate::feature::{Feature, Kind, Term};
use crate::glm::{Family, Link};
use crate::linear::Linear;
use crate::scatter::{Bounds, Interval, Scatter};
use crate::text::equation;
use ndgrad_array::{Error, Result};
use ndgrad_data::{Csv, Table};

/// A linear model that knows its columns: what [`LinearRegression::fit`](crate::LinearRegression::fit) trains,
/// what is saved, and what predicts.
///
/// ```
/// use ndgrad_data::Table;
/// use ndgrad_linear::LinearRegression;
///
/// let text = "height,age,sex\n1.0,3,f\n1.2,5,m\n1.4,9,f\n1.6,11,m\n1.7,14,f\n";
/// let table = Table::from_csv("children.csv", text.as_bytes())?;
/// let model = LinearRegression::new("height").fit(&table)?.model;
///
/// // Columns in another order, more of them, and a gap.
/// let text = "sex,name,age\nm,Ada,4\nf,Ben,NA\n";
/// let predicted = model.predict(&Table::from_csv("new.csv", text.as_bytes())?)?;
/// assert!(predicted[0].is_some_and(|height| (1.0..1.2).contains(&height)));
/// assert_eq!(predicted[1], None);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    pub(crate) target: String,
    pub(crate) features: Vec<Feature>,
    pub(crate) linear: Linear,
    pub(crate) rows: usize,
    pub(crate) dropped: usize,
    pub(crate) scatter: Option<Scatter>,
}

impl Model {
    /// The name of the column that is predicted.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The columns that are read.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// The terms, in the order of [`coefficients`](Self::coefficients).
    pub fn terms(&self) -> Vec<Term> {
        self.features.iter().flat_map(Feature::terms).collect()
    }

    /// The intercept, in the target's units: the prediction where every number is 0 and every category is its
    /// baseline.
    pub fn intercept(&self) -> f64 {
        self.linear.coefficients().0
    }

    /// For each term, what one unit more adds to the prediction.
    pub fn coefficients(&self) -> Vec<f64> {
        self.linear.coefficients().1
    }

    /// The number of rows that the model was trained on.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The number of rows that were left out of the training for missing values.
    pub fn dropped(&self) -> usize {
        self.dropped
    }

    /// How to read a CSV file for this model: its categories are read as such even where they look like numbers.
    pub fn csv(&self) -> Csv {
        let categories = self.features.iter().filter(|feature| matches!(feature.kind, Kind::Category { .. }));
        Csv::new().categories(categories.map(|feature| feature.name.as_str()))
    }

    /// The prediction for each row, in the target's units. Columns are found by name, in any order; others are
    /// ignored, the target too.
    ///
    /// A row that lacks a value has no prediction (`None`), unless the model was trained with
    /// [`Missing::Mean`](crate::Missing::Mean): then the training rows' mean, or most frequent level, stands in.
    ///
    /// # Errors
    /// If a column is missing or does not hold what the model was trained on, or if a row holds a category that
    /// the model has not seen; the message names it and its line.
    pub fn predict(&self, table: &Table) -> Result<Vec<Option<f64>>> {
        let mut predictions = Vec::with_capacity(table.rows());
        self.each_row(table, |terms| {
            predictions.push(terms.map(|terms| {
                let predictor = self.linear.predict(terms);
                self.scatter.as_ref().map_or(predictor, |scatter| scatter.link.mean(predictor))
            }));
        })?;
        Ok(predictions)
    }

    /// As [`predict`](Self::predict), with intervals that are meant to cover the truth with the probability `level`.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); also if the model was saved without the errors of its coefficients, or
    /// [`Interval::Prediction`] is asked of a family that is not normal.
    ///
    /// # Panics
    /// If `level` is not between 0 and 1.
    #[track_caller]
    pub fn predict_with(&self, table: &Table, interval: Interval, level: f64) -> Result<Vec<Option<Bounds>>> {
        assert!(level > 0.0 && level < 1.0, "predict: the level must lie between 0 and 1, and is {level}");
        let Some(scatter) = &self.scatter else {
            return Err(Error::Data(
                "the model was saved without the errors of its coefficients, so it has no intervals\n    \
                 Fit it with --solver exact."
                    .into(),
            ));
        };
        if interval == Interval::Prediction
            && (scatter.family, scatter.link) != (Family::Gaussian, Link::Identity)
        {
            return Err(Error::Data(format!(
                "a model of the family {} has no prediction intervals here\n    Ask for confidence intervals.",
                scatter.family
            )));
        }
        let mut bounds = Vec::with_capacity(table.rows());
        let mut design = Vec::new();
        self.each_row(table, |terms| {
            bounds.push(terms.map(|terms| {
                design.clear();
                design.push(1.0);
                design.extend(terms);
                scatter.bounds(self.linear.predict(terms), &design, interval, level)
            }));
        })?;
        Ok(bounds)
    }

    /// How the target scatters about the mean; `None` if the model was trained in steps.
    pub fn scatter(&self) -> Option<&Scatter> {
        self.scatter.as_ref()
    }

    /// The same model, with intervals.
    ///
    /// # Panics
    /// If the covariance is not that of an intercept and the terms.
    #[track_caller]
    pub fn with_scatter(self, scatter: Scatter) -> Model {
        let size = self.linear.weights.len() + 1;
        assert!(
            scatter.covariance.size == size,
            "model: the covariance is of {} terms",
            scatter.covariance.size
        );
        Model { scatter: Some(scatter), ..self }
    }

    /// Hands the terms of each row to `visit`; nothing for a row that lacks a value.
    fn each_row(&self, table: &Table, mut visit: impl FnMut(Option<&[f64]>)) -> Result<()> {
        let bound = self.features.iter().map(|feature| feature.bind(table)).collect::<Result<Vec<_>>>()?;
        let mut terms = Vec::new();
        for row in 0..table.rows() {
            terms.clear();
            let mut complete = true;
            for feature in &bound {
                complete &= feature.read(row, &mut terms)?;
            }
            visit(complete.then_some(&terms));
        }
        Ok(())
    }

    /// The model as text, `target = intercept + coefficient term + …`, with five significant digits and in lines
    /// of at most `width` characters where the names allow it.
    pub fn equation(&self, width: usize) -> String {
        let (intercept, coefficients) = self.linear.coefficients();
        let terms = self.terms();
        let pairs = terms.iter().map(|term| term.name.as_str()).zip(coefficients);
        equation(&self.target, Some(intercept), pairs, width)
    }
}
