//! `reduce`: many numbers to one, wherever they lie. Their order is that of [`fold`](crate::fold).

use std::marker::PhantomData;
use std::ops::Range;

use bytemuck::{cast_slice, cast_slice_mut};
use ndgrad_array::{Array, Buffer, Element, Layout, Reduction, with_dtype};

use crate::contiguous;
use crate::fold::{BLOCK, LANES, Rows, Runs, fold_few, fold_runs, lanes_of};
use crate::simd::{Kernel, LEAST_FAR, prefetch_all, vectorized_for};
use crate::threads::{is_parallel, split};
use crate::tiles::{SCRATCH, with_scratch};
use crate::tiny;

/// Numbers of a long sum that one task takes: whole blocks, a power of two of them, so that they are a branch of
/// the tree.
const BRANCH: usize = 16 * BLOCK;

/// Fewer outputs than this do not keep all threads busy.
const FEW: usize = 64;

/// Bytes of a lane when neighbouring outputs are computed side by side: two pages of each row are read, and all lanes
/// together stay in L2.
const WIDTH: usize = 8192;

/// Bytes of a lane of which all stay in L1.
const NARROW: usize = 1024;

pub fn reduce<F: Reduction>(formula: F, x: &Array, kept: usize, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => {
        if !reduce_few::<T, F>(formula, x, out) {
            reduce_with(&Typed::<T, F>(formula, PhantomData), x, kept, out);
        }
    })
}

/// Few numbers that lie in order, in one block for each output: whether they do.
#[inline]
fn reduce_few<T: Element, F: Reduction>(formula: F, x: &Array, out: &mut Array) -> bool {
    let Some(x) = x.as_slice::<T>().filter(|x| (1..=tiny::MOST).contains(&x.len())) else { return false };
    let out = out.as_mut_slice::<T>();
    let count = x.len() / out.len();
    for (run, out) in out.iter_mut().enumerate() {
        *out = fold_few(&Numbers { formula, numbers: x, count, far: false }, run, 0, count);
    }
    true
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

/// Takes rows of numbers into lanes, of a group of outputs these columns: the rows of a block, each into the lane of its
/// number in it.
type LanesOf<'a> = &'a (dyn Fn(&mut [u8], usize, Range<usize>, Range<usize>) + Sync);

/// [`Combine`] for whole rows of numbers.
pub(crate) trait Fold: Combine {
    /// Reduces rows of `count` numbers, one behind the other, to one number each.
    fn rows(&self, x: &[u8], count: usize, out: &mut [u8]);
}

/// A formula over one dtype.
pub(crate) struct Typed<T, F>(pub F, pub PhantomData<fn() -> T>);

impl<T: Element, F: Reduction> Combine for Typed<T, F> {
    fn identity(&self, out: &mut [u8]) {
        cast_slice_mut(out).fill(self.0.identity::<T>());
    }

    fn combine(&self, left: &mut [u8], right: &[u8]) {
        struct Pairs<'a, T, F>(F, &'a mut [T], &'a [T]);

        impl<T: Element, F: Reduction> Kernel for Pairs<'_, T, F> {
            type Output = ();

            #[inline(always)]
            fn run(self) {
                let Pairs(formula, left, right) = self;
                for (left, &right) in left.iter_mut().zip(right) {
                    *left = formula.combine(*left, right);
                }
            }
        }

        vectorized_for::<T, _>(Pairs::<T, F>(self.0, cast_slice_mut(left), cast_slice(right)));
    }
}

impl<T: Element, F: Reduction> Fold for Typed<T, F> {
    fn rows(&self, x: &[u8], count: usize, out: &mut [u8]) {
        struct All<'a, T, F> {
            numbers: Numbers<'a, T, F>,
            out: &'a mut [T],
        }

        impl<T: Element, F: Reduction> Kernel for All<'_, T, F> {
            type Output = ();

            #[inline(always)]
            fn run(self) {
                let All { numbers, out } = self;
                fold_runs(&numbers, numbers.count, out);
            }
        }

        let numbers = Numbers { formula: self.0, numbers: cast_slice(x), count, far: x.len() >= LEAST_FAR };
        vectorized_for::<T, _>(All { numbers, out: cast_slice_mut::<u8, T>(out) });
    }
}

/// Runs of `count` numbers, one behind the other, taken together by a formula.
pub(crate) struct Numbers<'a, T, F> {
    pub formula: F,
    pub numbers: &'a [T],
    pub count: usize,
    /// Whether they come from memory, and nobody else asks for them.
    pub far: bool,
}

impl<T: Element, F: Reduction> Runs for Numbers<'_, T, F> {
    type Number = T;

    #[inline(always)]
    fn identity(&self) -> T {
        self.formula.identity()
    }

    #[inline(always)]
    fn add(&self, lane: T, run: usize, i: usize) -> T {
        self.formula.combine(lane, self.numbers[run * self.count + i])
    }

    #[inline(always)]
    fn combine(&self, left: T, right: T) -> T {
        self.formula.combine(left, right)
    }
}

impl<'a, T: Element, F: Reduction> Rows for Numbers<'a, T, F> {
    type Rows = &'a [[T; LANES]];

