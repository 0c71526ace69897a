//! B-splines: pieces of polynomials that join smoothly at knots.

use std::fmt;

use super::expression::Constant;

/// What a formula says of splines: patsy's `bs`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Spline {
    pub degree: usize,
    /// The number of columns, if it was given.
    pub df: Option<usize>,
    /// The inner knots, if they were given.
    pub knots: Option<Vec<f64>>,
    /// Whether the first column, which the others and a constant determine, is one of them.
    pub intercept: bool,
    pub lower_bound: Option<f64>,
    pub upper_bound: Option<f64>,
}

impl Spline {
    /// The number of inner knots that the numbers choose, or those given; or what is wrong and a remedy.
    pub fn inner(&self) -> Result<usize, [String; 2]> {
        let fewest = self.degree + usize::from(self.intercept);
        match (self.df, &self.knots) {
            (None, None) => Err(["bs needs df or knots".into(), "write bs(x, df = 5)".into()]),
            (None, Some(knots)) => Ok(knots.len()),
            (Some(df), _) if df < fewest => Err([
                format!("df is too small for splines of degree {}", self.degree),
                format!("it is at least {fewest} here"),
            ]),
            (Some(df), Some(knots)) if df - fewest != knots.len() => Err([
                format!("df = {df} takes {} knots, not {}", df - fewest, knots.len()),
                "leave out df or knots".into(),
            ]),
            (Some(df), _) => Ok(df - fewest),
        }
    }

    /// The number of columns of a spline that is in order.
    pub fn width(&self) -> usize {
        self.inner().map_or(0, |inner| inner + self.degree + usize::from(self.intercept))
    }

    /// The knots for these numbers, or what is wrong with them and a remedy.
    ///
    /// Inner knots that are not given are quantiles, between neighbors in proportion (type 7 of R. J. Hyndman and Y. Fan,
    /// "Sample quantiles in statistical packages", The American Statistician 50, 1996), as in R and patsy.
    pub fn knots(&self, numbers: &mut [f64]) -> Result<Knots, [String; 2]> {
        numbers.sort_unstable_by(f64::total_cmp);
        let (Some(first), Some(last)) = (numbers.first(), numbers.last()) else {
            return Err(["there is no value in the rows used".into(), "fill in some".into()]);
        };
        let (low, high) = (self.lower_bound.unwrap_or(*first), self.upper_bound.unwrap_or(*last));
        // Adding 0 makes both zeros one.
        let bounds = (low + 0.0, high + 0.0);
        let outside = |number: f64| number < bounds.0 || number > bounds.1;
        if bounds.0 >= bounds.1 {
            return Err([
                format!("splines between {} and {} have no pieces", bounds.0, bounds.1),
                "they are of numbers that vary: leave them out".into(),
            ]);
        }
        if let Some(number) = [*first, *last].into_iter().find(|number| outside(*number)) {
            return Err([
                format!("{number} lies outside of the bounds {} and {}", bounds.0, bounds.1),
                "give bounds that hold all numbers".into(),
            ]);
        }
        let inner = match &self.knots {
            Some(knots) => knots.clone(),
            None => {
                let count = self.inner()?;
                (1..=count).map(|place| quantile(numbers, place as f64 / (count + 1) as f64)).collect()
            }
        };
        if let Some(knot) = inner.iter().find(|knot| outside(**knot)) {
            return Err([
                format!("the knot {knot} lies outside of the numbers, {} to {}", bounds.0, bounds.1),
                "give knots within".into(),
            ]);
        }
        Ok(Knots::new(self.degree, self.intercept, bounds, inner))
    }
}

/// Type 7 of numbers in order.
fn quantile(numbers: &[f64], part: f64) -> f64 {
    let place = part * (numbers.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(numbers.len() - 1);
    numbers[below] + (numbers[above] - numbers[below]) * (place - below as f64)
}

impl Spline {
    /// Writes the call, of what is written.
    pub fn fmt_call(&self, f: &mut fmt::Formatter<'_>, of: &dyn fmt::Display) -> fmt::Result {
        write!(f, "bs({of}")?;
        if let Some(df) = self.df {
            write!(f, ", df = {df}")?;
        }
        if let Some(knots) = &self.knots {
            let knots = Vec::from_iter(knots.iter().map(|knot| Constant(*knot).to_string()));
            write!(f, ", knots = c({})", knots.join(", "))?;
        }
        if self.degree != 3 {
            write!(f, ", degree = {}", self.degree)?;
        }
        if self.intercept {
            f.write_str(", include_intercept = TRUE")?;
        }
        for (name, bound) in [("lower_bound", self.lower_bound), ("upper_bound", self.upper_bound)] {
            if let Some(bound) = bound {
                write!(f, ", {name} = {}", Constant(bound))?;
            }
        }
        f.write_str(")")
    }
}

/// Splines that have met their numbers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Knots {
    degree: usize,
    intercept: bool,
    pub bounds: (f64, f64),
    /// Within the bounds, in order.
    pub inner: Vec<f64>,
    /// All knots: each bound once more than the degree says.
    all: Vec<f64>,
}

