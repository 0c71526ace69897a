//! A matrix copied so that its columns become rows.

use bytemuck::Pod;

use crate::simd::{Kernel, vectorized};

/// The sides of a block that is turned in registers: a cache line of f32.
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
        for row in (0..rows).step_by(SIDE) {
            let height = SIDE.min(rows - row);
            for column in (0..columns).step_by(SIDE) {
                let width = SIDE.min(columns - column);
                let mut block = [[T::zeroed(); SIDE]; SIDE];
                if [height, width] == [SIDE; 2] {
                    for (j, line) in block.iter_mut().enumerate() {
                        line.copy_from_slice(&source[from.at(column + j) + row..][..SIDE]);
                    }
                    let block = rotate(rotate(rotate(block)));
                    for (i, line) in block.iter().enumerate() {
                        target[to.at(row + i) + column..][..SIDE].copy_from_slice(line);
                    }
                    continue;
                }
                for (j, line) in block[..width].iter_mut().enumerate() {
                    for (x, &source) in line.iter_mut().zip(&source[from.at(column + j) + row..][..height]) {
                        *x = source;
                    }
                }
                for i in 0..height {
                    for (target, line) in target[to.at(row + i) + column..][..width].iter_mut().zip(&block) {
                        *target = line[i];
                    }
                }
            }
        }
    }
}

/// Rotates the bits of an element's number, those of its row before those of its column, by one: a perfect shuffle. As
/// many times as a row has bits, it exchanges rows and columns.
#[inline(always)]
fn rotate<T: Pod>(block: [[T; SIDE]; SIDE]) -> [[T; SIDE]; SIDE] {
    const HALF: usize = SIDE / 2;
    let mut turned = [[T::zeroed(); SIDE]; SIDE];
    for i in 0..HALF {
        for k in 0..HALF {
            turned[2 * i][2 * k] = block[i][k];
            turned[2 * i][2 * k + 1] = block[i + HALF][k];
            turned[2 * i + 1][2 * k] = block[i][k + HALF];
            turned[2 * i + 1][2 * k + 1] = block[i + HALF][k + HALF];
        }
    }
    turned
}
