//! `Saved`: a model from a file, whichever kind it is of.

use std::path::Path;

use ndgrad::data::{Options, Source, Table, safetensors};
use ndgrad::linear::{Bounds, Family, FittedModel, Interval, Model, MultinomialModel, Observations};
use ndgrad::{Error, Result};
use serde_json::Value;

/// A saved model.
pub enum Saved {
    /// Terms and coefficients, as `LinearRegression` trains them.
    Plain(Box<Model>),
    /// A formula with coefficients, as `ndgrad fit` saves it.
    Formula(Box<FittedModel>),
    /// Classes with coefficients, likewise.
    Classes(Box<MultinomialModel>),
}

impl Saved {
    /// Reads a file.
    ///
    /// # Errors
    /// If it cannot be read or holds no model.
    pub fn load(path: &Path) -> Result<Saved> {
        let kind = safetensors::read(path).ok().and_then(|contents| {
            let description: Value = serde_json::from_str(contents.metadata.get("ndgrad")?).ok()?;
            Some(description["kind"].as_str()?.to_string())
        });
        Ok(match kind.as_deref() {
            Some("linear") => Saved::Plain(Box::new(Model::load(path)?)),
            Some("multinomial") => Saved::Classes(Box::new(MultinomialModel::load(path)?)),
            _ => Saved::Formula(Box::new(FittedModel::load(path)?)),
        })
    }

    /// Writes a file.
    ///
    /// # Errors
    /// If that cannot be.
    pub fn save(&self, path: &Path) -> Result<()> {
        match self {
            Saved::Plain(model) => model.save(path),
            Saved::Formula(model) => model.save(path),
            Saved::Classes(model) => model.save(path),
        }
    }

    /// What is predicted.
    pub fn target(&self) -> String {
        match self {
            Saved::Plain(model) => model.target().to_string(),
            Saved::Formula(model) => model.design.target(),
            Saved::Classes(model) => model.design.target(),
        }
    }

    /// How the target scatters; `None` for classes.
    pub fn family(&self) -> Option<Family> {
        match self {
            Saved::Plain(model) => Some(model.scatter().map_or(Family::Gaussian, |scatter| scatter.family)),
            Saved::Formula(model) => Some(model.family),
            Saved::Classes(_) => None,
        }
    }

    /// The columns that are read as categories whatever they look like.
    fn categories(&self) -> Vec<String> {
        match self {
            Saved::Plain(model) => {
                let categories = model.features().iter().filter(|feature| feature.is_category());
                categories.map(|feature| feature.name.clone()).collect()
            }
            Saved::Formula(model) => model.design.text_columns(),
            Saved::Classes(model) => model.design.text_columns(),
        }
    }

    /// Opens a file of rows for these models, which take some of its columns for categories whatever they look like.
    ///
    /// # Errors
    /// As [`Source::open`].
    pub fn open(models: &[&Saved], path: &Path) -> Result<Source> {
        let mut categories: Vec<String> = models.iter().flat_map(|model| model.categories()).collect();
        categories.sort();
        categories.dedup();
        Source::open(path, &Options::new().categories(categories))
    }

    /// The columns that are read to predict, or also to judge the predictions by.
    pub fn columns(&self, judged: bool) -> Vec<String> {
        match self {
            Saved::Plain(model) => {
                let features = model.features().iter().map(|feature| feature.name.clone());
                features.chain(judged.then(|| model.target().to_string())).collect()
            }
            Saved::Formula(model) => model.design.columns(judged),
            Saved::Classes(model) => model.design.columns(judged),
        }
    }

    /// The prediction for each row; `None` where a value is missing.
    ///
    /// # Errors
    /// If the model is one of classes, if a column is missing or of another kind, or a level is not known.
    pub fn predict(&self, table: &Table) -> Result<Vec<Option<f64>>> {
        match self {
            Saved::Plain(model) => model.predict(table),
            Saved::Formula(model) => model.predict(table),
            Saved::Classes(_) => Err(of_classes()),
        }
    }

    /// The same with intervals.
    ///
    /// # Errors
    /// Also if the model has no such intervals.
    pub fn predict_with(&self, table: &Table, interval: Interval, level: f64) -> Result<Vec<Option<Bounds>>> {
        let model = match self {
            Saved::Plain(model) => return model.predict_with(table, interval, level),
            Saved::Classes(_) => return Err(of_classes()),
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

    /// The target of each row that has one and all else that the model was trained with: of classes, the class's number.
    ///
    /// # Errors
    /// If a column is missing or of another kind, or a class is not known.
    pub fn actual(&self, table: &Table) -> Result<Vec<Option<f64>>> {
        let design = match self {
            Saved::Plain(model) => return Ok(table.numeric(model.target())?.iter().collect()),
            Saved::Formula(model) => &model.design,
            Saved::Classes(model) => &model.design,
        };
        let mut actual = vec![None; table.rows()];
        let rows = design.used_rows(table)?;
        let mut next = rows.iter();
        if !rows.is_empty() {
            design.observe(table).pass(&mut |block| {
                block.y.iter().zip(next.by_ref()).for_each(|(&y, &row)| actual[row] = Some(y));
                Ok(())
            })?;
        }
        Ok(actual)
    }
}

fn of_classes() -> Error {
    Error::Data(
        "this is a model of classes, which have probabilities and no mean\n    Use ndgrad predict without --interval.".into(),
    )
}
