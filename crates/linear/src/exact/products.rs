//! `Products`: the sums of products of all columns, gathered block by block.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::double_double::{DoubleDouble, two_sum};
use crate::exact::frame::{Frame, in_lanes};
use crate::exact::residuals::{Predictor, Sums, Tables};
use crate::exact::statistics::Statistics;
use crate::observations::Block;
use ndgrad_tensor::gram::{self, CHAIN, LANES, Lanes, Panel, Tile, Wide};
use ndgrad_tensor::simd::{Kernel, prefetch_all, vectorized};
use ndgrad_tensor::threads::fill_pieces;

/// Numbers that are brought into panels at a time: 1 MiB of `f64`.
const BATCH: usize = 1 << 17;

/// Rows that are written side by side.
const GROUP: usize = 16;

/// Numbers of panels, which a row of a regression is written as.
pub(crate) trait Element: Panel + Default + Send {
    /// Weighted rows are multiplied once, by their weight, and not twice by its root.
    const EXACT: bool;
    /// `high + low`, times `weight`.
    fn from_parts(high: Lanes, low: Lanes, weight: f64) -> Self;
}

impl Element for Lanes {
    const EXACT: bool = false;

    #[inline(always)]
    fn from_parts(high: Lanes, _: Lanes, weight: f64) -> Lanes {
        high.map(|x| x * weight)
    }
}

impl Element for Wide {
    const EXACT: bool = true;

    #[inline(always)]
    fn from_parts(high: Lanes, low: Lanes, weight: f64) -> Wide {
        let mut wide = Wide { high, low };
        if weight != 1.0 {
            for l in 0..LANES {
                wide.high[l] = high[l] * weight;
                wide.low[l] = high[l].mul_add(weight, -wide.high[l]) + low[l] * weight;
            }
        }
        wide
    }
}

/// `X'WX` of the columns, the target and a column of ones, about provisional centres; and of the residuals of a model, if there
/// is one.
///
/// In `f64` the products round as they are; in [`Wide`] numbers all are exact but for what 100 bits leave out.
pub(crate) struct Products<P> {
    frame: Frame,
    /// A model of scaled columns that are not shifted.
    model: Option<Tables>,
    /// The columns, the target, the ones and the residuals, in panels.
    panels: usize,
    scales: Vec<Lanes>,
    centres: Vec<Lanes>,
    /// Panels of a batch, and the same times the weights.
    batch: [Vec<P>; 2],
    sums: Vec<Tile>,
    rows: u64,
    log_weights: f64,
    weighted: bool,
}

impl<P: Element> Products<P> {
    /// No rows yet. The frame's centres are rounded to `f64`.
    pub fn new(frame: Frame, model: Option<&Predictor>) -> Self {
        let columns = frame.columns();
        let all = columns + 2 + usize::from(model.is_some());
        let panels = gram::panels(all);
        let y = std::iter::once(frame.y_scale());
        let scales = frame.scales().as_flattened()[..columns].to_vec();
        let centres = frame.centres.iter().map(|c| c.value()).chain([frame.y_centre.value()]);
        Products {
            model: model.map(|model| Tables::new(model, &frame)),
            panels,
            scales: in_lanes(scales.into_iter().chain(y), all),
            centres: in_lanes(centres, all),
            batch: [Vec::new(), Vec::new()],
            sums: vec![Tile::default(); gram::tiles(panels)],
            rows: 0,
            log_weights: 0.0,
            weighted: false,
            frame,
        }
    }

    /// Takes the rows in; false if a number is not finite, or a weight is below 0.
    pub fn add(&mut self, block: &Block<'_>) -> bool {
        self.count(block);
        let height = (BATCH / (self.panels * LANES) / CHAIN).max(1) * CHAIN;
        for first in (0..block.rows()).step_by(height) {
            let rows = first..block.rows().min(first + height);
            // What is read next comes from memory while products are computed.
            let next = &block.x[rows.end * self.frame.columns()..];
            let next = &next[..next.len().min(height * self.frame.columns())];
            let twice = P::EXACT && block.weights.is_some();
            if !self.fill(block, rows.clone(), 0, !P::EXACT) || twice && !self.fill(block, rows, 1, true) {
                return false;
            }
            let (x, weighted) = (&self.batch[0], &self.batch[usize::from(twice)]);
            gram::add_products(self.panels, weighted, x, next, &mut self.sums);
        }
        true
    }

