//! Statistics of columns that are sums of others.

use crate::double_double::DoubleDouble;
use crate::exact::statistics::Statistics;

/// The exponent of a column of zeros: less than that of any other.
const NOTHING: i32 = -1000;

impl Statistics {
    /// The statistics of the same rows for columns that are sums of these, which are named by their places, with what each
    /// is multiplied by; a sum of nothing is a column of zeros. The target is the same.
    ///
    /// ```
    /// use ndgrad_linear::{InMemory, LeastSquares};
    ///
    /// let names = ["a", "b"].map(String::from);
    /// let mut rows = InMemory::new(names, vec![1.0, 2.0, 3.0, 5.0, 7.0, 4.0], vec![1.0, 2.0, 5.0])?;
    /// let statistics = LeastSquares::new().statistics(&mut rows)?;
    /// let sums = statistics.combined(vec!["a + 2 b".into(), "b".into()], &[vec![(0, 1.0), (1, 2.0)], vec![(1, 1.0)]]);
    /// let difference = sums.product(0, 0) - statistics.product(0, 0) - 4.0 * statistics.product(0, 1)
    ///     - 4.0 * statistics.product(1, 1);
    /// assert!(difference.abs() < 1e-12);
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    ///
    /// # Panics
    /// If there is not one sum for each name, or a place is none of a column.
    #[track_caller]
    pub fn combined(&self, names: Vec<String>, sums: &[Vec<(usize, f64)>]) -> Statistics {
        let target = self.columns();
        assert_eq!(names.len(), sums.len(), "statistics: a sum for each name");
        let places = sums.iter().flatten();
        assert!(
            places.clone().all(|(place, _)| *place < target),
            "statistics: a sum is of the columns there are"
        );
        let last = [vec![(target, 1.0)]];
        let all: Vec<&Vec<(usize, f64)>> = sums.iter().chain(&last).collect();
        let unit = |sum: &&Vec<(usize, f64)>| {
            sum.iter().map(|(place, _)| self.exponents[*place]).max().unwrap_or(NOTHING)
        };
        let exponents: Vec<i32> = all.iter().map(unit).collect();
        // What each scaled column is multiplied by, in the units of the sum.
        let scaled: Vec<Vec<(usize, DoubleDouble)>> = all
            .iter()
            .zip(&exponents)
            .map(|(sum, unit)| {
                let scaled = |&(place, share): &(usize, f64)| {
                    (place, libm::scalbn(share, self.exponents[place] - unit).into())
                };
                sum.iter().map(scaled).collect()
            })
            .collect();
        let mean = |sum: &Vec<(usize, DoubleDouble)>| {
            sum.iter().fold(DoubleDouble::ZERO, |mean, &(place, share)| mean + share * self.means[place])
        };
        let product = |a: usize, b: usize| {
            let mut total = DoubleDouble::ZERO;
            for &(i, left) in &scaled[a] {
                for &(j, right) in &scaled[b] {
                    total += left * right * self.at(i, j);
                }
            }
            total
        };
        let columns = all.len();
        Statistics {
            names,
            means: scaled.iter().map(mean).collect(),
            products: (0..columns)
                .flat_map(|a| (a..columns).map(move |b| (a, b)))
                .map(|(a, b)| product(a, b))
                .collect(),
            exponents,
            ..self.clone()
        }
    }

    /// The statistics of the same rows for columns of these names, of which those that are not there are zeros.
    pub fn spread(&self, names: &[String]) -> Statistics {
        let places: std::collections::HashMap<&String, usize> = self.names.iter().zip(0..).collect();
        let own = |name| places.get(name).map(|&place| (place, 1.0)).into_iter().collect();
        self.combined(names.to_vec(), &names.iter().map(own).collect::<Vec<_>>())
    }
}