impl Knots {
    /// Inner knots within bounds of which the first is the lower one.
    pub fn new(degree: usize, intercept: bool, bounds: (f64, f64), mut inner: Vec<f64>) -> Knots {
        inner.sort_unstable_by(f64::total_cmp);
        let bound = |bound: f64| std::iter::repeat_n(bound, degree + 1);
        let all = bound(bounds.0).chain(inner.iter().copied()).chain(bound(bounds.1)).collect();
        Knots { degree, intercept, bounds, inner, all }
    }

    /// The first number that lies outside of the bounds.
    pub fn outside(&self, numbers: &[f64]) -> Option<usize> {
        numbers.iter().position(|number| *number < self.bounds.0 || *number > self.bounds.1)
    }

    /// The splines at these numbers, which lie within the bounds: one list for each.
    ///
    /// Those that are not 0 at a number come from those of one degree less (C. de Boor, A Practical Guide to Splines, revised
    /// edition, Springer 2001, chapter X, the subroutine BSPLVB).
    pub fn values(&self, numbers: &[f64]) -> Vec<Vec<f64>> {
        let (degree, knots) = (self.degree, &self.all);
        let skipped = usize::from(!self.intercept);
        let mut columns = vec![vec![0.0; numbers.len()]; knots.len() - degree - 1 - skipped];
        // The last piece ends at the upper bound, and holds it.
        let last = knots.partition_point(|knot| *knot < self.bounds.1) - 1;
        let (mut values, mut left, mut right) =
            (vec![1.0; degree + 1], vec![0.0; degree + 1], vec![0.0; degree + 1]);
        for (row, &number) in numbers.iter().enumerate() {
            let piece = (knots.partition_point(|knot| *knot <= number).max(1) - 1).min(last);
            values[0] = 1.0;
            for j in 1..=degree {
                left[j] = number - knots[piece + 1 - j];
                right[j] = knots[piece + j] - number;
                let mut saved = 0.0;
                for r in 0..j {
                    let part = values[r] / (right[r + 1] + left[j - r]);
                    values[r] = saved + right[r + 1] * part;
                    saved = left[j - r] * part;
                }
                values[j] = saved;
            }
            for (offset, value) in values.iter().enumerate() {
                if let Some(column) = (piece - degree + offset).checked_sub(skipped) {
                    columns[column][row] = *value;
                }
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spline(df: usize, degree: usize) -> Spline {
        Spline { degree, df: Some(df), intercept: true, ..Spline::default() }
    }

    proptest! {
        /// At each number all splines together are 1, none is below 0, and no more than the degree and one are not 0.
        #[test]
        fn splines_share_out_one(mut numbers in proptest::collection::vec(-9.0..9.0f64, 2..40), degree in 0usize..6, more in 0usize..5) {
            prop_assume!(numbers.iter().any(|number| *number != numbers[0]));
            let knots = spline(degree + 1 + more, degree).knots(&mut numbers).unwrap();
            let columns = knots.values(&numbers);
            prop_assert_eq!(columns.len(), degree + 1 + more);
            for row in 0..numbers.len() {
                let values = Vec::from_iter(columns.iter().map(|column| column[row]));
                prop_assert!((values.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{:?}", values);
                prop_assert!(values.iter().all(|value| *value >= 0.0));
                prop_assert!(values.iter().filter(|value| **value != 0.0).count() <= degree + 1);
            }
        }
    }

    #[test]
    fn knots_may_coincide_with_each_other_and_with_a_bound() {
        let mut numbers = [0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0];
        let knots = spline(8, 3).knots(&mut numbers).unwrap();
        assert_eq!(knots.inner, [1.0, 1.0, 1.0, 2.0]);
        for row in knots.values(&numbers).iter().fold(vec![0.0; 10], |mut sums, column| {
            sums.iter_mut().zip(column).for_each(|(sum, value)| *sum += value);
            sums
        }) {
            assert!((row - 1.0f64).abs() < 1e-14);
        }
    }

    /// A straight line between knots, by hand: at 1 of the knots 0, 2, 6 half of the first piece is done.
    #[test]
    fn splines_of_degree_one_are_hats() {
        let given = Spline { degree: 1, knots: Some(vec![2.0]), intercept: true, ..Spline::default() };
        let knots = given.knots(&mut [0.0, 6.0]).unwrap();
        assert_eq!(knots.values(&[1.0, 5.0, 6.0]), [[0.5, 0.0, 0.0], [0.5, 0.25, 0.0], [0.0, 0.75, 1.0]]);
        assert_eq!(knots.outside(&[0.0, 6.0, 6.5]), Some(2));
    }
}