    fn count(&mut self, block: &Block<'_>) {
        match block.weights {
            None => self.rows += block.rows() as u64,
            Some(weights) => {
                self.weighted = true;
                for &weight in weights.iter().filter(|&&weight| weight > 0.0) {
                    self.rows += 1;
                    self.log_weights += libm::log(weight);
                }
            }
        }
    }

    /// Writes rows as panels; false if one is not finite.
    fn fill(
        &mut self,
        block: &Block<'_>,
        rows: std::ops::Range<usize>,
        place: usize,
        weighted: bool,
    ) -> bool {
        let chunk = self.panels * CHAIN;
        self.batch[place].resize(rows.len().div_ceil(CHAIN) * chunk, P::default());
        let finite = AtomicBool::new(true);
        let (scales, centres, columns) = (&self.scales[..], &self.centres[..], self.frame.columns());
        let model = self.model.as_ref();
        fill_pieces(&mut self.batch[place], LANES, chunk, |start, out| {
            for (index, out) in out.chunks_exact_mut(chunk).enumerate() {
                let first = rows.start + (start / chunk + index) * CHAIN;
                let rows = first..rows.end.min(first + CHAIN);
                let fill = Fill { block, rows, columns, model, scales, centres, weighted, out };
                if !vectorized(fill) {
                    finite.store(false, Ordering::Relaxed);
                }
            }
        });
        finite.into_inner()
    }

    /// The sum for columns `a` and `b`, where the target and the ones follow the columns of the design.
    fn sum(&self, a: usize, b: usize) -> DoubleDouble {
        let (a, b) = (a.min(b), a.max(b));
        let row = &self.sums[gram::tile(self.panels, a / LANES, b / LANES)].0[a % LANES];
        DoubleDouble::sum(row.high[b % LANES], row.low[b % LANES])
    }

    /// What the residuals of the model add up to.
    pub fn residuals(&self) -> Option<Sums> {
        self.model.as_ref()?;
        let columns = self.frame.columns();
        let (ones, residuals) = (columns + 1, columns + 2);
        let sum = self.sum(ones, residuals);
        // The columns in the panels are shifted.
        let product = |j: usize| self.sum(j, residuals) + sum * self.centres.as_flattened()[j].into();
        Some(Sums::new(sum, self.sum(residuals, residuals), (0..columns).map(product)))
    }

    /// Means, and products about them.
    pub fn statistics(&self, names: &[String]) -> Statistics {
        let columns = self.frame.columns();
        let ones = columns + 1;
        let weight = self.sum(ones, ones);
        let some = weight.value() > 0.0;
        let shifts: Vec<DoubleDouble> =
            (0..ones).map(|j| if some { self.sum(j, ones) / weight } else { DoubleDouble::ZERO }).collect();
        let centre = |j: usize| self.centres.as_flattened()[j].into();
        let mut exponents = self.frame.exponents.clone();
        exponents.push(self.frame.y_exponent);
        let squares = |j: usize| (self.sum(j, j), self.sum(j, j) - shifts[j] * self.sum(j, ones));
        let cancelled = |j: usize| {
            let (about_centre, about_mean) = (squares(j).0.value(), squares(j).1.value());
            // A column that does not vary is none of the model.
            if !self.frame.intercept || about_centre <= 1e-28 * weight.value() {
                1.0
            } else {
                about_centre / about_mean.max(0.0)
            }
        };
        Statistics {
            cancelled: [(0..columns).map(cancelled).fold(1.0, f64::max), cancelled(columns)],
            names: names.to_vec(),
            intercept: self.frame.intercept,
            description: String::new(),
            rows: self.rows,
            weighted: self.weighted,
            log_weights: self.log_weights,
            weight,
            exponents,
            means: (0..ones).map(|j| shifts[j] + centre(j)).collect(),
            products: (0..ones)
                .flat_map(|a| (a..ones).map(move |b| (a, b)))
                .map(|(a, b)| self.sum(a, b) - shifts[a] * self.sum(b, ones))
                .collect(),
        }
    }
}

