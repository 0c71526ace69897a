//! `Solution`: the coefficients of a linear model, how certain they are, and which columns had none.

/// What [`LeastSquares::solve`](crate::LeastSquares::solve) found.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// The intercept; `None` if the model has none.
    pub intercept: Option<Estimate>,
    /// One for each column; `None` where the column depends on earlier ones (see [`Solution::aliases`]).
    pub coefficients: Vec<Option<Estimate>>,
    /// The columns that were left out, and what each depends on; empty where the columns are independent.
    pub aliases: Vec<Alias>,
    /// The sum of the squared residuals, in the target's units squared.
    pub residual_sum_of_squares: f64,
    /// The number of parameters that the data determine, the intercept included.
    pub rank: usize,
    /// Rows less [`Solution::rank`].
    pub degrees_of_freedom: usize,
    /// An estimate of the 2-norm condition number of the columns that were kept, centred if there is an
    /// intercept and scaled to length one. 1 means that they are orthogonal; 1e6 that about six digits of the
    /// coefficients hang on the last digits of the data.
    pub condition: f64,
}

/// A coefficient and how well the data determine it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The coefficient, in the target's units per unit of the column.
    pub value: f64,
    /// Its standard error, in the same units; `None` where no degree of freedom is left to estimate it.
    ///
    /// All digits hold for small data; beyond some million rows times columns squared, 15 less the logarithm of
    /// the condition number do.
    pub standard_error: Option<f64>,
}

/// A column that earlier columns determine: `column = constant + sum(factor * other column)`.
#[derive(Clone, Debug, PartialEq)]
pub struct Alias {
    /// The column, counted from 0.
    pub column: usize,
    /// What is added to the terms; always 0 without an intercept.
    pub constant: f64,
    /// The columns that it depends on, counted from 0, with their factors; none for a constant column.
    pub terms: Vec<(usize, f64)>,
}

impl Alias {
    /// The dependency as an equation, with the columns' names and numbers of six digits.
    ///
    /// ```
    /// use ndgrad_linear::Alias;
    /// let alias = Alias { column: 2, constant: 32.0, terms: vec![(0, 1.8), (1, -1.0)] };
    /// assert_eq!(alias.describe(&["a", "b", "c"]), "c = 32 + 1.8 a - b");
    /// ```
    ///
    /// # Panics
    /// If `names` does not have a name for each column.
    #[track_caller]
    pub fn describe(&self, names: &[impl AsRef<str>]) -> String {
        // Through text and back: what remains of 1.7999999999999998 is 1.8.
        let short = |number: f64| format!("{number:.5e}").parse::<f64>().unwrap_or(number);
        let mut text = format!("{} =", names[self.column].as_ref());
        if self.constant != 0.0 || self.terms.is_empty() {
            text += &format!(" {}", short(self.constant));
        }
        for &(column, factor) in &self.terms {
            let first = text.ends_with('=');
            text += match (first, factor < 0.0) {
                (true, false) => " ",
                (true, true) => " -",
                (false, false) => " + ",
                (false, true) => " - ",
            };
            let size = short(factor.abs());
            if size != 1.0 {
                text += &format!("{size} ");
            }
            text += names[column].as_ref();
        }
        text
    }
}
