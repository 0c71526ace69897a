//! `Statistics`: all that least squares need to know of any number of rows.

use crate::double_double::DoubleDouble;
use crate::exact::frame::Frame;
use crate::exact::triangle::{Real, Triangle};
use ndgrad_array::{Error, Result};

/// Means and products of the columns of a regression and its target, to about 30 digits: sufficient for every least-squares
/// fit of these rows, penalized ones too. Those of other rows can be added.
///
/// ```
/// use ndgrad_linear::{InMemory, LeastSquares};
///
/// let rows = |x: &[f64], y: &[f64]| InMemory::new(["x".to_string()], x.to_vec(), y.to_vec());
/// let solver = LeastSquares::new();
/// let mut both = solver.statistics(&mut rows(&[0.0, 1.0, 2.0], &[1.0, 3.0, 4.0])?)?;
/// both.merge(&solver.statistics(&mut rows(&[3.0, 4.0], &[7.0, 8.0])?)?)?;
/// assert_eq!(both.rows(), 5);
/// let together = solver.fit(&mut rows(&[0.0, 1.0, 2.0, 3.0, 4.0], &[1.0, 3.0, 4.0, 7.0, 8.0])?)?;
/// let merged = solver.fit_statistics(&both)?;
/// assert_eq!(merged.inference.terms[1].estimate, together.inference.terms[1].estimate);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Statistics {
    pub(crate) names: Vec<String>,
    pub(crate) intercept: bool,
    pub(crate) description: String,
    pub(crate) rows: u64,
    pub(crate) weighted: bool,
    pub(crate) log_weights: f64,
    pub(crate) weight: DoubleDouble,
    /// The columns, and last the target, are multiplied by 2 to these powers, less.
    pub(crate) exponents: Vec<i32>,
    pub(crate) means: Vec<DoubleDouble>,
    /// The weighted products about the means: the rows of the upper triangle, one after the other.
    pub(crate) products: Vec<DoubleDouble>,
    /// How far the provisional centres lay from the means: the most that a column's sum of squares about them was larger
    /// than that about its mean; for the columns, and for the target.
    pub(crate) cancelled: [f64; 2],
}

impl Statistics {
    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether the model has an intercept.
    pub fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// The number of rows; those of weight 0 do not count.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// The sum of the weights: the number of rows where there are none.
    pub fn weight(&self) -> f64 {
        self.weight.value()
    }

    /// What was done to the data before they became columns, in words of whoever did it; empty at first. Only statistics of
    /// the same description can be merged.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Sets [`description`](Self::description).
    pub fn set_description(&mut self, description: impl Into<String>) {
        self.description = description.into();
    }

    /// The weighted mean of each column.
    pub fn means(&self) -> Vec<f64> {
        (0..self.names.len()).map(|j| self.natural(self.means[j], &[j])).collect()
    }

    /// The weighted mean of the target.
    pub fn target_mean(&self) -> f64 {
        let y = self.names.len();
        self.natural(self.means[y], &[y])
    }

    /// The weighted sum of the products of columns `i` and `j` about their means.
    pub fn product(&self, i: usize, j: usize) -> f64 {
        self.natural(self.at(i, j), &[i, j])
    }

    /// The weighted sum of the products of column `j` and the target about their means.
    pub fn target_product(&self, j: usize) -> f64 {
        self.product(j, self.names.len())
    }

    /// The weighted sum of the squares of the target about its mean.
    pub fn target_squares(&self) -> f64 {
        self.target_product(self.names.len())
    }

    /// The centred matrix of [`product`](Self::product)s, row after row.
    pub fn gram(&self) -> Vec<f64> {
        let columns = self.names.len();
        (0..columns * columns).map(|place| self.product(place / columns, place % columns)).collect()
    }

    fn natural(&self, value: DoubleDouble, columns: &[usize]) -> f64 {
        libm::scalbn(value.value(), columns.iter().map(|&j| self.exponents[j]).sum())
    }

    /// The scaled product of columns `i` and `j`, the target being the last.
    pub(crate) fn at(&self, i: usize, j: usize) -> DoubleDouble {
        let (i, j) = (i.min(j), i.max(j));
        let columns = self.means.len();
        self.products[i * columns - i * (i + 1) / 2 + j]
    }

    /// The product of columns as the model sees them: about the means only if there is an intercept.
    pub(crate) fn model_product(&self, i: usize, j: usize) -> DoubleDouble {
        let centred = self.at(i, j);
        if self.intercept { centred } else { centred + self.weight * self.means[i] * self.means[j] }
    }

    /// Whether no number overflowed.
    pub(crate) fn is_finite(&self) -> bool {
        self.products
            .iter()
            .chain(&self.means)
            .all(|number| number.high.is_finite() && number.low.is_finite())
    }

