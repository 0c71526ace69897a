//! Exact least squares: the coefficients that minimize the squared error, to the digits that the data determine.
//!
//! # How
//!
//! One algorithm at every size:
//!
//! 1. **Scale and centre.** Columns are scaled by powers of two (exactly) and, with an intercept, shifted by
//!    about their mean, so neither units nor a far origin cost digits.
//! 2. **Factorize.** Householder reflections, block of rows after block of rows, give the triangle `R` of `QR`.
//!    Small problems do this in double-double arithmetic, large ones in `f64`.
//! 3. **Find the rank.** Columns that depend on earlier ones are taken out of the triangle.
//! 4. **Refine.** From zero, repeat: residuals and `X'r` of the data as given, in double-double arithmetic; a
//!    step from `R'R d = X'r`; until nothing changes. Each pass gains as many digits as the factor has (about
//!    16, less the logarithm of the condition number), so two or three passes do, and the answer is that of
//!    double-double arithmetic whatever the factor was.
//!
//! Refinement is why a plain `f64` factor is enough for large data: reading the data a few more times costs far
//! less than a factorization in higher precision. The normal equations themselves (half the work of
//! Householder reflections) would gain the square of the condition number fewer digits a pass, and none at all
//! from 1e8 on. Sums have one fixed order, so results have the same bits on every run and machine.
//!
//! Source: Å. Björck, "Stability analysis of the method of seminormal equations for linear least squares
//! problems", Linear Algebra and its Applications 88/89 (1987); and chapter 2 of his Numerical Methods for
//! Least Squares Problems (SIAM, 1996).

use crate::design::{Design, Gradient};
use crate::double_double::DoubleDouble;
use crate::solution::{Alias, Estimate, Solution};
use crate::triangle::{Real, Triangle};
use ndgrad_array::{Error, OperationError, Result};

/// Up to this many rows times columns squared the factor is in double-double arithmetic, so that standard errors
/// have all digits on ill-conditioned data too. At about 5 ns for each, this is 20 ms; `f64` takes a fifth.
const DOUBLE_DOUBLE_WORK: usize = 4_000_000;

/// A column whose spread is under this part of its size is constant: rounding explains what varies.
const CONSTANT: f64 = 16.0 * f64::EPSILON;

/// Terms of a dependency that are smaller than this part of the dependent column are left out of it.
const NEGLIGIBLE: f64 = 1e-6;

/// Refinement ends where the next step would be under this part of the parameters: 24 digits.
const ENOUGH: f64 = 1e-24;

/// Refinement that stalls before this many digits are settled is no answer.
const USABLE: f64 = 1e-10;

/// Each pass gains digits; this many happen only where each gains less than one.
const MOST_PASSES: usize = 30;

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
}

impl Default for LeastSquares {
    fn default() -> Self {
        LeastSquares { intercept: true, tolerance: 1e-9 }
    }
}

impl LeastSquares {
    /// With an intercept, and a tolerance of 1e-9.
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

    /// Fits `y` (one number a row) on `x` (row after row, `columns` numbers a row).
    ///
    /// Dependent columns are handled as R's `lm` does: from left to right, a column that the earlier ones
    /// determine is left out, its coefficient is `None`, and an [`Alias`] names what it depends on. With an
    /// intercept, a constant column is dependent.
    ///
    /// # Errors
    /// [`Error::Data`] if there are fewer rows than parameters, if a number is not finite (the first is named by
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
        let parameters = columns + usize::from(self.intercept);
        if rows < parameters.max(1) {
            let and_intercept = if self.intercept { " and an intercept" } else { "" };
            return Err(Error::Data(format!(
                "least squares: {rows} rows cannot determine {columns} columns{and_intercept}; at least {} are \
                 needed\n    add rows, or use fewer columns",
                parameters.max(1)
            )));
        }
        let design = Design::new(x, columns, y, self.intercept)?;
        if rows.saturating_mul(parameters).saturating_mul(parameters) <= DOUBLE_DOUBLE_WORK {
            Problem::<DoubleDouble>::new(&design).solve(self.tolerance)
        } else {
            Problem::<f64>::new(&design).solve(self.tolerance)
        }
    }
}

