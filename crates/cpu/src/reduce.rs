//! `reduce`: many numbers to one, in an order that only the shape decides.
//!
//! The numbers are cut into blocks of 1,024. Within a block, number `i` goes to lane `i mod 16`, and the lanes are
//! combined as a tree; so are the blocks (pairwise summation: Higham, "The accuracy of floating point
//! summation", SIAM J. Sci. Comput. 14, 1993). The tree is the same for every layout, instruction set and number
//! of threads.

use std::marker::PhantomData;
use std::ops::Range;

use bytemuck::{cast_slice, cast_slice_mut};
use ndgrad_array::{Array, Buffer, Element, Layout, Reduction, with_dtype};

use crate::contiguous;
use crate::simd::vectorized_for;
use crate::threads::{is_parallel, split};
use crate::tiles::with_scratch;

const LANES: usize = 16;
const BLOCK: usize = 1024;

/// Numbers of a long sum that one task takes: whole blocks, a power of two of them, so that they are a branch of
/// the tree.
const BRANCH: usize = 16 * BLOCK;

/// Fewer outputs than this do not keep all threads busy.
const FEW: usize = 64;

/// Bytes of a lane when neighbouring outputs are computed side by side.
const WIDTH: usize = 1024;

pub fn reduce<F: Reduction>(formula: F, x: &Array, kept: usize, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => reduce_with(&Typed::<T, F>(formula, PhantomData), x, kept, out))
}

/// What becomes of numbers of one dtype, given as bytes.
pub trait Combine: Sync {
    /// Writes the value of no numbers at all everywhere.
    fn identity(&self, out: &mut [u8]);
    /// `left[i]` becomes what `left[i]` and `right[i]` are together.
    fn combine(&self, left: &mut [u8], right: &[u8]);
}

/// Reduces a range of the numbers of each output, from the given output on.
type RowsOf<'a> = &'a (dyn Fn(usize, Range<usize>, &mut [u8]) + Sync);

/// Takes rows of numbers into one lane each: of a group of outputs, these columns, these rows.
type LanesOf<'a> = &'a (dyn Fn(&mut [u8], usize, Range<usize>, Range<usize>) + Sync);

/// [`Combine`] for whole rows of numbers.
trait Fold: Combine {
    /// Reduces rows of `count` numbers, one behind the other, to one number each.
    fn rows(&self, x: &[u8], count: usize, out: &mut [u8]);
}

/// A formula over one dtype.
struct Typed<T, F>(F, PhantomData<fn() -> T>);

impl<T: Element, F: Reduction> Combine for Typed<T, F> {
    fn identity(&self, out: &mut [u8]) {
        cast_slice_mut(out).fill(self.0.identity::<T>());
    }

    fn combine(&self, left: &mut [u8], right: &[u8]) {
        let (left, right): (&mut [T], &[T]) = (cast_slice_mut(left), cast_slice(right));
        let right = &right[..left.len()];
        vectorized_for::<T, _>(|| {
            for (left, &right) in left.iter_mut().zip(right) {
                *left = self.0.combine(*left, right);
            }
        });
    }
}

impl<T: Element, F: Reduction> Fold for Typed<T, F> {
    fn rows(&self, x: &[u8], count: usize, out: &mut [u8]) {
        let (x, out): (&[T], &mut [T]) = (cast_slice(x), cast_slice_mut(out));
        let formula = self.0;
        vectorized_for::<T, _>(|| {
            for (out, x) in out.iter_mut().zip(x.chunks_exact(count)) {
                let add = |lanes: &mut [T], start: usize| {
                    for (lane, &x) in lanes.iter_mut().zip(&x[start..]) {
                        *lane = formula.combine(*lane, x);
                    }
                };
                *out = fold_run(count, formula.identity(), add, |a, b| formula.combine(a, b));
            }
        });
    }
}