    /// The triangle of the scaled columns, after a column of ones if there is an intercept.
    pub(crate) fn triangle<T: Real>(&self) -> Triangle<T> {
        let (columns, ones) = (self.columns(), usize::from(self.intercept));
        Triangle::of_products(columns + ones, |i, j| match (i.checked_sub(ones), j.checked_sub(ones)) {
            (Some(i), Some(j)) => self.model_product(i, j),
            (None, None) => self.weight,
            _ => DoubleDouble::ZERO,
        })
    }

    /// The units and the means.
    pub(crate) fn frame(&self) -> Frame {
        let columns = self.columns();
        let centre = |mean: DoubleDouble| if self.intercept { mean } else { DoubleDouble::ZERO };
        Frame {
            intercept: self.intercept,
            exponents: self.exponents[..columns].to_vec(),
            y_exponent: self.exponents[columns],
            centres: self.means[..columns].iter().map(|&mean| centre(mean)).collect(),
            y_centre: centre(self.means[columns]),
        }
    }

    /// The number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.means.len() - 1
    }

    /// Adds the statistics of other rows of the same columns.
    ///
    /// The update is that of T. F. Chan, G. H. Golub, R. J. LeVeque, "Algorithms for computing the sample variance", The
    /// American Statistician 37 (1983).
    ///
    /// # Errors
    /// [`Error::Data`] if names, intercept or description differ.
    pub fn merge(&mut self, other: &Statistics) -> Result<()> {
        self.check_alike(other)?;
        let units: Vec<i32> = self.exponents.iter().zip(&other.exponents).map(|(&a, &b)| a.max(b)).collect();
        *self = self.in_units(&units);
        let other = other.in_units(&units);
        let weight = self.weight + other.weight;
        if other.weight.value() > 0.0 {
            let share = other.weight / weight;
            let differences: Vec<DoubleDouble> =
                other.means.iter().zip(&self.means).map(|(&theirs, &ours)| theirs - ours).collect();
            let factor = self.weight * share;
            let pairs = (0..self.means.len()).flat_map(|i| (i..self.means.len()).map(move |j| (i, j)));
            for ((sum, &theirs), (i, j)) in self.products.iter_mut().zip(&other.products).zip(pairs) {
                *sum += theirs + factor * differences[i] * differences[j];
            }
            self.means.iter_mut().zip(&differences).for_each(|(mean, &d)| *mean += share * d);
        }
        self.weight = weight;
        self.rows += other.rows;
        self.weighted |= other.weighted;
        self.log_weights += other.log_weights;
        for (ours, theirs) in self.cancelled.iter_mut().zip(other.cancelled) {
            *ours = ours.max(theirs);
        }
        Ok(())
    }

    fn check_alike(&self, other: &Statistics) -> Result<()> {
        let refuse = |what: &str, ours: &str, theirs: &str| {
            Err(Error::Data(format!(
                "statistics: {what} differ: {ours:?} and {theirs:?}\n    \
                 merge statistics of the same model, made by the same command from parts of the data"
            )))
        };
        if let Some((ours, theirs)) =
            self.names.iter().zip(&other.names).find(|(ours, theirs)| ours != theirs)
        {
            return refuse("the names of columns", ours, theirs);
        }
        if self.names.len() != other.names.len() {
            let count = |names: &[String]| format!("{} columns", names.len());
            return refuse("the numbers of columns", &count(&self.names), &count(&other.names));
        }
        if self.intercept != other.intercept {
            let text = |intercept| if intercept { "with an intercept" } else { "without an intercept" };
            return refuse("the models", text(self.intercept), text(other.intercept));
        }
        if self.description != other.description {
            return refuse("the descriptions", &self.description, &other.description);
        }
        Ok(())
    }

    /// The same, with these powers of two, which changes no digit.
    fn in_units(&self, units: &[i32]) -> Statistics {
        let shifts: Vec<i32> = self.exponents.iter().zip(units).map(|(a, b)| a - b).collect();
        let scaled = |number: DoubleDouble, shift: i32| DoubleDouble {
            high: libm::scalbn(number.high, shift),
            low: libm::scalbn(number.low, shift),
        };
        let pairs = (0..shifts.len()).flat_map(|i| (i..shifts.len()).map(move |j| (i, j)));
        let pairs: Vec<(usize, usize)> = pairs.collect();
        Statistics {
            exponents: units.to_vec(),
            means: self.means.iter().zip(&shifts).map(|(&mean, &shift)| scaled(mean, shift)).collect(),
            products: self
                .products
                .iter()
                .zip(pairs)
                .map(|(&product, (i, j))| scaled(product, shifts[i] + shifts[j]))
                .collect(),
            ..self.clone()
        }
    }
}
