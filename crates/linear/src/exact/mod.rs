//! Exact least squares: the coefficients that minimize the squared error, to the digits that the data determine.
//!
//! # How
//!
//! 1. **Sum.** One pass over the rows gives the products of all columns, `X'WX`. Columns are scaled by powers of two (exactly)
//!    and, with an intercept, shifted, so neither units nor a far origin cost digits. Rows in memory are summed in `f64`, at the
//!    speed of a matrix product; others, where another pass would cost more, in double-double arithmetic.
//! 2. **Look.** Cholesky's method gives the triangle `R` with `R'R = X'WX`, from which dependent columns are taken out, and
//!    the condition number. The sums lose its square: where that leaves too few digits for standard errors, they are summed in
//!    double-double arithmetic, and where even this is too little, or the data are small, Householder reflections in
//!    double-double arithmetic give the triangle of the rows themselves.
//! 3. **Refine.** Residuals and `X'Wr` of the data as given, in double-double arithmetic; a step from `R'R d = X'Wr`;
//!    until nothing changes. Each pass gains as many digits as the factor has, so one or two do, and the answer is that of
//!    double-double arithmetic whatever the factor was.
//!
//! Rows in memory save the pass of step 3 where they can: a model of the first rows is made before the pass of step 1, which sums
//! up that model's residuals beside the columns. The step from there is short, so what rounding does to it is less than what a
//! factorization in `f64` does to the whole; where an estimate of it says otherwise, step 3 is made as it stands.
//!
//! Refinement is why sums in `f64` are enough for well-conditioned data: it costs far less than anything of higher precision. Sums
//! have one fixed order, so results have the same bits on every run and machine, with any number of threads.
//!
//! Source: Å. Björck, "Stability analysis of the method of seminormal equations for linear least squares
//! problems", Linear Algebra and its Applications 88/89 (1987); and chapter 2 of his Numerical Methods for
//! Least Squares Problems (SIAM, 1996).

pub(crate) mod answer;
mod combine;
mod file;
pub(crate) mod frame;
mod gather;
mod householder;
mod linear_fit;
mod problem;
pub(crate) mod products;
pub(crate) mod residuals;
pub(crate) mod statistics;
pub(crate) mod triangle;

pub use linear_fit::LinearFit;
pub use statistics::Statistics;

use crate::inference::checked_level;
use crate::observations::{Block, InMemory, Observations};
use crate::solution::{Estimate, Solution};
use ndgrad_array::{OperationError, Result};
use ndgrad_tensor::gram::Wide;

/// Ordinary least squares, solved exactly: minimizes `||y - intercept - X coefficients||`.
///
/// ```
/// use ndgrad_linear::LeastSquares;
///
/// // y = 4 + 2a - 3b
/// let x = [1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 5.0];
/// let y = [6.0, 1.0, 3.0, -7.0];
/// let solution = LeastSquares::new().solve(&x, 2, &y)?;
/// assert_eq!(solution.intercept.unwrap().value, 4.0);
/// assert_eq!(solution.coefficients[0].unwrap().value, 2.0);
/// assert_eq!(solution.coefficients[1].unwrap().value, -3.0);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LeastSquares {
    intercept: bool,
    tolerance: f64,
    level: f64,
}

impl Default for LeastSquares {
    fn default() -> Self {
        LeastSquares { intercept: true, tolerance: 1e-9, level: 0.95 }
    }
}

impl LeastSquares {
    /// With an intercept, a tolerance of 1e-9, and intervals of 95 %.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves the intercept out: the fit goes through the origin.
    pub fn without_intercept(mut self) -> Self {
        self.intercept = false;
        self
    }

