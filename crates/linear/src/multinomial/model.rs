//! `MultinomialModel`: a formula with the coefficients of classes, which predicts their probabilities, and is saved and loaded.

use super::fit::{MultinomialFit, probabilities};
use super::{METHOD, name};
use crate::fitted::common::{Lent, Read};
use crate::fitted::each_row;
use crate::formula::DesignInfo;
use crate::inference::{Covariance, Inference};
use crate::iterative::{DescentState, Loss};
use crate::store::{read_file, with_description, write_bytes};
use crate::text::list;
use ndgrad_array::{OperationError, Result};
use ndgrad_data::Table;
use ndgrad_data::safetensors::Contents;
use serde_json::{Value, json};
use std::path::Path;

/// A model of a target of classes that was fitted to the rows of a design.
///
/// ```
/// use ndgrad_data::{Table, samples};
/// use ndgrad_linear::{DesignOptions, Formula, Multinomial, MultinomialModel};
///
/// let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes())?;
/// let formula = Formula::parse("island ~ flipper_length_mm + sex")?;
/// let options = DesignOptions { category_target: true, ..DesignOptions::default() };
/// let design = formula.learn(&mut &penguins, &options)?;
/// let classes = design.target_levels().expect("islands are categories").to_vec();
/// let fit = Multinomial::new(classes).fit(&mut design.observe(&penguins))?;
/// let model = MultinomialModel::new(design, &fit);
///
/// let new = Table::from_csv("new.csv", "flipper_length_mm,sex\n220,male\n".as_bytes())?;
/// let class = model.predict(&new)?[0].expect("nothing is missing");
/// assert_eq!(model.classes[class], "Biscoe");
/// assert!(model.probabilities(&new)?[0].as_ref().is_some_and(|each| each[class] > 0.6));
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MultinomialModel {
    /// How rows become numbers.
    pub design: DesignInfo,
    /// The names of the classes; the first is the baseline.
    pub classes: Vec<String>,
    /// The columns of the design that have coefficients, in order; others follow from these.
    pub columns: Vec<usize>,
    /// The intercept, if the design has one, and the coefficient of each of `columns`: those of the second class, then of the
    /// third, and so on.
    pub coefficients: Vec<f64>,
    /// How all coefficients vary together, if that is known.
    pub covariance: Option<Covariance>,
    /// The number of rows that the model was fitted to.
    pub rows: u64,
}

/// The kind of such models among files of ndgrad.
const KIND: &str = "multinomial";

impl MultinomialModel {
    /// The model of a fit to the observations of `design`.
    ///
    /// # Panics
    /// If the fit is one of other columns than the design has.
    #[track_caller]
    pub fn new(design: DesignInfo, fit: &MultinomialFit) -> MultinomialModel {
        let model = MultinomialModel {
            design,
            classes: fit.classes.clone(),
            columns: fit.columns.clone(),
            coefficients: fit.inference.terms.iter().map(|term| term.estimate).collect(),
            covariance: Some(fit.inference.covariance.clone()),
            rows: fit.rows,
        };
        model.checked(&fit.names)
    }

    /// The model where descent on the observations of `design` is, for the classes of its target; no standard errors are known.
    ///
    /// # Panics
    /// As [`new`](Self::new), and if the state is not one of so many classes as the design's target has.
    #[track_caller]
    pub fn descent(design: DesignInfo, state: &DescentState) -> MultinomialModel {
        let classes = design.target_levels().unwrap_or_default().to_vec();
        if state.loss() != Loss::Multinomial(classes.len()) {
            let error = OperationError::new(METHOD, "the state is not one of the target's classes")
                .operand("target", list(&classes), "")
                .operand("loss", state.loss().describe(), "");
            panic!("{error}");
        }
        let model = MultinomialModel {
            classes,
            columns: (0..design.names().len()).collect(),
            coefficients: state.estimates(),
            covariance: None,
            rows: state.rows,
            design,
        };
        model.checked(&state.names)
    }

