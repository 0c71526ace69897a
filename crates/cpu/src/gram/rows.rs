//! Rows of a matrix times a vector, and times a number each and summed up, to twice the precision of `f64`: residuals of a
//! regression, and what they have in common with its columns.
//!
//! Source: T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26 (2005).

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{__m256d, __m512d};

use super::{LANES, Lanes, Wide, panels, two_sum};
use crate::gemm::Vector;
use crate::simd::{Kernel, Level, level, prefetch_all, vectorized};

/// Rows that share what is loaded for them.
const GROUP: usize = 4;

/// Memory is asked for this many rows ahead.
const AHEAD: usize = 16;

/// Rows of as many numbers as there are scales, which they are multiplied by: powers of two.
#[derive(Clone, Copy)]
pub struct ScaledRows<'a> {
    /// The numbers, row after row.
    pub numbers: &'a [f64],
    /// Numbers of a row.
    pub columns: usize,
    /// What each column is multiplied by, and zeros.
    pub scales: &'a [Lanes],
}

impl ScaledRows<'_> {
    /// The dot product of each row with `coefficients`, of which there are as many as scales: rounded, and the rest.
    ///
    /// # Panics
    /// If the slices are of lengths that do not belong together.
    #[track_caller]
    pub fn dots(self, coefficients: &[Wide], out: &mut [(f64, f64)]) {
        self.check(coefficients.len(), out.len());
        vectorized(AtLevel(Dots { rows: self, coefficients, out }));
    }

    /// Adds each row, times its factor, given in two parts, to `sums`, of which there are as many as scales.
    ///
    /// # Panics
    /// If the slices are of lengths that do not belong together.
    #[track_caller]
    pub fn add_multiples(self, factors: &[(f64, f64)], sums: &mut [Wide]) {
        self.check(sums.len(), factors.len());
        vectorized(AtLevel(Multiples { rows: self, factors, sums }));
    }

    #[track_caller]
    fn check(&self, lanes: usize, rows: usize) {
        let fit = lanes == panels(self.columns) && self.scales.len() == lanes;
        assert!(fit && self.numbers.len() == rows * self.columns, "gram: rows of another shape");
    }

    /// Register `c` of row `row`, scaled. Where the row ends within it, the next row's numbers are multiplied by zeros: they
    /// have to be finite.
    ///
    /// # Safety
    /// The processor has the instructions of `V`.
    #[inline(always)]
    unsafe fn register<V: Vector<Element = f64>>(&self, row: usize, c: usize, scale: V) -> V {
        let place = row * self.columns + c * V::LEN;
        let end = &self.numbers[place.min(self.numbers.len())..];
        // SAFETY: the caller's promise; `load` is given as many numbers as it reads.
        unsafe {
            if end.len() >= V::LEN {
                return V::load(end).mul(scale);
            }
            let mut numbers = [0.0; LANES];
            numbers[..end.len()].copy_from_slice(end);
            V::load(&numbers).mul(scale)
        }
    }
}

/// Numbers and what rounding left out of them.
#[derive(Clone, Copy)]
struct Pair<V> {
    high: V,
    low: V,
}

impl<V: Vector<Element = f64>> Pair<V> {
    /// Adds `x (high + low)`.
    ///
    /// # Safety
    /// The processor has the instructions of `V`.
    #[inline(always)]
    unsafe fn add_product(&mut self, x: V, high: V, low: V) {
        // SAFETY: the caller's promise.
        unsafe {
            // Less the product: of it `mul_add` makes the rounding error without another operation.
            let less = x.mul(V::splat(0.0).sub(high));
            let error = x.mul_add(low, x.mul_add(high, less));
            let sum = self.high.sub(less);
            let part = sum.sub(self.high);
            let rounding = self.high.sub(sum.sub(part)).sub(less.add(part));
            self.high = sum;
            self.low = self.low.add(rounding.add(error));
        }
    }
}

/// Register `c` of numbers in lanes.
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn load<V: Vector<Element = f64>>(lanes: &Lanes, c: usize) -> V {
    // SAFETY: the caller's promise.
    unsafe { V::load(&lanes[c % (LANES / V::LEN) * V::LEN..]) }
}

