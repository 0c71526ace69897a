//! `Design`: the rows of a regression, scaled and shifted, and passes over them.

use crate::double_double::{DoubleDouble, split, two_product, two_sum};
use crate::triangle::{Real, Triangle};
use ndgrad_array::{Error, Result};

/// Columns are padded to whole groups of this many, so that loops over them become SIMD.
const LANES: usize = 8;

/// How much of a block of rows the factorization holds at a time, in bytes: what stays in a first-level cache.
const BLOCK_BYTES: usize = 32 * 1024;

/// The rows `(x, y)`, borrowed, with a power of two for each column that brings it to about one, and, with an
/// intercept, a centre to subtract.
///
/// Scaling by powers of two is exact. The centre is near the mean, not the mean: any number would give the
/// same model, and one of this size keeps columns far from zero (years, timestamps) apart from the intercept.
pub(crate) struct Design<'a> {
    x: &'a [f64],
    y: &'a [f64],
    columns: usize,
    intercept: bool,
    exponents: Vec<i32>,
    y_exponent: i32,
    centres: Vec<f64>,
}

impl<'a> Design<'a> {
    /// Looks at every number once: finds what is not finite, the scales and the centres.
    pub(crate) fn new(x: &'a [f64], columns: usize, y: &'a [f64], intercept: bool) -> Result<Self> {
        let mut largest = vec![0.0_f64; columns];
        let rows = || x.chunks_exact(columns.max(1));
        for (row, values) in rows().enumerate() {
            let mut finite = true;
            for (largest, value) in largest.iter_mut().zip(values) {
                finite &= value.is_finite();
                *largest = largest.max(value.abs());
            }
            if !finite {
                let column = values.iter().position(|value| !value.is_finite()).unwrap_or_default();
                return Err(not_finite(&format!("x[row {row}, column {column}]"), values[column]));
            }
        }
        if let Some(row) = y.iter().position(|value| !value.is_finite()) {
            return Err(not_finite(&format!("y[row {row}]"), y[row]));
        }
        let exponents: Vec<i32> = largest.into_iter().map(exponent).collect();
        let y_exponent = exponent(y.iter().fold(0.0, |largest, value| largest.max(value.abs())));
        let mut design =
            Design { x, y, columns, intercept, exponents, y_exponent, centres: vec![0.0; columns] };
        if intercept {
            let scales = design.scales();
            let mut sums = vec![0.0; columns];
            for values in rows() {
                for (sum, (value, scale)) in sums.iter_mut().zip(values.iter().zip(&scales)) {
                    *sum += value * scale;
                }
            }
            design.centres = sums.into_iter().map(|sum| sum / y.len() as f64).collect();
        }
        Ok(design)
    }

    /// The number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.y.len()
    }

    /// The number of columns.
    pub(crate) fn columns(&self) -> usize {
        self.columns
    }

    /// Whether the model has an intercept.
    pub(crate) fn has_intercept(&self) -> bool {
        self.intercept
    }

    /// What each scaled column is shifted by: zeros without an intercept.
    pub(crate) fn centres(&self) -> &[f64] {
        &self.centres
    }

    /// The number whose scaled form is `value * 2^-exponent` of column `j`.
    pub(crate) fn unscaled(&self, value: f64, j: usize) -> f64 {
        libm::scalbn(value, self.exponents[j])
    }

    /// A coefficient of scaled columns, for the columns as given.
    pub(crate) fn coefficient(&self, scaled: f64, j: usize) -> f64 {
        libm::scalbn(scaled, self.y_exponent - self.exponents[j])
    }

    /// A number on the scaled target's scale, on the target's own.
    pub(crate) fn target(&self, scaled: f64) -> f64 {
        libm::scalbn(scaled, self.y_exponent)
    }

    /// The ratio of a unit of column `j` to a unit of column `k`.
    pub(crate) fn ratio(&self, value: f64, j: usize, k: usize) -> f64 {
        libm::scalbn(value, self.exponents[j] - self.exponents[k])
    }

    /// The triangular factor of the scaled and shifted columns, after a column of ones if there is an intercept.
    pub(crate) fn factorize<T: Real>(&self) -> Triangle<T> {
        let ones = usize::from(self.intercept);
        let width = self.columns + ones;
        let mut triangle = Triangle::new(width);
        if width == 0 {
            return triangle;
        }
        let height = (BLOCK_BYTES / size_of::<T>() / width).clamp(32, 1024);
        let scales = self.scales();
        let mut block = Vec::with_capacity(height * width);
        for start in (0..self.y.len()).step_by(height) {
            let rows = height.min(self.y.len() - start);
            block.clear();
            block.resize(ones * rows, T::from(1.0));
            let x = &self.x[start * self.columns..][..rows * self.columns];
            for (j, (&scale, &centre)) in scales.iter().zip(&self.centres).enumerate() {
                let column = x[j..].iter().step_by(self.columns);
                block.extend(column.map(|&value| T::difference(value * scale, centre)));
            }
            triangle.absorb(&mut block, rows);
        }
        triangle
    }

    /// The residuals `y - intercept - X coefficients` of the scaled, unshifted columns, to twice the precision
    /// of `f64`, each handed to `visit` with the row that it belongs to.
    ///
    /// Dot products with their rounding errors carried along: T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and
    /// dot product", SIAM J. Sci. Comput. 26 (2005).
    pub(crate) fn residuals(
        &self,
        intercept: DoubleDouble,
        coefficients: &[DoubleDouble],
        mut visit: impl FnMut(&SplitRow, DoubleDouble),
    ) {
        let groups = self.columns.div_ceil(LANES);
        let scales = self.scales();
        let y_scale = power_of_two(-self.y_exponent);
        let mut terms = vec![Coefficients::default(); groups];
        for (j, coefficient) in coefficients.iter().enumerate() {
            let (group, lane) = (&mut terms[j / LANES], j % LANES);
            group.high[lane] = coefficient.high;
            (group.upper[lane], group.lower[lane]) = split(coefficient.high);
            group.low[lane] = coefficient.low;
        }
        let mut row = SplitRow { values: vec![[0.0; LANES]; groups], upper: vec![[0.0; LANES]; groups] };
        for (i, &y) in self.y.iter().enumerate() {
            row.fill(&self.x[i * self.columns..][..self.columns], &scales);
            let predicted = row.dot(&terms);
            visit(&row, DoubleDouble::from(y * y_scale) - intercept - predicted);
        }
    }

    fn scales(&self) -> Vec<f64> {
        self.exponents.iter().map(|&exponent| power_of_two(-exponent)).collect()
    }
}

