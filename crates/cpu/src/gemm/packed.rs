//! The blocked product itself: pack, multiply tiles, add them up.

use std::num::Wrapping;
use std::slice;

use ndgrad_array::{Buffer, Element, Truth};

use super::target::Target;
use super::turn::turned;
use super::vector::Vector;
use super::{COLUMNS, DEPTH, FEW_PANELS, Matrix, ROWS};
use crate::simd::{Level, level, vectorized};

/// An element type with a kernel per instruction set.
pub trait Packed: Element {
    /// Columns of the widest panel, with the vector registers in use.
    fn lanes() -> usize;
    /// `out = x y`, with the vector registers in use.
    fn multiply(x: Matrix<'_, Self>, y: Matrix<'_, Self>, out: Target<'_, Self>);
}

macro_rules! packed {
    ($element:ty, $wide:ident, $middle:ident) => {
        impl Packed for $element {
            fn lanes() -> usize {
                match level() {
                    Level::Avx512 => 2 * 64 / size_of::<$element>(),
                    Level::Avx2 => 2 * 32 / size_of::<$element>(),
                    Level::Baseline => 2 * 4,
                }
            }

            fn multiply(x: Matrix<'_, Self>, y: Matrix<'_, Self>, out: Target<'_, Self>) {
                #[cfg(target_arch = "x86_64")]
                {
                    use std::arch::x86_64::*;

                    #[target_feature(enable = "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")]
                    fn avx512(x: Matrix<'_, $element>, y: Matrix<'_, $element>, out: Target<'_, $element>) {
                        // SAFETY: this function has the instructions of this register.
                        unsafe { fitted::<$wide, 12, 8, 4>(x, y, out) }
                    }

                    #[target_feature(enable = "avx2,fma")]
                    fn avx2(x: Matrix<'_, $element>, y: Matrix<'_, $element>, out: Target<'_, $element>) {
                        // SAFETY: this function has the instructions of this register.
                        unsafe { fitted::<$middle, 6, 4, 2>(x, y, out) }
                    }

                    match level() {
                        // SAFETY: a level is in use only if the processor has its instructions.
                        Level::Avx512 => return unsafe { avx512(x, y, out) },
                        // SAFETY: as above.
                        Level::Avx2 => return unsafe { avx2(x, y, out) },
                        Level::Baseline => {}
                    }
                }
                // SAFETY: an array needs no special instructions.
                unsafe { fitted::<[$element; 4], 4, 2, 1>(x, y, out) }
            }
        }
    };
}

packed!(f32, __m512, __m256);
packed!(f64, __m512d, __m256d);

macro_rules! packed_without_registers {
    ($($element:ty),*) => {$(
        impl Packed for $element {
            fn lanes() -> usize {
                2 * 8
            }

            fn multiply(x: Matrix<'_, Self>, y: Matrix<'_, Self>, out: Target<'_, Self>) {
                // SAFETY: an array needs no special instructions.
                vectorized(|| unsafe { blocked::<[$element; 8], 4, 4, 4, 2>(x, y, out) });
            }
        }
    )*};
}

packed_without_registers!(Wrapping<i32>, Wrapping<i64>, Wrapping<u8>, Truth);

/// [`blocked`] with one register of columns, if that is enough for all.
///
/// # Safety
/// As for [`blocked`].
#[inline(always)]
unsafe fn fitted<V: Vector, const R: usize, const R2: usize, const R1: usize>(
    x: Matrix<'_, V::Element>,
    y: Matrix<'_, V::Element>,
    out: Target<'_, V::Element>,
) {
    // SAFETY: the caller's promise.
    unsafe {
        if y.columns <= V::LEN {
            blocked::<V, R, R2, R1, 1>(x, y, out)
        } else {
            blocked::<V, R, R2, R1, 2>(x, y, out)
        }
    }
}

/// Tiles of `R` rows by `C` registers of columns; those at the lower edge have `R2` or `R1` rows, if that is enough.
///
/// # Safety
/// The processor has the instructions of `V`, and so has the function that this is inlined into.
#[inline(always)]
unsafe fn blocked<V: Vector, const R: usize, const R2: usize, const R1: usize, const C: usize>(
    x: Matrix<'_, V::Element>,
    y: Matrix<'_, V::Element>,
    mut out: Target<'_, V::Element>,
) {
    let (depth, columns) = (x.columns, y.columns);
    let width = C * V::LEN;
    let (copies_x, copies_y) = (columns > FEW_PANELS * width, !lies_in_panels(y, x.rows, width));
    let room = |is_needed: bool, count: usize, most: usize, unit: usize| {
        let elements = depth.min(DEPTH) * count.min(most).next_multiple_of(unit);
        Buffer::new(if is_needed { size_of::<V::Element>() * elements } else { 0 })
    };
    let (mut x_memory, mut y_memory) =
        (room(copies_x, x.rows, ROWS, R), room(copies_y, columns, COLUMNS, width));
    let (x_room, y_room) = (x_memory.as_mut_slice(), y_memory.as_mut_slice());

    for column in (0..columns).step_by(COLUMNS) {
        let block_columns = (columns - column).min(COLUMNS);
        for k in (0..depth).step_by(DEPTH) {
            let block_depth = (depth - k).min(DEPTH);
            let y_block = y.part(k, block_depth, column, block_columns);
            let y_panels = Panels::new(y_block, width, copies_y.then_some(&mut *y_room));
            for row in (0..x.rows).step_by(ROWS) {
                let block_rows = (x.rows - row).min(ROWS);
                let x_block = x.part(row, block_rows, k, block_depth).transpose();
                let x_panels = Panels::new(x_block, R, copies_x.then_some(&mut *x_room));
                for j in (0..block_columns).step_by(width) {
                    let y_panel = y_panels.panel(j);
                    for i in (0..block_rows).step_by(R) {
                        let x_panel = x_panels.panel(i);
                        let filled = [(block_rows - i).min(R), (block_columns - j).min(width)];
                        let (x, y, out, place) = (x_panel, y_panel, &mut out, [row + i, column + j]);
                        // SAFETY: the caller's promise.
                        unsafe {
                            match filled[0] {
                                rows if rows <= R1 => tile::<V, R1, C>(x, y, out, place, filled, k > 0),
                                rows if rows <= R2 => tile::<V, R2, C>(x, y, out, place, filled, k > 0),
                                _ => tile::<V, R, C>(x, y, out, place, filled, k > 0),
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The most bytes of a right operand's block that is read where it lies.
const NEAR: usize = 1 << 18;

/// Whether panels of so many columns can be read from where a matrix lies, for so many rows of the other: all are whole, their
/// rows lie one behind the other and near each other, and a copy would not be read often.
fn lies_in_panels<T>(y: Matrix<'_, T>, rows: usize, width: usize) -> bool {
    let bytes = y.row_stride.unsigned_abs() * y.rows.min(DEPTH) * size_of::<T>();
    rows <= ROWS
        && y.columns.is_multiple_of(width)
        && y.column_stride == 1
        && y.row_stride > 0
        && bytes <= NEAR
}

/// A matrix in panels of `width` columns: copied, or where it lies.
#[derive(Clone, Copy)]
struct Panels<'a, T> {
    matrix: Matrix<'a, T>,
    width: usize,
    copies: Option<&'a [T]>,
}

impl<'a, T: Element> Panels<'a, T> {
    /// Copies them, if there is room to.
    #[inline(always)]
    fn new(matrix: Matrix<'a, T>, width: usize, room: Option<&'a mut [T]>) -> Self {
        let copies = match room {
            Some(room) => {
                pack(matrix, width, room);
                Some(&*room)
            }
            None => None,
        };
        Panels { matrix, width, copies }
    }

    /// The panel that begins with this column.
    #[inline(always)]
    fn panel(&self, column: usize) -> Panel<'a, T> {
        let Matrix { elements, rows: depth, columns, row_stride, column_stride, .. } = self.matrix;
        if let Some(copies) = self.copies {
            let elements = &copies[column * depth..][..self.width * depth];
            return Panel {
                elements,
                first: 0,
                depth,
                columns: self.width,
                step: self.width as isize,
                across: 1,
            };
        }
        let columns = (columns - column).min(self.width);
        let corners = [[0, 0], [0, columns - 1], [depth - 1, 0], [depth - 1, columns - 1]];
        let is_inside = |[k, i]: [usize; 2]| self.matrix.place(k, column + i) < elements.len();
        assert!(corners.into_iter().all(is_inside), "a panel within its matrix");
        let first = self.matrix.place(0, column);
        Panel { elements, first, depth, columns, step: row_stride, across: column_stride }
    }
}

/// Columns of a matrix: for each `k` some elements that lie `across` apart, `step` behind those of the one before. All are
/// within the slice.
#[derive(Clone, Copy)]
struct Panel<'a, T> {
    elements: &'a [T],
    first: usize,
    depth: usize,
    columns: usize,
    step: isize,
    across: isize,
}

/// Copies a matrix into panels of `width` columns, each row by row; the last panel is filled up with zeros.
#[inline(always)]
fn pack<T: Element>(matrix: Matrix<'_, T>, width: usize, panels: &mut [T]) {
    for (first, panel) in (0..matrix.columns).step_by(width).zip(panels.chunks_exact_mut(matrix.rows * width))
    {
        let filled = (matrix.columns - first).min(width);
        if filled < width {
            panel.chunks_exact_mut(width).for_each(|row| row[filled..].fill(T::ZERO));
        }
        if matrix.column_stride == 1 {
            for (k, row) in panel.chunks_exact_mut(width).enumerate() {
                let source = &matrix.elements[matrix.place(k, first)..][..filled];
                // A known length is copied in registers.
                if filled == width {
                    row.copy_from_slice(&source[..width]);
                } else {
                    row[..filled].copy_from_slice(source);
                }
            }
            continue;
        }
        let fours = if matrix.row_stride == 1 { filled / 4 * 4 } else { 0 };
        for column in (0..fours).step_by(4) {
            pack_four(matrix, first + column, width, &mut panel[column..]);
        }
        for column in fours..filled {
            for (k, row) in panel.chunks_exact_mut(width).enumerate() {
                row[column] = matrix.at(k, first + column);
            }
        }
    }
}

/// Copies four columns, whose elements lie one behind the other, to the begin of rows of `width` elements.
#[inline(always)]
fn pack_four<T: Element>(matrix: Matrix<'_, T>, first: usize, width: usize, rows: &mut [T]) {
    let columns: [&[T]; 4] =
        std::array::from_fn(|i| &matrix.elements[matrix.place(0, first + i)..][..matrix.rows]);
    let whole = matrix.rows / 4 * 4;
    for k in (0..whole).step_by(4) {
        let block = columns.map(|column| *column[k..].first_chunk().expect("four are left"));
        for (i, four) in turned(block).iter().enumerate() {
            rows[(k + i) * width..][..4].copy_from_slice(four);
        }
    }
    for k in whole..matrix.rows {
        let four = columns.map(|column| column[k]);
        rows[k * width..][..4].copy_from_slice(&four);
    }
}

/// The product of a panel of `x` (`R` rows) and one of `y` (`C` registers of columns), kept in registers and then written,
/// or added to what is there: the filled part of it (rows, columns).
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn tile<V: Vector, const R: usize, const C: usize>(
    x: Panel<'_, V::Element>,
    y: Panel<'_, V::Element>,
    out: &mut Target<'_, V::Element>,
    place: [usize; 2],
    filled: [usize; 2],
    add: bool,
) {
    if add {
        // It may be far away, and comes while the products are made.
        out.prefetch(place, [filled[0], C * V::LEN]);
    }
    // SAFETY: the caller's promise.
    unsafe { write_tile(&multiply_panels::<V, R, C>(x, y), out, place, filled, add) }
}

/// The product of a panel of `x` (`R` rows) and one of `y` (`C` registers of columns).
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn multiply_panels<V: Vector, const R: usize, const C: usize>(
    x: Panel<'_, V::Element>,
    y: Panel<'_, V::Element>,
) -> [[V; C]; R] {
    // SAFETY: the caller's promise.
    unsafe {
        if x.across == 1 && x.columns >= R {
            // Distances that are known when this is compiled.
            add_products(x, y, std::array::from_fn(|i| i as isize))
        } else {
            // Rows that are not there are the last one again; what becomes of them is not written.
            add_products(x, y, std::array::from_fn(|i| i.min(x.columns - 1) as isize * x.across))
        }
    }
}

/// [`multiply_panels`], given where the rows of `x` lie.
///
/// # Safety
/// The processor has the instructions of `V`, and the distances are those of rows of `x`.
#[inline(always)]
unsafe fn add_products<V: Vector, const R: usize, const C: usize>(
    x: Panel<'_, V::Element>,
    y: Panel<'_, V::Element>,
    rows: [isize; R],
) -> [[V; C]; R] {
    assert!(C * V::LEN <= y.columns && y.across == 1 && x.depth == y.depth);
    let [mut x_place, mut y_place] = [x, y].map(|panel| panel.elements.as_ptr().wrapping_add(panel.first));
    // SAFETY: the caller's promise; a panel's elements are within its slice.
    unsafe {
        let mut tile = [[V::splat(V::Element::default()); C]; R];
        for _ in 0..x.depth {
            let mut columns = [V::splat(V::Element::default()); C];
            for (i, column) in columns.iter_mut().enumerate() {
                *column = V::load(slice::from_raw_parts(y_place.add(i * V::LEN), V::LEN));
            }
            for (sums, &row) in tile.iter_mut().zip(&rows) {
                let x = V::splat(*x_place.offset(row));
                for (sum, &column) in sums.iter_mut().zip(&columns) {
                    *sum = x.mul_add(column, *sum);
                }
            }
            (x_place, y_place) = (x_place.wrapping_offset(x.step), y_place.wrapping_offset(y.step));
        }
        tile
    }
}

/// Writes the filled part (rows, columns) of a tile, or adds it to what is there.
///
/// # Safety
/// The processor has the instructions of `V`.
#[inline(always)]
unsafe fn write_tile<V: Vector, const R: usize, const C: usize>(
    tile: &[[V; C]; R],
    out: &mut Target<'_, V::Element>,
    [row, column]: [usize; 2],
    [rows, columns]: [usize; 2],
    add: bool,
) {
    let whole = columns == C * V::LEN;
    for (i, sums) in tile.iter().enumerate().take(rows) {
        let out = out.run(row + i, column, columns);
        // SAFETY: the caller's promise; a whole row has `C` registers of columns, `edge` always.
        unsafe {
            if whole {
                for (part, out) in sums.iter().zip(out.chunks_exact_mut(V::LEN)) {
                    if add { V::load(out).add(*part).store(out) } else { part.store(out) }
                }
            } else {
                let mut edge = [V::Element::default(); 64];
                for (part, edge) in sums.iter().zip(edge.chunks_exact_mut(V::LEN)) {
                    part.store(edge);
                }
                for (out, &sum) in out.iter_mut().zip(&edge) {
                    *out = if add { *out + sum } else { sum };
                }
            }
        }
    }
}
