//! Residuals of a regression and `X'Wr`, to twice the precision of `f64`.
//!
//! Dot products with their rounding errors carried along: T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot
//! product", SIAM J. Sci. Comput. 26 (2005).

use crate::double_double::{DoubleDouble, split, two_product, two_sum};
use crate::exact::frame::Frame;
use crate::observations::{Block, Observations};
use ndgrad_array::Result;
use ndgrad_tensor::gram::{LANES, Lanes, Wide, panels};
use ndgrad_tensor::simd::{Kernel, Level, level, vectorized};
use ndgrad_tensor::threads::fill_pieces;

/// Rows whose sums are one partial sum: what a thread takes at a time.
const ROWS: usize = 512;

/// Rows that are computed side by side.
const GROUP: usize = 8;

#[derive(Clone, Debug)]
/// A linear predictor for scaled columns that are not shifted.
pub(crate) struct Predictor {
    pub intercept: DoubleDouble,
    pub coefficients: Vec<DoubleDouble>,
}

/// What a pass over the rows sums up, on the scaled columns, which are not shifted.
#[derive(Clone, Default)]
pub(crate) struct Sums {
    /// The residuals times their weights.
    pub residuals: DoubleDouble,
    /// The squares of the residuals times their weights.
    pub squares: DoubleDouble,
    products: Vec<Wide>,
}

impl Sums {
    /// The residuals times their weights and the numbers of column `j`.
    pub fn product(&self, j: usize) -> DoubleDouble {
        let lanes = &self.products[j / LANES];
        DoubleDouble::sum(lanes.high[j % LANES], lanes.low[j % LANES])
    }

    fn add(&mut self, other: &Sums) {
        self.residuals += other.residuals;
        self.squares += other.squares;
        for (sum, other) in self.products.iter_mut().zip(&other.products) {
            for l in 0..LANES {
                let (high, rounding) = two_sum(sum.high[l], other.high[l]);
                sum.high[l] = high;
                sum.low[l] += rounding + other.low[l];
            }
        }
    }
}

impl Predictor {
    /// One pass over all rows. `visit` sees each block with its residuals, in the target's units.
    pub fn pass(
        &self,
        frame: &Frame,
        observations: &mut dyn Observations,
        mut visit: impl FnMut(&Block<'_>, &[f64]) -> Result<()>,
    ) -> Result<Sums> {
        let empty = Sums { products: vec![Wide::default(); panels(frame.columns())], ..Sums::default() };
        let mut total = empty.clone();
        let mut parts: Vec<(Sums, Vec<f64>)> = Vec::new();
        let mut residuals = Vec::new();
        let tables = Tables::new(self, frame);
        observations.pass(&mut |block| {
            parts.resize_with(block.rows().div_ceil(ROWS), Default::default);
            let work = ROWS * (frame.columns() + 1) * 16;
            fill_pieces(&mut parts, work, 1, |start, parts| {
                for (index, (sums, residuals)) in parts.iter_mut().enumerate() {
                    let first = (start + index) * ROWS;
                    let rows = first..block.rows().min(first + ROWS);
                    sums.clone_from(&empty);
                    residuals.clear();
                    residuals.resize(rows.len(), 0.0);
                    vectorized(Part { block, rows, tables: &tables, sums, residuals });
                }
            });
            residuals.clear();
            for (sums, part) in &parts {
                total.add(sums);
                residuals.extend(part.iter().map(|&residual| frame.target(residual)));
            }
            visit(block, &residuals)
        })?;
        Ok(total)
    }
}

/// The predictor, eight columns by eight, and what the rows are multiplied by.
struct Tables {
    columns: usize,
    intercept: DoubleDouble,
    scales: Vec<Lanes>,
    y_scale: f64,
    coefficients: Vec<Wide>,
}

impl Tables {
    fn new(predictor: &Predictor, frame: &Frame) -> Tables {
        let mut coefficients = vec![Wide::default(); panels(frame.columns())];
        for (j, coefficient) in predictor.coefficients.iter().enumerate() {
            coefficients[j / LANES].high[j % LANES] = coefficient.high;
            coefficients[j / LANES].low[j % LANES] = coefficient.low;
        }
        Tables {
            columns: frame.columns(),
            intercept: predictor.intercept,
            scales: frame.scales(),
            y_scale: frame.y_scale(),
            coefficients,
        }
    }
}

struct Part<'a> {
    block: &'a Block<'a>,
    rows: std::ops::Range<usize>,
    tables: &'a Tables,
    sums: &'a mut Sums,
    residuals: &'a mut [f64],
}