/// Work on whole registers, of which each level has its own.
trait InRegisters {
    /// `C` registers are [`LANES`] numbers.
    ///
    /// # Safety
    /// The processor has the instructions of `V`.
    unsafe fn run<V: Vector<Element = f64>, const C: usize>(self);
}

/// The same for the level in use.
struct AtLevel<W>(W);

impl<W: InRegisters> Kernel for AtLevel<W> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        // SAFETY: the level is one that the processor has.
        unsafe {
            match level() {
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 => self.0.run::<__m512d, 1>(),
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 => self.0.run::<__m256d, 2>(),
                _ => self.0.run::<[f64; 2], 4>(),
            }
        }
    }
}

struct Dots<'a> {
    rows: ScaledRows<'a>,
    coefficients: &'a [Wide],
    out: &'a mut [(f64, f64)],
}

impl InRegisters for Dots<'_> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = f64>, const C: usize>(self) {
        for (group, out) in self.out.chunks_mut(GROUP).enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                if out.len() == GROUP {
                    self.rows.dots_of::<V, C, GROUP>(group * GROUP, self.coefficients, out);
                } else {
                    for (row, out) in out.chunks_mut(1).enumerate() {
                        self.rows.dots_of::<V, C, 1>(group * GROUP + row, self.coefficients, out);
                    }
                }
            }
        }
    }
}

impl ScaledRows<'_> {
    /// # Safety
    /// The processor has the instructions of `V`.
    #[inline(always)]
    unsafe fn dots_of<V: Vector<Element = f64>, const C: usize, const R: usize>(
        &self,
        first: usize,
        coefficients: &[Wide],
        out: &mut [(f64, f64)],
    ) {
        // SAFETY: the caller's promise.
        unsafe {
            let zero = V::splat(0.0);
            let mut sums = [[Pair { high: zero, low: zero }; R]; C];
            let rows: [&[Lanes]; R] = std::array::from_fn(|r| {
                self.numbers[(first + r) * self.columns..][..self.columns].as_chunks().0
            });
            for (panel, (coefficients, scales)) in coefficients.iter().zip(self.scales).enumerate() {
                for (c, sums) in sums.iter_mut().enumerate() {
                    let scale = load::<V>(scales, c);
                    let (high, low) = (load::<V>(&coefficients.high, c), load::<V>(&coefficients.low, c));
                    for (r, sum) in sums.iter_mut().enumerate() {
                        let row = first + r;
                        let place = (row + AHEAD) * self.columns + (panel * C + c) * V::LEN;
                        prefetch_all(self.numbers.as_ptr().wrapping_add(place).cast(), 64);
                        let x = match rows[r].get(panel) {
                            Some(numbers) => load::<V>(numbers, c).mul(scale),
                            None => self.register(row, panel * C + c, scale),
                        };
                        sum.add_product(x, high, low);
                    }
                }
            }
            for (r, out) in out.iter_mut().enumerate() {
                let mut lanes = Wide::default();
                for (c, sums) in sums.iter().enumerate() {
                    sums[r].high.store(&mut lanes.high[c * V::LEN..]);
                    sums[r].low.store(&mut lanes.low[c * V::LEN..]);
                }
                *out = lanes.sum();
            }
        }
    }
}

impl Wide {
    /// The sum of all: halves are added until one number is left.
    #[inline(always)]
    fn sum(mut self) -> (f64, f64) {
        let mut half = LANES / 2;
        while half > 0 {
            for l in 0..half {
                let (sum, rounding) = two_sum(self.high[l], self.high[l + half]);
                self.high[l] = sum;
                self.low[l] = rounding + (self.low[l] + self.low[l + half]);
            }
            half /= 2;
        }
        (self.high[0], self.low[0])
    }
}

struct Multiples<'a> {
    rows: ScaledRows<'a>,
    factors: &'a [(f64, f64)],
    sums: &'a mut [Wide],
}

