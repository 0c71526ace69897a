//! `gram`: sums of products of the columns of a tall matrix, `X'Y` for two matrices of the same rows, in `f64` or to twice
//! its precision.
//!
//! A matrix is given in *panels*: for every [`CHAIN`] rows, eight columns after eight columns, each a run of rows of eight
//! numbers ([`Lanes`]). Whoever makes them centres, scales and weights as it goes. Only tiles on and above the diagonal
//! are computed, so `X'Y` has to be symmetric, as `X'WX` is.
//!
//! A product of two columns is a chain over [`CHAIN`] rows; chains are added one after the other to a total that keeps
//! what rounding leaves out. Threads share the tiles, not the rows, so their number changes no bit.

mod rows;

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256d, __m512d};

pub use self::rows::ScaledRows;
use crate::gemm::Vector;
use crate::simd::{Kernel, Level, level, prefetch_all, vectorized};
use crate::threads::{fill_each, is_parallel, threads};

/// Columns of a panel.
pub const LANES: usize = 8;

/// Rows of a panel; the last ones are filled up with zeros.
pub const CHAIN: usize = 256;

/// Numbers of one row in eight neighboring columns.
pub type Lanes = [f64; LANES];

/// Numbers to twice the precision of `f64`: rounded ones, and what rounding left out of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wide {
    /// The rounded numbers.
    pub high: Lanes,
    /// What is to be added to them, at most half a unit in the last place.
    pub low: Lanes,
}

/// The sums of the products of eight columns with eight columns: row `i` belongs to the first's column `i`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tile(pub [Wide; LANES]);

/// The number of tiles for `panels` panels of columns.
pub fn tiles(panels: usize) -> usize {
    panels * (panels + 1) / 2
}

/// The place of the tile of panel `i` with panel `j`, for `i <= j < panels`.
pub fn tile(panels: usize, i: usize, j: usize) -> usize {
    i * panels - i * (i + 1) / 2 + j
}

/// Numbers that panels are made of.
pub trait Panel: Copy + Sync {
    #[doc(hidden)]
    const WORK: usize;
    /// Adds the products of panel `x` with one panel or two to as many tiles, and asks for what is read next.
    #[doc(hidden)]
    fn add_products(x: &Rows<Self>, y: &[Rows<Self>], ahead: &[f64], tiles: &mut [Tile]);
}

/// One panel.
pub type Rows<P> = [P; CHAIN];

impl Panel for Lanes {
    const WORK: usize = 1;

    #[inline(always)]
    fn add_products(x: &Rows<Lanes>, y: &[Rows<Lanes>], ahead: &[f64], tiles: &mut [Tile]) {
        let ahead = if ahead.is_empty() { x.as_flattened() } else { ahead };
        // As many rows of the tiles at a time as there are registers for: sixteen wide ones, or eight.
        // SAFETY: the level is one that the processor has.
        unsafe {
            match (level(), y.len()) {
                #[cfg(target_arch = "x86_64")]
                (Level::Avx512, 2) => multiply::<__m512d, 8, 2>(x, y, ahead, tiles),
                #[cfg(target_arch = "x86_64")]
                (Level::Avx512, _) => multiply::<__m512d, 8, 1>(x, y, ahead, tiles),
                #[cfg(target_arch = "x86_64")]
                (Level::Avx2, 2) => multiply::<__m256d, 2, 4>(x, y, ahead, tiles),
                #[cfg(target_arch = "x86_64")]
                (Level::Avx2, _) => multiply::<__m256d, 4, 2>(x, y, ahead, tiles),
                (_, 2) => multiply::<[f64; 2], 1, 8>(x, y, ahead, tiles),
                _ => multiply::<[f64; 2], 2, 4>(x, y, ahead, tiles),
            }
        }
    }
}