/// A factorized design, and which of its columns the triangle still has.
struct Problem<'a, T> {
    design: &'a Design<'a>,
    triangle: Triangle<T>,
    kept: Vec<usize>,
    /// The triangle's columns before the first of `kept`: 1 with an intercept, else 0.
    ones: usize,
}

impl<'a, T: Real> Problem<'a, T> {
    fn new(design: &'a Design<'a>) -> Self {
        let kept = (0..design.columns()).collect();
        Problem { design, triangle: design.factorize(), kept, ones: usize::from(design.has_intercept()) }
    }

    fn solve(mut self, tolerance: f64) -> Result<Solution> {
        let aliases = self.take_out_dependent_columns(tolerance);
        let parameters = self.refine()?;
        let (intercept, coefficients) = self.unshifted(&parameters);
        let mut squares = DoubleDouble::ZERO;
        self.design.residuals(intercept, &coefficients, |_, residual| squares += residual * residual);

        let rank = self.triangle.columns();
        let degrees_of_freedom = self.design.rows() - rank;
        let deviation = (squares.value() / degrees_of_freedom as f64).sqrt();
        let standard_error =
            |v: &[f64]| (degrees_of_freedom > 0).then(|| deviation * self.triangle.length_under_inverse(v));

        let mut estimates = vec![None; self.design.columns()];
        for (k, &j) in self.kept.iter().enumerate() {
            let mut unit = vec![0.0; rank];
            unit[self.ones + k] = 1.0;
            let original = |scaled| self.design.coefficient(scaled, j);
            let value = original(coefficients[j].value());
            if !value.is_finite() {
                return Err(Error::Data(format!(
                    "least squares: the coefficient of column {j} is beyond the range of 64-bit numbers\n    \
                     express the column, or the target, in other units"
                )));
            }
            estimates[j] = Some(Estimate { value, standard_error: standard_error(&unit).map(original) });
        }
        let intercept = (self.ones == 1).then(|| {
            let centres = self.kept.iter().map(|&j| -self.design.centres()[j]);
            let at_origin: Vec<f64> = std::iter::once(1.0).chain(centres).collect();
            Estimate {
                value: self.design.target(intercept.value()),
                standard_error: standard_error(&at_origin).map(|scaled| self.design.target(scaled)),
            }
        });
        Ok(Solution {
            intercept,
            coefficients: estimates,
            aliases,
            residual_sum_of_squares: self.design.target(self.design.target(squares.value())),
            rank,
            degrees_of_freedom,
            condition: self.triangle.condition(self.ones),
        })
    }

    /// From left to right, so that of two columns that depend on each other the later one goes.
    fn take_out_dependent_columns(&mut self, tolerance: f64) -> Vec<Alias> {
        let mut aliases = Vec::new();
        let mut k = 0;
        while k < self.kept.len() {
            let place = self.ones + k;
            let spread = self.triangle.length(self.ones, place);
            let centre = self.design.centres()[self.kept[k]] * (self.design.rows() as f64).sqrt();
            let constant = self.ones == 1 && spread <= CONSTANT * libm::hypot(centre, spread);
            let unexplained = self.triangle.entry(place, place).abs();
            if constant || unexplained <= tolerance * spread {
                aliases.push(self.alias(k, spread, constant));
                self.triangle.remove(place);
                self.kept.remove(k);
            } else {
                k += 1;
            }
        }
        aliases
    }

