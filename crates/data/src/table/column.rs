//! `Column`: the values of one column, numbers or categories.

use super::category::Category;

/// The values of one column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Every value that is present is a number.
    Numeric(Numeric),
    /// Every value that is present is one of a set of levels.
    Category(Category),
}

impl Column {
    /// The number of rows, missing values included.
    pub fn len(&self) -> usize {
        match self {
            Column::Numeric(numeric) => numeric.len(),
            Column::Category(category) => category.len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of missing values.
    pub fn missing(&self) -> usize {
        match self {
            Column::Numeric(numeric) => numeric.missing(),
            Column::Category(category) => category.missing(),
        }
    }

    /// Whether the value of `row` is missing.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Column::Numeric(numeric) => numeric.get(row).is_none(),
            Column::Category(category) => category.code(row).is_none(),
        }
    }
}

/// A column of numbers, some of them missing. A NaN that was computed is a value, not a missing one.
///
/// ```
/// use ndgrad_data::Numeric;
/// let heights: Numeric = [Some(1.5), None, Some(1.8)].into_iter().collect();
/// assert_eq!((heights.len(), heights.missing()), (3, 1));
/// assert_eq!(heights.get(2), Some(1.8));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Numeric {
    values: Vec<f64>,
    present: Vec<bool>,
    /// Whether the numbers are dates, in days since 1970-01-01.
    dates: bool,
}

impl Numeric {
    /// Values, those of which count that are present, and whether they are days since 1970-01-01.
    pub(crate) fn with_gaps(values: Vec<f64>, present: Vec<bool>, dates: bool) -> Self {
        debug_assert_eq!(values.len(), present.len());
        Numeric { values, present, dates }
    }

    /// Adds the rows of another column.
    pub(super) fn append(&mut self, other: &Numeric) {
        self.values.extend_from_slice(&other.values);
        self.present.extend_from_slice(&other.present);
    }

    /// Whether the values are dates: numbers of days since 1970-01-01.
    pub fn is_dates(&self) -> bool {
        self.dates
    }

    pub(super) fn push(&mut self, value: Option<f64>) {
        self.values.push(value.unwrap_or(f64::NAN));
        self.present.push(value.is_some());
    }

    /// The number of rows, missing values included.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The number of missing values.
    pub fn missing(&self) -> usize {
        self.present.iter().filter(|&&present| !present).count()
    }

    /// The value of `row`, or `None` where it is missing.
    ///
    /// # Panics
    /// If there is no such row.
    #[track_caller]
    pub fn get(&self, row: usize) -> Option<f64> {
        self.present[row].then(|| self.values[row])
    }

    /// All values in order, `None` where they are missing.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Option<f64>> + '_ {
        self.values.iter().zip(&self.present).map(|(&value, &present)| present.then_some(value))
    }

    /// All values in order, with NaN in the places of missing ones; [`present`](Self::present) tells which.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// For every row, whether its value is present.
    pub fn present(&self) -> &[bool] {
        &self.present
    }
}

impl FromIterator<Option<f64>> for Numeric {
    fn from_iter<I: IntoIterator<Item = Option<f64>>>(values: I) -> Self {
        let mut numeric = Numeric::default();
        values.into_iter().for_each(|value| numeric.push(value));
        numeric
    }
}

impl From<Vec<f64>> for Numeric {
    /// A column without missing values.
    fn from(values: Vec<f64>) -> Self {
        let present = vec![true; values.len()];
        Numeric { values, present, dates: false }
    }
}

/// Equal values in equal places, missing ones included (what stands in for them is not compared).
impl PartialEq for Numeric {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl From<Numeric> for Column {
    fn from(numeric: Numeric) -> Self {
        Column::Numeric(numeric)
    }
}

impl From<Category> for Column {
    fn from(category: Category) -> Self {
        Column::Category(category)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nan_is_not_a_missing_value() {
        let numeric = Numeric::from_iter([Some(f64::NAN), None]);
        assert!(numeric.get(0).unwrap().is_nan());
        assert_eq!(numeric.get(1), None);
        assert_eq!(numeric.present(), [true, false]);
        assert_eq!(Column::from(numeric).missing(), 1);
    }

    #[test]
    fn equality_is_that_of_the_values() {
        assert_eq!(Numeric::from_iter([None, Some(1.0)]), Numeric::from_iter([None, Some(1.0)]));
        assert_ne!(Numeric::from_iter([None, Some(1.0)]), Numeric::from_iter([Some(0.0), Some(1.0)]));
        assert_eq!(Numeric::from(vec![1.0, 2.0]), Numeric::from_iter([Some(1.0), Some(2.0)]));
    }
}