/// The products of `R` columns of `x` at a time with all of `y`, which are `C` registers. Memory brings what lies `ahead`
/// meanwhile.
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn multiply<V: Vector<Element = f64>, const R: usize, const C: usize>(
    x: &Rows<Lanes>,
    y: &[Rows<Lanes>],
    ahead: &[f64],
    tiles: &mut [Tile],
) {
    let per_panel = LANES / V::LEN;
    for first in (0..LANES).step_by(R) {
        // SAFETY: the caller's promise; a row of a panel holds whole registers.
        unsafe {
            let mut totals = [[V::splat(0.0); C]; R];
            for row in 0..CHAIN {
                if first == 0 {
                    prefetch_all(ahead.as_ptr().wrapping_add(row * ahead.len() / CHAIN).cast(), 1);
                }
                let mut columns = [V::splat(0.0); C];
                for (c, column) in columns.iter_mut().enumerate() {
                    *column = V::load(&y[c / per_panel][row][c % per_panel * V::LEN..]);
                }
                for (total, &x) in totals.iter_mut().zip(&x[row][first..]) {
                    let x = V::splat(x);
                    for (total, &column) in total.iter_mut().zip(&columns) {
                        *total = x.mul_add(column, *total);
                    }
                }
            }
            for (r, totals) in totals.iter().enumerate() {
                for (tile, totals) in tiles.iter_mut().zip(totals.chunks_exact(per_panel)) {
                    let mut lanes = [0.0; LANES];
                    for (total, lanes) in totals.iter().zip(lanes.chunks_exact_mut(V::LEN)) {
                        total.store(lanes);
                    }
                    tile.0[first + r].add(&lanes, &[0.0; LANES]);
                }
            }
        }
    }
}

impl Panel for Wide {
    const WORK: usize = 12;

    #[inline(always)]
    fn add_products(x: &Rows<Wide>, y: &[Rows<Wide>], _: &[f64], tiles: &mut [Tile]) {
        for (y, tile) in y.iter().zip(tiles) {
            match level() {
                Level::Avx512 => multiply_wide::<8>(x, y, tile),
                _ => multiply_wide::<2>(x, y, tile),
            }
        }
    }
}

/// The dot product of T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26 (2005),
/// of numbers that have a second part themselves; `R` columns of `x` at a time.
#[inline(always)]
fn multiply_wide<const R: usize>(x: &Rows<Wide>, y: &Rows<Wide>, tile: &mut Tile) {
    for (k, sums) in tile.0.chunks_exact_mut(R).enumerate() {
        let (mut totals, mut errors) = ([[0.0; LANES]; R], [[0.0; LANES]; R]);
        for (x, y) in x.iter().zip(y) {
            for r in 0..R {
                let (high, low) = (x.high[k * R + r], x.low[k * R + r]);
                for l in 0..LANES {
                    let product = high * y.high[l];
                    let error = high.mul_add(y.high[l], -product);
                    let error = low.mul_add(y.high[l], high.mul_add(y.low[l], error));
                    let (total, rounding) = two_sum(totals[r][l], product);
                    totals[r][l] = total;
                    errors[r][l] += rounding + error;
                }
            }
        }
        for (sum, (totals, errors)) in sums.iter_mut().zip(totals.iter().zip(&errors)) {
            sum.add(totals, errors);
        }
    }
}

/// The rounded sum of `a` and `b`, and what rounding left out (D. E. Knuth, The Art of Computer Programming 2, 4.2.2).
#[inline(always)]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

impl Wide {
    /// Adds numbers that are given in two parts.
    #[inline(always)]
    fn add(&mut self, high: &Lanes, low: &Lanes) {
        for l in 0..LANES {
            let (sum, rounding) = two_sum(self.high[l], high[l]);
            let rest = self.low[l] + (rounding + low[l]);
            let rounded = sum + rest;
            self.low[l] = rest - (rounded - sum);
            self.high[l] = rounded;
        }
    }
}

/// Adds `X'Y` to `sums`, which has a tile for each pair of the `panels` panels. Meanwhile memory is asked for `ahead`, numbers
/// that will be read next.
///
/// # Panics
/// If `x` and `y` are not panels of the same rows, or `sums` has not as many tiles.
#[track_caller]
pub fn add_products<P: Panel>(panels: usize, x: &[P], y: &[P], ahead: &[f64], sums: &mut [Tile]) {
    let chunk = panels * CHAIN;
    assert!(x.len() == y.len() && sums.len() == tiles(panels), "gram: panels of different shapes");
    if chunk == 0 || x.is_empty() {
        return;
    }
    let pairs: Vec<(usize, usize)> = (0..panels).flat_map(|i| (i..panels).map(move |j| (i, j))).collect();
    let parallel = is_parallel(x.len() * LANES * panels * P::WORK);
    // More pieces than threads, as threads may be kept from their work.
    let piece = if parallel { sums.len().div_ceil(4 * threads()) } else { sums.len() };
    let multiply = |index: usize, sums: &mut [Tile]| {
        let pairs = &pairs[index * piece..][..sums.len()];
        let ahead = part(ahead, index * piece, sums.len(), tiles(panels));
        vectorized(Products { pairs, x, y, chunk, ahead, sums });
    };
    if parallel { fill_each(sums, piece, multiply) } else { multiply(0, sums) }
}