/// Reduces `count` numbers: `add` takes those from a position on into as many lanes as it is given.
#[inline(always)]
pub fn fold_run<T: Copy>(
    count: usize,
    identity: T,
    add: impl Fn(&mut [T], usize) + Copy,
    combine: impl Fn(T, T) -> T + Copy,
) -> T {
    // The branches of the tree that wait for their right neighbours: one for each bit of the number of blocks.
    let mut branches = [identity; usize::BITS as usize];
    let mut depth = 0;
    let blocks = count.div_ceil(BLOCK);
    for block in 0..blocks.max(1) {
        let start = block * BLOCK;
        let mut total = fold_block(start, BLOCK.min(count - start), identity, add, combine);
        for _ in 0..block.trailing_ones() {
            depth -= 1;
            total = combine(branches[depth], total);
        }
        branches[depth] = total;
        depth += 1;
    }
    let mut total = branches[depth - 1];
    for &branch in branches[..depth - 1].iter().rev() {
        total = combine(branch, total);
    }
    total
}

#[inline(always)]
fn fold_block<T: Copy>(
    start: usize,
    count: usize,
    identity: T,
    add: impl Fn(&mut [T], usize),
    combine: impl Fn(T, T) -> T,
) -> T {
    let mut lanes = [identity; LANES];
    let whole = count / LANES;
    for row in 0..whole {
        add(&mut lanes, start + row * LANES);
    }
    add(&mut lanes[..count % LANES], start + whole * LANES);
    let mut width = lanes_of(count) / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = combine(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}

/// The lanes that a block of `count` numbers has: a power of two.
#[inline(always)]
fn lanes_of(count: usize) -> usize {
    count.next_power_of_two().min(LANES)
}

fn reduce_with(fold: &dyn Fold, x: &Array, kept: usize, out: &mut Array) {
    let size = out.dtype().size();
    if out.shape().size() == 0 {
        return;
    }
    let count = x.shape()[kept..].iter().product();
    if count == 0 {
        return fold.identity(out.as_bytes_mut());
    }
    if let Some(elements) = x.as_bytes() {
        return reduce_rows(fold, elements, None, count, size, out);
    }
    let (outer, inner) = x.layout().split(kept);
    let (outer, inner) = (outer.collapse(), inner.collapse());
    match (inner.strides(), outer.strides()) {
        ([] | [1], _) => reduce_rows(fold, x.bytes(), Some(&outer), count, size, out),
        (&[stride], &[.., 1]) => reduce_columns(fold, x.bytes(), &outer, stride, count, size, out),
        _ => {
            let copy = contiguous(x);
            reduce_rows(fold, copy.as_bytes().expect("a contiguous copy"), None, count, size, out);
        }
    }
}

/// The numbers of an output lie one behind the other, those of the outputs as `outer` says or likewise.
fn reduce_rows(
    fold: &dyn Fold,
    x: &[u8],
    outer: Option<&Layout>,
    count: usize,
    size: usize,
    out: &mut Array,
) {
    fold_rows(fold, count, size, out.as_bytes_mut(), &|first, numbers, out| {
        let all = numbers.len() == count;
        match outer {
            None if all => fold.rows(&x[first * count * size..][..out.len() * count], count, out),
            _ => {
                for (i, out) in out.chunks_exact_mut(size).enumerate() {
                    let start = match outer {
                        Some(outer) => outer.offsets_from(first + i).next().expect("an output's numbers"),
                        None => (first + i) * count,
                    };
                    let x = &x[(start + numbers.start) * size..][..numbers.len() * size];
                    fold.rows(x, numbers.len(), out);
                }
            }
        }
    });
}

/// Reduces `count` numbers for each output.
pub fn fold_rows(
    combine: &(impl Combine + ?Sized),
    count: usize,
    size: usize,
    out: &mut [u8],
    rows: RowsOf<'_>,
) {
    let outs = out.len() / size;
    let branches = count.div_ceil(BRANCH);
    // Outputs are divided among threads; a few with many numbers are divided themselves.
    if branches == 1 || outs >= FEW || !is_parallel(outs.saturating_mul(count)) {
        return split(out, size, count, 1, &|first, out| rows(first, 0..count, out));
    }
    let mut partial = Buffer::new(branches * out.len());
    let partial = &mut partial.as_mut_slice()[..branches * out.len()];
    split(partial, size, BRANCH, 1, &|first, partial| {
        for (i, partial) in partial.chunks_exact_mut(size).enumerate() {
            let (branch, output) = ((first + i) / outs, (first + i) % outs);
            rows(output, branch * BRANCH..count.min((branch + 1) * BRANCH), partial);
        }
    });
    merge(combine, partial, out);
}

/// Combines rows as long as `out` as a tree into it.
fn merge(combine: &(impl Combine + ?Sized), rows: &mut [u8], out: &mut [u8]) {
    let width = out.len();
    let count = rows.len() / width;
    let mut apart = 1;
    while apart < count {
        for left in (0..count - apart).step_by(2 * apart) {
            let (head, tail) = rows.split_at_mut((left + apart) * width);
            combine.combine(&mut head[left * width..][..width], &tail[..width]);
        }
        apart *= 2;
    }
    out.copy_from_slice(&rows[..width]);
}

/// The numbers of one output lie `stride` apart, and those of neighbouring outputs side by side.
fn reduce_columns(
    fold: &dyn Fold,
    x: &[u8],
    outer: &Layout,
    stride: isize,
    count: usize,
    size: usize,
    out: &mut Array,
) {
    let last = outer.shape().rank() - 1;
    let columns = outer.shape()[last];
    let groups = outer.split(last).0;
    fold_columns(fold, count, columns, size, out.as_bytes_mut(), &|lanes, group, columns, rows| {
        let start = groups.offsets_from(group).next().expect("a group of outputs") + columns.start;
        let place = |row: usize| start.wrapping_add_signed(stride * row as isize) * size;
        let width = columns.len();
        if stride == width as isize {
            return fold.combine(lanes, &x[place(rows.start)..][..lanes.len()]);
        }
        for (row, lane) in rows.zip(lanes.chunks_exact_mut(width * size)) {
            fold.combine(lane, &x[place(row)..][..width * size]);
        }
    });
}

/// Reduces `count` rows of numbers to one row of outputs, in groups of `columns`.
pub fn fold_columns(
    combine: &(impl Combine + ?Sized),
    count: usize,
    columns: usize,
    size: usize,
    out: &mut [u8],
    add: LanesOf<'_>,
) {
    let outs = out.len() / size;
    let widest = WIDTH / size;
    let fold = |first: usize, mut out: &mut [u8]| {
        with_scratch(|scratch| {
            let mut place = first;
            while !out.is_empty() {
                let (block, at) = (place / outs, place % outs);
                let (group, column) = (at / columns, at % columns);
                let width = widest.min(columns - column).min(out.len() / size);
                let (piece, rest) = std::mem::take(&mut out).split_at_mut(width * size);
                let rows = block * BLOCK..count.min((block + 1) * BLOCK);
                let mut used = lanes_of(rows.len());
                let lanes = &mut scratch[..used * piece.len()];
                combine.identity(lanes);
                for row in rows.clone().step_by(LANES) {
                    let rows = row..rows.end.min(row + LANES);
                    add(&mut lanes[..rows.len() * piece.len()], group, column..column + width, rows);
                }
                while used > 1 {
                    used /= 2;
                    let (left, right) = lanes.split_at_mut(used * piece.len());
                    combine.combine(left, &right[..left.len()]);
                }
                piece.copy_from_slice(&lanes[..piece.len()]);
                (out, place) = (rest, place + width);
            }
        });
    };
    let blocks = count.div_ceil(BLOCK);
    let unit = widest.min(outs);
    if blocks == 1 {
        return split(out, size, count, unit, &fold);
    }
    let mut partial = Buffer::new(blocks * out.len());
    let partial = &mut partial.as_mut_slice()[..blocks * out.len()];
    split(partial, size, BLOCK, unit, &fold);
    merge(combine, partial, out);
}