impl InRegisters for Multiples<'_> {
    #[inline(always)]
    unsafe fn run<V: Vector<Element = f64>, const C: usize>(self) {
        for (panel, (sums, scales)) in self.sums.iter_mut().zip(self.rows.scales).enumerate() {
            // SAFETY: the caller's promise.
            unsafe {
                for c in 0..C {
                    let scale = load::<V>(scales, c);
                    let mut sum = Pair { high: load::<V>(&sums.high, c), low: load::<V>(&sums.low, c) };
                    for (row, &(high, low)) in self.factors.iter().enumerate() {
                        let x = self.rows.register(row, panel * C + c, scale);
                        sum.add_product(x, V::splat(high), V::splat(low));
                    }
                    sum.high.store(&mut sums.high[c * V::LEN..]);
                    sum.low.store(&mut sums.low[c * V::LEN..]);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::number;
    use super::*;
    use crate::simd::set_level;

    fn in_lanes(columns: usize, value: impl Fn(usize) -> f64) -> Vec<Lanes> {
        let mut lanes = vec![[0.0; LANES]; panels(columns)];
        lanes.as_flattened_mut()[..columns].iter_mut().enumerate().for_each(|(i, lane)| *lane = value(i));
        lanes
    }

    fn whole((high, low): (f64, f64)) -> i128 {
        high as i128 + low as i128
    }

    #[test]
    fn sums_are_those_of_whole_numbers_at_every_level() {
        for (rows, columns) in [(1, 1), (3, 8), (6, 13), (9, 100), (4, 7)] {
            let numbers = Vec::from_iter((0..rows * columns).map(|i| number(i) as f64));
            // Every other column is twice as large.
            let factor = |column: usize| 1 << (column % 2);
            let scales = in_lanes(columns, |column| f64::from(factor(column)));
            let x = ScaledRows { numbers: &numbers, columns, scales: &scales };
            let high = in_lanes(columns, |column| number(column * 7) as f64);
            let coefficients = Vec::from_iter(high.iter().map(|&high| Wide { high, low: [0.0; LANES] }));
            let factors = Vec::from_iter((0..rows).map(|row| (number(row * 3) as f64, 0.0)));
            let at = |row: usize, column: usize| {
                i128::from(number(row * columns + column)) * i128::from(factor(column))
            };
            for level in Level::available() {
                set_level(level);
                let mut dots = vec![(0.0, 0.0); rows];
                x.dots(&coefficients, &mut dots);
                for (row, &dot) in dots.iter().enumerate() {
                    let terms = (0..columns).map(|j| at(row, j) * i128::from(number(j * 7)));
                    assert_eq!(whole(dot), terms.sum(), "{level:?}, row {row} of {rows} x {columns}");
                }
                let mut sums = vec![Wide::default(); panels(columns)];
                x.add_multiples(&factors, &mut sums);
                for column in 0..columns {
                    let (sum, l) = (&sums[column / LANES], column % LANES);
                    let terms = (0..rows).map(|row| at(row, column) * i128::from(number(row * 3)));
                    assert_eq!(whole((sum.high[l], sum.low[l])), terms.sum(), "{level:?}, column {column}");
                }
            }
        }
        set_level(Level::Avx512);
    }

    #[test]
    fn second_parts_count_and_no_level_changes_a_bit() {
        let (rows, columns) = (37, 21);
        let numbers = Vec::from_iter((0..rows * columns).map(|i| number(i) as f64 / 3.0));
        let scales = in_lanes(columns, |_| 1.0);
        let x = ScaledRows { numbers: &numbers, columns, scales: &scales };
        let wide = |small: f64| {
            let high = in_lanes(columns, |column| number(column) as f64 / 7.0);
            Vec::from_iter(high.iter().map(|&high| Wide { high, low: high.map(|x| x * small) }))
        };
        let factors = Vec::from_iter((0..rows).map(|row| {
            let factor = number(row) as f64 / 11.0;
            (factor, factor * 1e-17)
        }));
        let all = |level: Level, small: f64| {
            set_level(level);
            let (mut dots, mut sums) = (vec![(0.0, 0.0); rows], vec![Wide::default(); panels(columns)]);
            x.dots(&wide(small), &mut dots);
            x.add_multiples(&factors, &mut sums);
            (dots, sums)
        };
        let first = all(Level::Baseline, 1e-17);
        for level in Level::available() {
            assert!(all(level, 1e-17) == first, "{level:?}");
        }
        assert!(all(Level::Avx512, 0.0).0 != first.0);
    }
}