impl Kernel for Part<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // Without an instruction for it, a fused multiply-add is a call into a library.
        if level() == Level::Baseline { self.run_with(split_product) } else { self.run_with(fused_product) }
    }
}

/// The rounded product, and what rounding left out: both ways give the same bits.
#[inline(always)]
fn fused_product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

#[inline(always)]
fn split_product(a: f64, b: f64) -> (f64, f64) {
    two_product(a, split(a), b, split(b))
}

impl Part<'_> {
    #[inline(always)]
    fn run_with(self, product: impl Fn(f64, f64) -> (f64, f64) + Copy) {
        let Part { block, rows, tables, sums, residuals } = self;
        let columns = tables.columns;
        let groups = tables.scales.len();
        let mut scaled = vec![[0.0; LANES]; GROUP * groups];
        for (group, first) in rows.clone().step_by(GROUP).enumerate() {
            let count = GROUP.min(rows.end - first);
            let mut totals = [[0.0; LANES]; GROUP];
            let mut errors = [[0.0; LANES]; GROUP];
            for r in 0..count {
                let row = &block.x[(first + r) * columns..][..columns];
                let scaled = &mut scaled[r * groups..][..groups];
                fill(scaled, row, &tables.scales);
                for (values, coefficients) in scaled.iter().zip(&tables.coefficients) {
                    for l in 0..LANES {
                        let (term, error) = product(values[l], coefficients.high[l]);
                        let (total, rounding) = two_sum(totals[r][l], term);
                        totals[r][l] = total;
                        errors[r][l] += rounding + (error + values[l] * coefficients.low[l]);
                    }
                }
            }
            let mut weighted = [DoubleDouble::ZERO; GROUP];
            for r in 0..count {
                let row = first + r;
                let (mut predicted, mut error) = (totals[r][0], errors[r][0]);
                for l in 1..LANES {
                    let (total, rounding) = two_sum(predicted, totals[r][l]);
                    predicted = total;
                    error += rounding + errors[r][l];
                }
                let mut target = DoubleDouble::from(block.y[row] * tables.y_scale);
                if let Some(offset) = block.offset {
                    target = target - (offset[row] * tables.y_scale).into();
                }
                let residual = target - tables.intercept - DoubleDouble::sum(predicted, error);
                residuals[group * GROUP + r] = residual.value();
                weighted[r] = match block.weights {
                    None => residual,
                    Some(weights) => residual * weights[row].into(),
                };
                sums.residuals += weighted[r];
                sums.squares += weighted[r] * residual;
            }
            for (g, sum) in sums.products.iter_mut().enumerate() {
                for r in 0..count {
                    let values = scaled[r * groups + g];
                    for (l, &value) in values.iter().enumerate() {
                        let (term, error) = product(value, weighted[r].high);
                        let (total, rounding) = two_sum(sum.high[l], term);
                        sum.high[l] = total;
                        sum.low[l] += rounding + (error + value * weighted[r].low);
                    }
                }
            }
        }
    }
}

/// A row, scaled, in groups of eight columns; what the last group lacks stays 0.
#[inline(always)]
fn fill(scaled: &mut [Lanes], row: &[f64], scales: &[Lanes]) {
    let (whole, rest) = row.as_chunks::<LANES>();
    for ((scaled, row), scales) in scaled.iter_mut().zip(whole).zip(scales) {
        for l in 0..LANES {
            scaled[l] = row[l] * scales[l];
        }
    }
    if let (Some(scaled), Some(scales)) = (scaled.get_mut(whole.len()), scales.get(whole.len())) {
        for ((scaled, x), scale) in scaled.iter_mut().zip(rest).zip(scales) {
            *scaled = x * scale;
        }
    }
}
