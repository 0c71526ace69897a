//! `Frame`: the units and the origin in which a regression is computed.

use crate::double_double::DoubleDouble;
use crate::observations::Block;
use ndgrad_tensor::gram::{LANES, Lanes, panels};

/// A power of two for each column that brings it to about one, and, with an intercept, a centre to subtract.
///
/// Scaling by powers of two is exact. Any centre gives the same model; one near the mean keeps columns far from zero
/// (years, timestamps) apart from the intercept.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub intercept: bool,
    pub exponents: Vec<i32>,
    pub y_exponent: i32,
    /// What each scaled column is shifted by: zeros without an intercept.
    pub centres: Vec<DoubleDouble>,
    /// What the scaled target is shifted by.
    pub y_centre: DoubleDouble,
}

impl Frame {
    /// The units and means of these rows, of which there is at least one.
    pub fn of(block: &Block<'_>, columns: usize, intercept: bool) -> Frame {
        let mut largest = vec![0.0; columns];
        for row in block.x.chunks_exact(columns.max(1)) {
            largest.iter_mut().zip(row).for_each(|(largest, x)| *largest = f64::max(*largest, x.abs()));
        }
        let target = |i: usize| block.y[i] - block.offset.map_or(0.0, |offset| offset[i]);
        let largest_y = (0..block.rows()).fold(0.0, |largest, i| f64::max(largest, target(i).abs()));
        let mut frame = Frame {
            intercept,
            exponents: largest.into_iter().map(exponent).collect(),
            y_exponent: exponent(largest_y),
            centres: vec![DoubleDouble::ZERO; columns],
            y_centre: DoubleDouble::ZERO,
        };
        if intercept {
            let (count, scales, y_scale) = (block.rows() as f64, frame.scales(), frame.y_scale());
            let mut sums = vec![0.0; columns];
            for row in block.x.chunks_exact(columns.max(1)) {
                for (sum, (x, scale)) in sums.iter_mut().zip(row.iter().zip(scales.as_flattened())) {
                    *sum += x * scale;
                }
            }
            let finite = |sum: f64| DoubleDouble::from(if sum.is_finite() { sum / count } else { 0.0 });
            frame.centres = sums.into_iter().map(finite).collect();
            frame.y_centre = finite((0..block.rows()).map(|i| target(i) * y_scale).sum());
        }
        frame
    }

    /// The same units, for a model with or without an intercept.
    pub fn with_intercept(self, intercept: bool) -> Frame {
        Frame { intercept, ..self }
    }

    /// The number of columns.
    pub fn columns(&self) -> usize {
        self.exponents.len()
    }

    /// What columns are multiplied by, eight by eight.
    pub fn scales(&self) -> Vec<Lanes> {
        in_lanes(self.exponents.iter().map(|&exponent| power_of_two(-exponent)), self.columns())
    }

    /// What the target is multiplied by.
    pub fn y_scale(&self) -> f64 {
        power_of_two(-self.y_exponent)
    }

    /// The number whose scaled form is `value * 2^-exponent` of column `j`.
    pub fn unscaled(&self, value: f64, j: usize) -> f64 {
        libm::scalbn(value, self.exponents[j])
    }

    /// A coefficient of scaled columns, for the columns as given.
    pub fn coefficient(&self, scaled: f64, j: usize) -> f64 {
        libm::scalbn(scaled, self.y_exponent - self.exponents[j])
    }

    /// A number on the scaled target's scale, on the target's own.
    pub fn target(&self, scaled: f64) -> f64 {
        libm::scalbn(scaled, self.y_exponent)
    }

    /// The ratio of a unit of column `j` to a unit of column `k`.
    pub fn ratio(&self, value: f64, j: usize, k: usize) -> f64 {
        libm::scalbn(value, self.exponents[j] - self.exponents[k])
    }
}

/// Numbers in groups of eight, the last filled up with zeros.
pub(crate) fn in_lanes(numbers: impl Iterator<Item = f64>, count: usize) -> Vec<Lanes> {
    let mut lanes = vec![[0.0; LANES]; panels(count)];
    lanes.as_flattened_mut().iter_mut().zip(numbers).for_each(|(lane, number)| *lane = number);
    lanes
}

/// The power of two just above `size`, kept where both it and its inverse are ordinary numbers.
fn exponent(size: f64) -> i32 {
    if size == 0.0 || !size.is_finite() { 0 } else { (libm::ilogb(size) + 1).clamp(-1000, 1000) }
}

/// `2^exponent`, for exponents of ordinary numbers.
fn power_of_two(exponent: i32) -> f64 {
    libm::scalbn(1.0, exponent)
}
