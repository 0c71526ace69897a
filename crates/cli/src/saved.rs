//! `Saved`: a model from a file, whichever kind it is of.

use std::path::Path;

use ndgrad::data::{Csv, Table, safetensors};
use ndgrad::linear::{Bounds, Family, FittedModel, Interval, Model, Observations};
use ndgrad::{Error, Result};

/// A saved model.
pub enum Saved {
    /// Terms and coefficients, as `LinearRegression` trains them.
    Plain(Box<Model>),
    /// A formula with coefficients, as `ndgrad fit` saves it.
    Formula(Box<FittedModel>),
}

impl Saved {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read or holds no model.
    pub fn load(path: &Path) -> Result<Saved> {
        let kind = safetensors::read(path).ok().and_then(|contents| {
            let description: serde_json::Value = serde_json::from_str(contents.metadata.get("ndgrad")?).ok()?;
            Some(description["kind"] == "linear")
        });
        Ok(match kind {
            Some(true) => Saved::Plain(Box::new(Model::load(path)?)),
            _ => Saved::Formula(Box::new(FittedModel::load(path)?)),
        })
    }

    /// What is predicted.
    pub fn target(&self) -> String {
        match self {
            Saved::Plain(model) => model.target().to_string(),
            Saved::Formula(model) => model.design.target(),
        }
    }

    /// How the target scatters.
    pub fn family(&self) -> Family {
        match self {
            Saved::Plain(model) => model.scatter().map_or(Family::Gaussian, |scatter| scatter.family),
            Saved::Formula(model) => model.family,
        }
    }

    /// The columns that are read as categories whatever they look like.
    pub fn categories(&self) -> Vec<String> {
        match self {
            Saved::Plain(model) => {
                let categories = model.features().iter().filter(|feature| feature.is_category());
                categories.map(|feature| feature.name.clone()).collect()
            }
            Saved::Formula(model) => model.design.text_columns(),
        }
    }

    /// How to read a CSV file for this model.
    pub fn csv(&self) -> Csv {
        Csv::new().categories(self.categories())
    }

    /// The prediction for each row; `None` where a value is missing.
    ///
    /// # Errors
    /// If a column is missing or of another kind, or a level is not known.
    pub fn predict(&self, table: &Table) -> Result<Vec<Option<f64>>> {
        match self {
            Saved::Plain(model) => model.predict(table),
            Saved::Formula(model) => model.predict(table),
        }
    }

    /// The same with intervals.
    ///
    /// # Errors
    /// Also if the model has no such intervals.
    pub fn predict_with(&self, table: &Table, interval: Interval, level: f64) -> Result<Vec<Option<Bounds>>> {
        let model = match self {
            Saved::Plain(model) => return model.predict_with(table, interval, level),
            Saved::Formula(model) => model,
        };
        if interval == Interval::Prediction && model.deviation.is_none() {
            return Err(Error::Data(
                "this model has no prediction intervals: they are for least squares\n    \
                 Ask for confidence intervals."
                    .into(),
            ));
        }
        let bounds = model.predict_interval(table, level)?.into_iter().map(|predicted| {
            predicted.map(|predicted| {
                let mean = (predicted.lower, predicted.upper);
                let (lower, upper) = match interval {
                    Interval::Confidence => mean,
                    Interval::Prediction => predicted.observation.unwrap_or(mean),
                };
                Bounds { predicted: predicted.mean, lower, upper }
            })
        });
        Ok(bounds.collect())
    }

    /// The target of each row that has one and all else that the model was trained with.
    ///
    /// # Errors
    /// If a column is missing or of another kind.
    pub fn actual(&self, table: &Table) -> Result<Vec<Option<f64>>> {
        let mut actual = vec![None; table.rows()];
        match self {
            Saved::Plain(model) => actual = table.numeric(model.target())?.iter().collect(),
            Saved::Formula(model) => {
                let rows = model.design.used_rows(table)?;
                let mut next = rows.iter();
                if !rows.is_empty() {
                    model.design.observe(table).pass(&mut |block| {
                        block.y.iter().zip(next.by_ref()).for_each(|(&y, &row)| actual[row] = Some(y));
                        Ok(())
                    })?;
                }
            }
        }
        Ok(actual)
    }
}