/// The share of `numbers` that falls to `count` of `all` things, from the `first` on.
#[inline(always)]
fn part(numbers: &[f64], first: usize, count: usize, all: usize) -> &[f64] {
    &numbers[first * numbers.len() / all..(first + count) * numbers.len() / all]
}

struct Products<'a, P> {
    pairs: &'a [(usize, usize)],
    x: &'a [P],
    y: &'a [P],
    chunk: usize,
    ahead: &'a [f64],
    sums: &'a mut [Tile],
}

impl<P: Panel> Kernel for Products<'_, P> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let chunks = self.x.len() / self.chunk;
        let xy = self.x.chunks_exact(self.chunk).zip(self.y.chunks_exact(self.chunk));
        for (index, (x, y)) in xy.enumerate() {
            let (x, y) = (x.as_chunks().0, y.as_chunks().0);
            let ahead = part(self.ahead, index, 1, chunks);
            let mut done = 0;
            while let [(i, j), others @ ..] = &self.pairs[done..] {
                // Two tiles of one row lie side by side.
                let count = if others.first().is_some_and(|next| next.0 == *i) { 2 } else { 1 };
                let ahead = part(ahead, done, count, self.pairs.len());
                P::add_products(&x[*i], &y[*j..][..count], ahead, &mut self.sums[done..][..count]);
                done += count;
            }
        }
    }
}

/// The number of panels for this many columns.
pub fn panels(columns: usize) -> usize {
    columns.div_ceil(LANES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::set_level;
    use crate::threads::set_threads;

    /// Whole numbers of up to 40 bits: their products need more than `f64` has, and less than 128 bits.
    pub(super) fn number(i: usize) -> i64 {
        ((i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 24) as i64 - (1 << 39)
    }

    fn in_panels<P: Panel>(rows: usize, columns: usize, make: impl Fn(Lanes) -> P) -> Vec<P> {
        let panels = panels(columns);
        let mut all = Vec::new();
        for first in (0..rows).step_by(CHAIN) {
            for panel in 0..panels {
                all.extend((first..first + CHAIN).map(|row| {
                    make(std::array::from_fn(|l| {
                        let column = panel * LANES + l;
                        if row < rows && column < columns {
                            number(row * columns + column) as f64
                        } else {
                            0.0
                        }
                    }))
                }));
            }
        }
        all
    }

    fn expected(rows: usize, columns: usize, a: usize, b: usize) -> i128 {
        let at = |row: usize, column: usize| i128::from(number(row * columns + column));
        (0..rows).map(|row| at(row, a) * at(row, b)).sum()
    }

    #[test]
    fn sums_are_those_of_whole_numbers() {
        let (rows, columns) = (700, 11);
        let panels = panels(columns);
        let wide = in_panels(rows, columns, |high| Wide { high, low: [0.0; LANES] });
        let narrow = in_panels(rows, columns, |lanes| lanes);
        let mut wide_sums = vec![Tile::default(); tiles(panels)];
        let mut sums = wide_sums.clone();
        add_products(panels, &wide, &wide, &[], &mut wide_sums);
        add_products(panels, &narrow, &narrow, &[], &mut sums);
        for a in 0..columns {
            for b in a..columns {
                let place = tile(panels, a / LANES, b / LANES);
                let exact = expected(rows, columns, a, b);
                let found = wide_sums[place].0[a % LANES];
                let (high, low) = (found.high[b % LANES], found.low[b % LANES]);
                assert_eq!(high as i128 + low as i128, exact, "{a} {b}");
                let size = expected(rows, columns, a, a).max(expected(rows, columns, b, b));
                let rough = sums[place].0[a % LANES].high[b % LANES] as i128;
                assert!((rough - exact).abs() < size >> 48, "{a} {b}");
            }
        }
    }

    #[test]
    fn neither_threads_nor_instructions_change_a_bit() {
        let (rows, columns) = (3000, 40);
        let panels = panels(columns);
        let x = in_panels(rows, columns, |lanes| lanes.map(|x| x / 3.0));
        let wide = in_panels(rows, columns, |high| Wide {
            high: high.map(|x| x / 3.0),
            low: high.map(|x| x * 1e-17),
        });
        let all = |count: usize, level: Level| {
            set_threads(count);
            set_level(level);
            let mut sums = vec![Tile::default(); tiles(panels)];
            add_products(panels, &x, &x, x.as_flattened(), &mut sums);
            add_products(panels, &wide, &wide, &[], &mut sums);
            sums
        };
        let first = all(1, Level::Baseline);
        for level in Level::available() {
            for count in [1, 2, 3] {
                assert!(all(count, level) == first, "{level:?} {count}");
            }
        }
        set_level(Level::Avx512);
    }
}
