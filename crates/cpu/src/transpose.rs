//! A matrix copied so that its columns become rows.

use bytemuck::Pod;

use crate::simd::{Kernel, vectorized};
#[cfg(target_arch = "x86_64")]
use crate::simd::{Level, level};

/// The sides of a block that is turned in registers: half a cache line of f32.
pub const SIDE: usize = 8;

/// The sides of a square of blocks: several cache lines of each row that is visited, and all of it in L2.
const SQUARE: usize = 16 * SIDE;

/// The elements of a matrix: where the first lies, and how far apart its rows begin. Those of a row lie side by side.
#[derive(Clone, Copy)]
pub struct Rows {
    pub start: usize,
    pub stride: isize,
}

impl Rows {
    #[inline(always)]
    fn at(&self, row: usize) -> usize {
        self.start.wrapping_add_signed(self.stride * row as isize)
    }
}

/// Writes a matrix of `rows` and `columns`, whose columns are the rows of the source.
pub fn transpose<T: Pod>(source: &[T], from: Rows, target: &mut [T], to: Rows, [rows, columns]: [usize; 2]) {
    for row in (0..rows).step_by(SQUARE) {
        let height = SQUARE.min(rows - row);
        for column in (0..columns).step_by(SQUARE) {
            let width = SQUARE.min(columns - column);
            let from = Rows { start: from.at(column).wrapping_add(row), ..from };
            let to = Rows { start: to.at(row).wrapping_add(column), ..to };
            vectorized(Square { source, from, target, to, sizes: [height, width] });
        }
    }
}

struct Square<'a, T> {
    source: &'a [T],
    from: Rows,
    target: &'a mut [T],
    to: Rows,
    sizes: [usize; 2],
}

impl<T: Pod> Kernel for Square<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Square { source, from, target, to, sizes: [rows, columns] } = self;
        if rows.min(columns) < SIDE {
            for row in 0..rows {
                for (column, target) in target[to.at(row)..][..columns].iter_mut().enumerate() {
                    *target = source[from.at(column) + row];
                }
            }
            return;
        }
        for row in whole_blocks(rows) {
            for column in whole_blocks(columns) {
                let mut block = [[T::zeroed(); SIDE]; SIDE];
                for (j, line) in block.iter_mut().enumerate() {
                    line.copy_from_slice(&source[from.at(column + j) + row..][..SIDE]);
                }
                let block = turn(block);
                for (i, line) in block.iter().enumerate() {
                    target[to.at(row + i) + column..][..SIDE].copy_from_slice(line);
                }
            }
        }
    }
}

/// Where blocks begin that cover so many rows or columns, at least a side: the last one lies over another's end if no more
/// are left.
#[inline(always)]
fn whole_blocks(size: usize) -> impl Iterator<Item = usize> {
    (0..size).step_by(SIDE).map(move |start| start.min(size - SIDE))
}

/// Exchanges rows and columns.
#[inline(always)]
fn turn<T: Pod>(block: [[T; SIDE]; SIDE]) -> [[T; SIDE]; SIDE] {
    #[cfg(target_arch = "x86_64")]
    if const { size_of::<T>() == 4 } && level() >= Level::Avx2 {
        // SAFETY: the processor has the instructions of the level in use.
        return unsafe { turn_words(block) };
    }
    let mut turned = [[T::zeroed(); SIDE]; SIDE];
    for (i, turned) in turned.iter_mut().enumerate() {
        for (turned, line) in turned.iter_mut().zip(&block) {
            *turned = line[i];
        }
    }
    turned
}

/// [`turn`] in registers, for elements of four bytes: neighbours, pairs, and halves of rows change places.
#[cfg(target_arch = "x86_64")]
#[inline]
#[target_feature(enable = "avx2")]
fn turn_words<T: Pod>(block: [[T; SIDE]; SIDE]) -> [[T; SIDE]; SIDE] {
    use std::arch::x86_64::*;

    let rows = block.map(bytemuck::cast::<[T; SIDE], __m256i>);
    let mut pairs = rows;
    for i in 0..4 {
        pairs[2 * i] = _mm256_unpacklo_epi32(rows[2 * i], rows[2 * i + 1]);
        pairs[2 * i + 1] = _mm256_unpackhi_epi32(rows[2 * i], rows[2 * i + 1]);
    }
    let mut fours = pairs;
    for i in [0, 4] {
        for k in 0..2 {
            fours[i + 2 * k] = _mm256_unpacklo_epi64(pairs[i + k], pairs[i + k + 2]);
            fours[i + 2 * k + 1] = _mm256_unpackhi_epi64(pairs[i + k], pairs[i + k + 2]);
        }
    }
    let mut turned = fours;
    for i in 0..4 {
        turned[i] = _mm256_permute2x128_si256::<0x20>(fours[i], fours[i + 4]);
        turned[i + 4] = _mm256_permute2x128_si256::<0x31>(fours[i], fours[i + 4]);
    }
    turned.map(bytemuck::cast::<__m256i, [T; SIDE]>)
}
