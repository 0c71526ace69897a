//! Residuals of a regression and `X'Wr`, to twice the precision of `f64`.
//!
//! Dot products with their rounding errors carried along: T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot
//! product", SIAM J. Sci. Comput. 26 (2005).

use crate::double_double::{DoubleDouble, two_sum};
use crate::exact::frame::Frame;
use crate::observations::{Block, Observations};
use ndgrad_array::Result;
use ndgrad_tensor::gram::{LANES, Lanes, ScaledRows, Wide, panels};
use ndgrad_tensor::threads::fill_pieces;

/// Rows whose sums are one partial sum: what a thread takes at a time.
const ROWS: usize = 512;

/// Rows that are read twice while they are near.
const GROUP: usize = 16;

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
    /// Sums from elsewhere; `products` has a number for each column.
    pub fn new(
        residuals: DoubleDouble,
        squares: DoubleDouble,
        products: impl ExactSizeIterator<Item = DoubleDouble>,
    ) -> Sums {
        Sums { residuals, squares, products: in_lanes(products) }
    }

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

/// A number for each column, eight by eight, the last filled up with zeros.
fn in_lanes(numbers: impl ExactSizeIterator<Item = DoubleDouble>) -> Vec<Wide> {
    let mut lanes = vec![Wide::default(); panels(numbers.len())];
    for (j, number) in numbers.enumerate() {
        lanes[j / LANES].high[j % LANES] = number.high;
        lanes[j / LANES].low[j % LANES] = number.low;
    }
    lanes
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
                    Part { block, rows, tables: &tables, sums, residuals }.run();
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
pub(crate) struct Tables {
    columns: usize,
    intercept: DoubleDouble,
    scales: Vec<Lanes>,
    y_scale: f64,
    coefficients: Vec<Wide>,
}

impl Tables {
    pub fn new(predictor: &Predictor, frame: &Frame) -> Tables {
        Tables {
            columns: frame.columns(),
            intercept: predictor.intercept,
            scales: frame.scales(),
            y_scale: frame.y_scale(),
            coefficients: in_lanes(predictor.coefficients.iter().copied()),
        }
    }

    /// The residuals of as many rows from the `first` on, in two parts each; and these rows.
    pub fn residuals<'a>(
        &'a self,
        block: &Block<'a>,
        first: usize,
        out: &mut [(f64, f64)],
    ) -> ScaledRows<'a> {
        let numbers = &block.x[first * self.columns..(first + out.len()) * self.columns];
        let x = ScaledRows { numbers, columns: self.columns, scales: &self.scales };
        x.dots(&self.coefficients, out);
        for (row, pair) in (first..).zip(out) {
            let mut target = DoubleDouble::from(block.y[row] * self.y_scale);
            if let Some(offset) = block.offset {
                target = target - (offset[row] * self.y_scale).into();
            }
            let residual = target - self.intercept - DoubleDouble::sum(pair.0, pair.1);
            *pair = (residual.high, residual.low);
        }
        x
    }
}

struct Part<'a> {
    block: &'a Block<'a>,
    rows: std::ops::Range<usize>,
    tables: &'a Tables,
    sums: &'a mut Sums,
    residuals: &'a mut [f64],
}

impl Part<'_> {
    fn run(self) {
        let Part { block, rows, tables, sums, residuals } = self;
        let mut pairs = [(0.0, 0.0); GROUP];
        for (first, rounded) in rows.step_by(GROUP).zip(residuals.chunks_mut(GROUP)) {
            let pairs = &mut pairs[..rounded.len()];
            let x = tables.residuals(block, first, pairs);
            for ((row, pair), rounded) in (first..).zip(&mut *pairs).zip(rounded) {
                let residual = DoubleDouble { high: pair.0, low: pair.1 };
                *rounded = residual.value();
                let weighted = match block.weights {
                    None => residual,
                    Some(weights) => residual * weights[row].into(),
                };
                sums.residuals += weighted;
                sums.squares += weighted * residual;
                *pair = (weighted.high, weighted.low);
            }
            x.add_multiples(pairs, &mut sums.products);
        }
    }
}
