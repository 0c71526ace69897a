//! `Model`: a trained linear model that reads tables.

use crate::feature::{Feature, Kind, Term};
use crate::linear::Linear;
use crate::text::equation;
use ndgrad_array::Result;
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
        let bound = self.features.iter().map(|feature| feature.bind(table)).collect::<Result<Vec<_>>>()?;
        let mut terms = Vec::new();
        let mut predictions = Vec::with_capacity(table.rows());
        for row in 0..table.rows() {
            terms.clear();
            let mut complete = true;
            for feature in &bound {
                complete &= feature.read(row, &mut terms)?;
            }
            predictions.push(complete.then(|| self.linear.predict(&terms)));
        }
        Ok(predictions)
    }

    /// The model as text, `target = intercept + coefficient term + …`, with five significant digits and in lines
    /// of at most `width` characters where the names allow it.
    pub fn equation(&self, width: usize) -> String {
        let (intercept, coefficients) = self.linear.coefficients();
        let terms = self.terms();
        let pairs = terms.iter().map(|term| term.name.as_str()).zip(coefficients);
        equation(&self.target, intercept, pairs, width)
    }
}
