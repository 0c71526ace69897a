//! `Encoding`: the rows of a table as estimators read them, and the way back to a model of tables.

use crate::encode::{Choice, Encoded};
use crate::feature::{Feature, Term};
use crate::linear::{Linear, Scaling};
use crate::model::Model;
use crate::observations::InMemory;
use crate::regression::LinearRegression;
use ndgrad_array::Result;
use ndgrad_data::Table;

/// The rows of a table that a regression uses, as numbers with names.
#[derive(Clone, Debug)]
pub struct Encoding {
    /// The column that is predicted.
    pub target: String,
    /// The columns that are read, and what becomes of them.
    pub features: Vec<Feature>,
    /// The rows of the table that are used, counted from 0, in order.
    pub rows: Vec<usize>,
    /// The number of rows that are not, for lack of a value.
    pub dropped: usize,
    /// What was left out, one sentence each.
    pub warnings: Vec<String>,
    /// The rows, with an intercept.
    pub observations: InMemory,
}

impl LinearRegression {
    /// The rows of the table that [`fit`](Self::fit) would train on, for estimators of another kind. Columns that follow from others
    /// are still among them.
    ///
    /// # Errors
    /// If the target or a feature is not in the table or cannot be used, or none is left.
    ///
    /// ```
    /// use ndgrad_data::{Table, samples};
    /// use ndgrad_linear::{LeastSquares, LinearRegression};
    ///
    /// let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes())?;
    /// let encoding = LinearRegression::new("body_mass_g").features(["species"]).encode(&penguins)?;
    /// assert_eq!(encoding.observations.names, ["species[Chinstrap]", "species[Gentoo]"]);
    /// assert_eq!((encoding.rows.len(), encoding.dropped), (342, 2));
    /// let model = encoding.model(3700.0, &[Some(33.0), Some(1375.0)]);
    /// assert_eq!(model.equation(80), "body_mass_g = 3700 + 33 species[Chinstrap] + 1375 species[Gentoo]");
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    pub fn encode(&self, table: &Table) -> Result<Encoding> {
        let choice = Choice {
            target: &self.target,
            features: self.features.as_deref(),
            categories: &self.categories,
            missing: self.missing,
        };
        let Encoded { features, rows, x, y, warnings } = Encoded::new(table, &choice)?;
        let names: Vec<String> = features.iter().flat_map(Feature::terms).map(|term| term.name).collect();
        let dropped = table.rows() - rows.len();
        let observations = InMemory::new(names, x, y)?;
        Ok(Encoding { target: self.target.clone(), features, rows, dropped, warnings, observations })
    }
}

impl Encoding {
    /// The terms of all features, in the order of the columns.
    pub fn terms(&self) -> Vec<Term> {
        self.features.iter().flat_map(Feature::terms).collect()
    }

    /// The model with these coefficients, one for each column; terms without one are left out of it.
    ///
    /// # Panics
    /// If there is not one for each column.
    #[track_caller]
    pub fn model(&self, intercept: f64, coefficients: &[Option<f64>]) -> Model {
        let columns = self.observations.names.len();
        assert_eq!(coefficients.len(), columns, "model: a coefficient is wanted for each column");
        let mut keep = coefficients.iter().map(Option::is_some);
        let mut features = self.features.clone();
        features.retain_mut(|feature| {
            let own: Vec<bool> = keep.by_ref().take(feature.width()).collect();
            feature.retain_terms(own.into_iter())
        });
        let weights: Vec<f64> = coefficients.iter().flatten().copied().collect();
        let width = weights.len();
        // The model's own units, so that no digit of a coefficient is lost.
        let scaling = Scaling {
            centres: vec![0.0; width],
            scales: vec![1.0; width],
            target_centre: intercept,
            target_scale: 1.0,
        };
        let (rows, dropped) = (self.rows.len(), self.dropped);
        Model {
            target: self.target.clone(),
            features,
            linear: Linear { scaling, weights, bias: 0.0 },
            rows,
            dropped,
            scatter: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_predicts_with_the_coefficients_that_it_was_given() {
        let text = "a,kind,y\n1,x,1\n2,y,2\n3,z,3\n4,x,4\n";
        let table = Table::from_csv("t.csv", text.as_bytes()).unwrap();
        let encoding = LinearRegression::new("y").encode(&table).unwrap();
        assert_eq!(encoding.observations.names, ["a", "kind[y]", "kind[z]"]);
        let model = encoding.model(0.1, &[Some(10.0), None, Some(100.0)]);
        let predicted = model.predict(&table).unwrap();
        assert_eq!(predicted, [10.1, 20.1, 130.1, 40.1].map(Some));
        assert_eq!((model.intercept(), model.coefficients()), (0.1, vec![10.0, 100.0]));
        let again = Model::from_bytes("m", &model.to_bytes()).unwrap();
        assert_eq!(again, model);
    }
}