    /// Column `kept[k]` in terms of the columns kept before it.
    fn alias(&self, k: usize, spread: f64, constant: bool) -> Alias {
        let (design, column) = (self.design, self.kept[k]);
        let combination = self.triangle.combination(self.ones + k);
        let mut terms = Vec::new();
        // On the scaled columns: (x - its centre) = offset + sum(factor * (other - its centre)).
        let centre = design.centres()[column];
        let offset = if self.ones == 1 { combination[0] } else { 0.0 };
        let (mut sum, mut size) = (centre + offset, centre.abs());
        if !constant {
            for (i, &factor) in combination[self.ones..].iter().enumerate() {
                let other = self.kept[i];
                if (factor * self.triangle.length(self.ones, self.ones + i)).abs() > NEGLIGIBLE * spread {
                    terms.push((other, design.ratio(factor, column, other)));
                    sum -= factor * design.centres()[other];
                    size += (factor * design.centres()[other]).abs();
                }
            }
        }
        // What cancels to this little is zero, seen through rounding.
        let scaled = if sum.abs() <= 1e-12 * size { 0.0 } else { sum };
        Alias { column, constant: design.unscaled(scaled, column), terms }
    }

    /// The parameters of the scaled and shifted columns: the intercept, if any, then those of `kept`.
    fn refine(&self) -> Result<Vec<DoubleDouble>> {
        let rank = self.triangle.columns();
        let lengths: Vec<f64> = (0..rank).map(|j| self.triangle.length(0, j)).collect();
        // Parameters times the lengths of their columns, to compare with each other and with the target.
        let size = |parameters: &[DoubleDouble]| {
            parameters
                .iter()
                .zip(&lengths)
                .fold(0.0_f64, |size, (p, length)| size.max((p.high * length).abs()))
        };
        let mut parameters = vec![DoubleDouble::ZERO; rank];
        let mut target = 0.0_f64;
        let mut scale = 0.0_f64;
        let mut last_step = f64::INFINITY;
        for pass in 0..MOST_PASSES {
            let gradient = self.gradient(&parameters, |residual| {
                if pass == 0 {
                    target += residual * residual;
                }
            });
            let step = self.triangle.solve_normal(&gradient);
            let step_size = size(&step);
            // What is left when refinement has run out of digits.
            if step_size > 0.5 * last_step {
                break;
            }
            parameters.iter_mut().zip(step).for_each(|(parameter, step)| *parameter += step);
            // Where the columns explain next to nothing, rounding is measured by the target.
            scale = size(&parameters).max(1e-6 * target.sqrt());
            // The next step shrinks as this one did; where it would change nothing, this was the last.
            let expected = if pass == 0 { step_size } else { step_size * (step_size / last_step) };
            last_step = step_size;
            if expected <= ENOUGH * scale {
                return Ok(parameters);
            }
        }
        if last_step <= USABLE * scale {
            return Ok(parameters);
        }
        Err(Error::Data(format!(
            "least squares: the columns are too nearly dependent (condition number about {:.0e}) for any digit of \
             the coefficients to be certain\n    leave a column out, or raise the tolerance so that dependent \
             columns are left out",
            self.triangle.condition(self.ones)
        )))
    }

    /// `X'r` for the scaled and shifted columns; `visit` sees the residuals.
    fn gradient(&self, parameters: &[DoubleDouble], mut visit: impl FnMut(f64)) -> Vec<DoubleDouble> {
        let (intercept, coefficients) = self.unshifted(parameters);
        let mut products = Gradient::new(self.design.columns());
        let mut sum = DoubleDouble::ZERO;
        self.design.residuals(intercept, &coefficients, |row, residual| {
            sum += residual;
            products.add(row, residual);
            visit(residual.value());
        });
        let shifted = |&j: &usize| products.sum(j) - sum * self.design.centres()[j].into();
        std::iter::repeat_n(sum, self.ones).chain(self.kept.iter().map(shifted)).collect()
    }

    /// The intercept, and one coefficient for each column, for columns that are scaled but not shifted.
    fn unshifted(&self, parameters: &[DoubleDouble]) -> (DoubleDouble, Vec<DoubleDouble>) {
        let mut intercept = if self.ones == 1 { parameters[0] } else { DoubleDouble::ZERO };
        let mut coefficients = vec![DoubleDouble::ZERO; self.design.columns()];
        for (&j, &parameter) in self.kept.iter().zip(&parameters[self.ones..]) {
            coefficients[j] = parameter;
            intercept = intercept - parameter * self.design.centres()[j].into();
        }
        (intercept, coefficients)
    }
}