    #[inline(always)]
    fn rows(&self, run: usize, start: usize, rows: usize) -> &'a [[T; LANES]] {
        &self.numbers[run * self.count + start..].as_chunks().0[..rows]
    }

    #[inline(always)]
    fn add_row(&self, lanes: [T; LANES], rows: &'a [[T; LANES]], row: usize) -> [T; LANES] {
        std::array::from_fn(|i| self.formula.combine(lanes[i], rows[row][i]))
    }

    #[inline(always)]
    fn ask(&self, run: usize, count: usize) {
        if self.far {
            prefetch_all(self.numbers.as_ptr().wrapping_add(run * count).cast(), count * size_of::<T>());
        }
    }

    #[inline(always)]
    fn add_some<const N: usize>(&self, lanes: &mut [T; N], run: usize, start: usize) {
        let numbers = &self.numbers[run * self.count + start..][..N];
        *lanes = std::array::from_fn(|i| self.formula.combine(lanes[i], numbers[i]));
    }
}

fn reduce_with(fold: &dyn Fold, x: &Array, kept: usize, out: &mut Array) {
    let size = out.dtype().size();
    match Arrangement::new(x.layout(), kept) {
        Some(arrangement) => reduce_arranged(fold, x.bytes(), &arrangement, size, out.as_bytes_mut()),
        None => {
            let copy = contiguous(x);
            let arrangement =
                Arrangement::new(copy.layout(), kept).expect("the numbers of a copy lie in order");
            reduce_arranged(fold, copy.bytes(), &arrangement, size, out.as_bytes_mut());
        }
    }
}

/// How the numbers of each output lie.
pub(crate) struct Arrangement {
    /// The numbers of an output.
    count: usize,
    /// Where the first number of each output lies.
    outer: Layout,
    kind: Kind,
}

enum Kind {
    /// All numbers lie one behind the other, output after output.
    Whole,
    /// Those of an output do.
    Rows,
    /// Those of an output lie so far apart, and those of neighbouring outputs side by side.
    Columns(isize),
}

impl Arrangement {
    /// None if the numbers of an output lie in no order that a loop could follow.
    pub fn new(layout: &Layout, kept: usize) -> Option<Arrangement> {
        let count = layout.shape()[kept..].iter().product();
        let (outer, inner) = layout.split(kept);
        if layout.is_contiguous() || layout.shape().size() == 0 {
            return Some(Arrangement { count, outer, kind: Kind::Whole });
        }
        let (outer, inner) = (outer.collapse(), inner.collapse());
        let kind = match (inner.strides(), outer.strides()) {
            ([] | [1], _) => Kind::Rows,
            (&[stride], &[.., 1]) => Kind::Columns(stride),
            _ => return None,
        };
        Some(Arrangement { count, outer, kind })
    }
}

pub(crate) fn reduce_arranged(
    fold: &dyn Fold,
    x: &[u8],
    arrangement: &Arrangement,
    size: usize,
    out: &mut [u8],
) {
    let Arrangement { count, ref outer, ref kind } = *arrangement;
    if out.is_empty() {
        return;
    }
    if count == 0 {
        return fold.identity(out);
    }
    match *kind {
        Kind::Whole => {
            let x = &x[outer.offset() * size..];
            reduce_rows(fold, x, None, count, size, out);
        }
        Kind::Rows => reduce_rows(fold, x, Some(outer), count, size, out),
        Kind::Columns(stride) => reduce_columns(fold, x, outer, stride, count, size, out),
    }
}

/// The numbers of an output lie one behind the other, those of the outputs as `outer` says or likewise.
fn reduce_rows(fold: &dyn Fold, x: &[u8], outer: Option<&Layout>, count: usize, size: usize, out: &mut [u8]) {
    fold_rows(fold, count, size, out, &|first, numbers, out| {
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
    out: &mut [u8],
) {
    let last = outer.shape().rank() - 1;
    let columns = outer.shape()[last];
    let groups = outer.split(last).0;
    fold_columns(fold, count, columns, size, out, &|lanes, group, columns, rows| {
        let start = groups.offsets_from(group).next().expect("a group of outputs") + columns.start;
        let place = |row: usize| start.wrapping_add_signed(stride * row as isize) * size;
        let width = columns.len() * size;
        if stride == columns.len() as isize && width <= NARROW {
            for row in rows.clone().step_by(LANES) {
                let bytes = (rows.end - row).min(LANES) * width;
                fold.combine(&mut lanes[..bytes], &x[place(row)..][..bytes]);
            }
            return;
        }
        // Lane by lane: one of them stays in L1.
        for (first, lane) in rows.clone().zip(lanes.chunks_exact_mut(width)) {
            for row in (first..rows.end).step_by(LANES) {
                fold.combine(lane, &x[place(row)..][..width]);
            }
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
    let fold_with = |scratch: &mut [u8], first: usize, mut out: &mut [u8]| {
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
            add(lanes, group, column..column + width, rows);
            while used > 1 {
                used /= 2;
                let (left, right) = lanes.split_at_mut(used * piece.len());
                combine.combine(left, &right[..left.len()]);
            }
            piece.copy_from_slice(&lanes[..piece.len()]);
            (out, place) = (rest, place + width);
        }
    };
    let most = lanes_of(count.min(BLOCK)) * widest.min(columns) * size;
    let fold = |first: usize, out: &mut [u8]| {
        if most <= SCRATCH {
            with_scratch(|scratch| fold_with(scratch, first, out));
        } else {
            fold_with(Buffer::new(most).as_mut_slice(), first, out);
        }
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