/// One scaled row in groups of columns; `upper` holds the upper halves of its values.
pub(crate) struct SplitRow {
    values: Vec<[f64; LANES]>,
    upper: Vec<[f64; LANES]>,
}

/// Coefficients for a group of columns, with the halves of their high parts.
#[derive(Clone, Default)]
struct Coefficients {
    high: [f64; LANES],
    upper: [f64; LANES],
    lower: [f64; LANES],
    low: [f64; LANES],
}

impl SplitRow {
    fn fill(&mut self, x: &[f64], scales: &[f64]) {
        let (values, upper) = (self.values.as_flattened_mut(), self.upper.as_flattened_mut());
        for (((value, upper), x), scale) in values.iter_mut().zip(upper).zip(x).zip(scales) {
            *value = x * scale;
            *upper = split(*value).0;
        }
    }

    fn dot(&self, terms: &[Coefficients]) -> DoubleDouble {
        let (mut sums, mut errors) = ([0.0; LANES], [0.0; LANES]);
        for ((values, upper), term) in self.values.iter().zip(&self.upper).zip(terms) {
            for l in 0..LANES {
                let halves = (upper[l], values[l] - upper[l]);
                let (product, error) =
                    two_product(values[l], halves, term.high[l], (term.upper[l], term.lower[l]));
                let (sum, rounding) = two_sum(sums[l], product);
                sums[l] = sum;
                errors[l] += rounding + (error + values[l] * term.low[l]);
            }
        }
        sums.into_iter()
            .zip(errors)
            .fold(DoubleDouble::ZERO, |total, (sum, error)| total + DoubleDouble::sum(sum, error))
    }
}

/// `X'r`, summed row by row to twice the precision of `f64`.
pub(crate) struct Gradient {
    sums: Vec<[f64; LANES]>,
    errors: Vec<[f64; LANES]>,
}

impl Gradient {
    pub(crate) fn new(columns: usize) -> Self {
        let groups = columns.div_ceil(LANES);
        Gradient { sums: vec![[0.0; LANES]; groups], errors: vec![[0.0; LANES]; groups] }
    }

    /// Adds `residual` times each value of the row.
    pub(crate) fn add(&mut self, row: &SplitRow, residual: DoubleDouble) {
        let halves = split(residual.high);
        for ((values, upper), (sums, errors)) in
            row.values.iter().zip(&row.upper).zip(self.sums.iter_mut().zip(&mut self.errors))
        {
            for l in 0..LANES {
                let value_halves = (upper[l], values[l] - upper[l]);
                let (product, error) = two_product(values[l], value_halves, residual.high, halves);
                let (sum, rounding) = two_sum(sums[l], product);
                sums[l] = sum;
                errors[l] += rounding + (error + values[l] * residual.low);
            }
        }
    }

    /// The sum for column `j`.
    pub(crate) fn sum(&self, j: usize) -> DoubleDouble {
        DoubleDouble::sum(self.sums[j / LANES][j % LANES], self.errors[j / LANES][j % LANES])
    }
}

/// The power of two just above `size`, kept where both it and its inverse are ordinary numbers.
fn exponent(size: f64) -> i32 {
    if size == 0.0 { 0 } else { (libm::ilogb(size) + 1).clamp(-1000, 1000) }
}

/// `2^exponent`, for exponents of ordinary numbers.
fn power_of_two(exponent: i32) -> f64 {
    libm::scalbn(1.0, exponent)
}

fn not_finite(place: &str, value: f64) -> Error {
    Error::Data(format!(
        "least squares: {place} is {value} (rows and columns are counted from 0)\n    \
         drop the row, or fill the value in"
    ))
}