/// Rows of a block, as one chunk of panels.
struct Fill<'a, P> {
    block: &'a Block<'a>,
    rows: std::ops::Range<usize>,
    columns: usize,
    model: Option<&'a Tables>,
    scales: &'a [Lanes],
    centres: &'a [Lanes],
    weighted: bool,
    out: &'a mut [P],
}

impl<P: Element> Kernel for Fill<'_, P> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let Fill { block, rows, columns, model, scales, centres, weighted, out } = self;
        // A number that is not finite makes this NaN.
        let (mut finite, mut bad) = ([0.0; LANES], 0.0);
        let filled = rows.len();
        let weight = |row: usize| match block.weights {
            Some(weights) if weighted && weights[row] < 0.0 => f64::NAN,
            Some(weights) if weighted && P::EXACT => weights[row],
            Some(weights) if weighted => weights[row].sqrt(),
            _ => 1.0,
        };
        let (whole, rest) = (columns / LANES, columns % LANES);
        // Some rows at a time, so that a panel is written in runs: its neighbors lie a power of two away.
        for group in rows.clone().step_by(GROUP) {
            let group = group..rows.end.min(group + GROUP);
            let mut weights = [0.0; GROUP];
            for (row, place) in group.clone().zip(&mut weights) {
                *place = weight(row);
                bad += *place * 0.0;
            }
            for panel in 0..whole {
                let out = &mut out[panel * CHAIN + group.start - rows.start..][..group.len()];
                for ((row, out), &weight) in group.clone().zip(out).zip(&weights) {
                    let numbers = &block.x[row * columns + panel * LANES..];
                    prefetch_all(numbers.as_ptr().wrapping_add(GROUP * columns).cast(), 64);
                    let numbers = numbers.first_chunk().unwrap_or(&[0.0; LANES]);
                    let (high, low) =
                        shifted(numbers, &[0.0; LANES], &scales[panel], &centres[panel], &mut finite);
                    *out = P::from_parts(high, low, weight);
                }
            }
            let mut residuals = [(0.0, 0.0); GROUP];
            if let Some(model) = model {
                model.residuals(block, group.start, &mut residuals[..group.len()]);
            }
            // The last columns, the target, the one and the residual may lie in one panel or two.
            for ((row, &weight), residual) in group.zip(&weights).zip(&residuals) {
                let (mut last, mut second) = ([[0.0; LANES]; 2], [[0.0; LANES]; 2]);
                let numbers = last.as_flattened_mut();
                numbers[..rest].copy_from_slice(&block.x[row * columns + whole * LANES..][..rest]);
                let (target, rounding) = match block.offset {
                    Some(offset) => two_sum(block.y[row], -offset[row]),
                    None => (block.y[row], 0.0),
                };
                numbers[rest] = target;
                second[0][rest] = rounding * scales[whole][rest];
                let panels = scales.len() - whole;
                for (extra, (numbers, second)) in last.iter().zip(&second).enumerate().take(panels) {
                    let panel = whole + extra;
                    let (mut high, low) =
                        shifted(numbers, second, &scales[panel], &centres[panel], &mut finite);
                    for (place, number) in [(rest + 1, 1.0), (rest + 2, residual.0)] {
                        if place / LANES == extra {
                            high[place % LANES] = number;
                        }
                    }
                    out[panel * CHAIN + row - rows.start] = P::from_parts(high, low, weight);
                }
            }
        }
        for panel in out.chunks_exact_mut(CHAIN) {
            panel[filled..].fill(P::default());
        }
        finite.iter().sum::<f64>() + bad == 0.0
    }
}

/// Numbers, scaled and less their centres, in two parts; `second` is added. What is not finite makes `finite` NaN.
#[inline(always)]
fn shifted(
    numbers: &Lanes,
    second: &Lanes,
    scales: &Lanes,
    centres: &Lanes,
    finite: &mut Lanes,
) -> (Lanes, Lanes) {
    let (mut high, mut low) = ([0.0; LANES], [0.0; LANES]);
    for l in 0..LANES {
        let scaled = numbers[l] * scales[l];
        finite[l] += scaled * 0.0;
        let (difference, rounding) = two_sum(scaled, -centres[l]);
        (high[l], low[l]) = (difference, rounding + second[l]);
    }
    (high, low)
}