    /// This model, if it is one of the columns of its design.
    #[track_caller]
    fn checked(self, names: &[String]) -> MultinomialModel {
        let size = self.columns.len() + usize::from(self.design.has_intercept());
        if self.design.names() != names || self.coefficients.len() != (self.classes.len() - 1) * size {
            let error = OperationError::new(METHOD, "the fit is not one of the design's columns")
                .operand("design", list(self.design.names()), "")
                .operand("fit", list(names), format!("{} coefficients", self.coefficients.len()))
                .remedy("give the design whose observations were fitted");
            panic!("{error}");
        }
        self
    }

    /// The names of the coefficients, `class: term`.
    pub fn terms(&self) -> Vec<String> {
        let intercept = self.design.has_intercept().then_some(Inference::INTERCEPT);
        let columns = self.columns.iter().map(|&column| &*self.design.names()[column]);
        let terms = Vec::from_iter(intercept.into_iter().chain(columns));
        self.classes[1..].iter().flat_map(|class| terms.iter().map(move |term| name(class, term))).collect()
    }

    /// The probability of each class for each row of a table; `None` where a value is missing that nothing stands in for.
    ///
    /// # Errors
    /// As [`DesignInfo::encode`].
    pub fn probabilities(&self, table: &Table) -> Result<Vec<Option<Vec<f64>>>> {
        each_row(&self.design, &self.columns, table, |row, _| {
            probabilities(row, &self.coefficients, self.classes.len())
        })
    }

    /// The probability of each class for a row of the design.
    ///
    /// # Panics
    /// If the row has not a number for each column.
    #[track_caller]
    pub fn probabilities_of(&self, row: &[f64]) -> Vec<f64> {
        assert_eq!(row.len(), self.design.names().len(), "multinomial: a row has a number for each column");
        let ones = std::iter::repeat_n(1.0, usize::from(self.design.has_intercept()));
        let own: Vec<f64> = ones.chain(self.columns.iter().map(|&column| row[column])).collect();
        probabilities(&own, &self.coefficients, self.classes.len())
    }

    /// The number of the most likely class of each row, the first of several that are.
    ///
    /// # Errors
    /// As [`probabilities`](Self::probabilities).
    pub fn predict(&self, table: &Table) -> Result<Vec<Option<usize>>> {
        let likeliest = |each: Option<Vec<f64>>| each.map(|each| MultinomialModel::likeliest(&each));
        Ok(self.probabilities(table)?.into_iter().map(likeliest).collect())
    }

    /// The number of the class of the largest of these probabilities, the first of several that are.
    pub fn likeliest(probabilities: &[f64]) -> usize {
        let first = |best, class| if probabilities[class] > probabilities[best] { class } else { best };
        (0..probabilities.len()).fold(0, first)
    }

    /// Writes the model as a safetensors file, whole or not at all: the tensors `coefficients` and `covariance`, and the rest
    /// as JSON in the metadata's entry `ndgrad`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        write_bytes(path.as_ref(), &self.to_bytes())
    }

    /// The bytes of such a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let common = Lent {
            design: &self.design,
            columns: &self.columns,
            coefficients: &self.coefficients,
            covariance: self.covariance.as_ref(),
            rows: self.rows,
        };
        common.to_bytes(KIND, [("classes".to_string(), json!(self.classes))].into_iter().collect(), &[])
    }

    /// Reads a model that [`save`](Self::save) has written.
    ///
    /// # Errors
    /// As [`Model::load`](crate::Model::load); no file makes this panic.
    pub fn load(path: impl AsRef<Path>) -> Result<MultinomialModel> {
        let path = path.as_ref();
        MultinomialModel::from_bytes(&path.display().to_string(), &read_file(path)?)
    }

    /// Reads the bytes of such a file; `name` stands for it in messages.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<MultinomialModel> {
        with_description(name, bytes, KIND, decode)
    }
}

/// The model, if everything fits together; what does not, otherwise.
fn decode(description: &Value, file: &Contents) -> Result<MultinomialModel, String> {
    let classes = description["classes"].as_array().ok_or("it has no list of classes")?;
    let classes: Option<Vec<String>> =
        classes.iter().map(|class| class.as_str().map(str::to_string)).collect();
    let classes =
        classes.filter(|classes| classes.len() > 1).ok_or("its classes are not two names at least")?;
    let Read { design, columns, coefficients, covariance, rows } =
        Read::of(description, file, classes.len() - 1)?;
    Ok(MultinomialModel { design, classes, columns, coefficients, covariance, rows })
}