    /// A column counts as dependent on the earlier ones where what they leave unexplained of it is at most this
    /// part of its length (about its mean, if there is an intercept).
    ///
    /// The default is 1e-9. R's `lm` uses 1e-7, which its `f64` arithmetic needs, and with it calls NIST's
    /// Filip data dependent (6e-8), of which this solver gets every digit. For data that went through `f32`, which
    /// blurs an exact dependency to about 3e-8, 1e-6 is right.
    ///
    /// # Panics
    /// If `tolerance` is not within 1e-12 and 1: below, rounding in the factorization could pass for data.
    #[track_caller]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        if !(1e-12..1.0).contains(&tolerance) {
            let error = OperationError::new("least squares", "the tolerance must lie within 1e-12 and 1")
                .operand("tolerance", tolerance, "");
            panic!("{error}");
        }
        self.tolerance = tolerance;
        self
    }

    /// The probability that intervals of coefficients are meant to cover the true ones; 0.95 by default.
    ///
    /// # Panics
    /// If `level` is not between 0 and 1.
    #[track_caller]
    pub fn level(mut self, level: f64) -> Self {
        self.level = checked_level("least squares", level);
        self
    }

    /// Fits `y` (one number a row) on `x` (row after row, `columns` numbers a row).
    ///
    /// Dependent columns are handled as R's `lm` does: from left to right, a column that the earlier ones
    /// determine is left out, its coefficient is `None`, and an [`Alias`](crate::Alias) names what it depends on. With an
    /// intercept, a constant column is dependent.
    ///
    /// # Errors
    /// [`Error::Data`](ndgrad_array::Error::Data) if there are fewer rows than parameters, if a number is not finite (the first is named by
    /// row and column), if a coefficient is out of `f64`'s range, or if the columns are so nearly dependent
    /// that no digit of the coefficients is certain.
    ///
    /// # Panics
    /// If `x` does not hold `columns` numbers for each of `y`.
    #[track_caller]
    pub fn solve(&self, x: &[f64], columns: usize, y: &[f64]) -> Result<Solution> {
        let rows = y.len();
        if rows.checked_mul(columns) != Some(x.len()) {
            let error = OperationError::new("least squares", "x must hold one row for each y")
                .operand(
                    "x",
                    format!("[{}]", x.len()),
                    format!("{rows} rows of {columns} columns are wanted"),
                )
                .operand("y", format!("[{rows}]"), "");
            panic!("{error}");
        }
        let mut rows = Slices { x, columns, y, intercept: self.intercept };
        let answer = answer::solve(&mut rows, columns, self.tolerance)?;
        let estimates = answer.estimates()?;
        let estimate = |i: usize| Estimate {
            value: estimates[i],
            standard_error: (answer.degrees_of_freedom() > 0).then(|| answer.std_error(i)),
        };
        let mut coefficients = vec![None; columns];
        for (k, &j) in answer.kept.iter().enumerate() {
            coefficients[j] = Some(estimate(answer.ones + k));
        }
        Ok(Solution {
            intercept: (answer.ones == 1).then(|| estimate(0)),
            coefficients,
            residual_sum_of_squares: answer.frame.target(answer.frame.target(answer.squares)),
            rank: answer.rank(),
            degrees_of_freedom: answer.degrees_of_freedom(),
            condition: answer.condition,
            aliases: answer.aliases,
        })
    }

    /// Fits rows from anywhere, with their weights and offsets, in as few passes as the digits allow: one over a file, unless
    /// the columns are nearly dependent. Whether there is an intercept is theirs to say.
    ///
    /// Dependent columns are handled as by [`solve`](Self::solve). A row of weight 0 is none: it counts for no degree of
    /// freedom.
    ///
    /// ```
    /// use ndgrad_linear::{InMemory, LeastSquares};
    ///
    /// let x = vec![1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 5.0, 3.0, 3.0];
    /// let mut rows = InMemory::new(["a", "b"].map(String::from), x, vec![6.0, 1.0, 3.0, -7.0, 1.1])?;
    /// let fit = LeastSquares::new().fit(&mut rows)?;
    /// let [intercept, a, b] = &fit.inference.terms[..] else { unreachable!() };
    /// assert_eq!((&*intercept.term, &*a.term, &*b.term), ("(intercept)", "a", "b"));
    /// assert!((a.estimate - 2.0).abs() < 0.3 && a.p_value < 0.05);
    /// assert!(fit.r2.unwrap() > 0.99 && fit.degrees_of_freedom == 2);
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`solve`](Self::solve); also if a weight is below 0, or the rows cannot be read.
    pub fn fit(&self, observations: &mut dyn Observations) -> Result<LinearFit> {
        let names = observations.names().to_vec();
        let answer = answer::solve(observations, names.len(), self.tolerance)?;
        LinearFit::new(names, answer, self.level)
    }

    /// Sums up rows, in one pass, for [`fit_statistics`](Self::fit_statistics), for statistics of other rows to be added, or
    /// for estimators that need no more.
    ///
    /// # Errors
    /// [`Error::Data`](ndgrad_array::Error::Data) if a number is not finite or a weight below 0; if the rows cannot be read.
    pub fn statistics(&self, observations: &mut dyn Observations) -> Result<Statistics> {
        let columns = observations.names().len();
        Ok(gather::gather::<Wide>(observations, columns, false)?.statistics)
    }

    /// Fits rows of which only the statistics are known. Coefficients have all digits up to a condition number of about 1e6.
    ///
    /// # Errors
    /// As [`solve`](Self::solve).
    pub fn fit_statistics(&self, statistics: &Statistics) -> Result<LinearFit> {
        let answer = answer::solve_statistics(statistics, self.tolerance)?;
        LinearFit::new(statistics.names().to_vec(), answer, self.level)
    }
}

/// Rows whose columns have no names.
struct Slices<'a> {
    x: &'a [f64],
    columns: usize,
    y: &'a [f64],
    intercept: bool,
}

impl Observations for Slices<'_> {
    fn names(&self) -> &[String] {
        &[]
    }

    fn has_intercept(&self) -> bool {
        self.intercept
    }

    fn in_memory(&self) -> bool {
        true
    }

    fn pass(&mut self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()> {
        let (rows, width) = (self.y.len(), self.columns);
        for part in InMemory::parts(rows, width) {
            visit(&Block::new(
                part.start as u64,
                &self.x[part.start * width..part.end * width],
                &self.y[part],
            ))?;
        }
        Ok(())
    }
}
