//! `reduce`: many numbers to one, in an order that only the shape decides.
//!
//! The numbers are cut into blocks of 1,024. Within a block, number `i` goes to lane `i mod 16`, and the lanes are
//! combined as a tree; so are the blocks (pairwise summation: Higham, "The accuracy of floating point
//! summation", SIAM J. Sci. Comput. 14, 1993). The tree is the same for every layout, instruction set and number
//! of threads.

use ndgrad_array::{Array, Element, Layout, Reduction, with_dtype};

use crate::contiguous;
use crate::simd::vectorized;
use crate::threads::{fill_pieces, join};

pub(crate) const LANES: usize = 16;
pub(crate) const BLOCK: usize = 1024;

/// Outputs that are computed side by side when the numbers of one output are far apart.
pub(crate) const TILE: usize = 64;

pub fn reduce<F: Reduction>(formula: F, x: &Array, kept: usize, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => reduce_as::<T, F>(formula, x, kept, out))
}

fn reduce_as<T: Element, F: Reduction>(formula: F, x: &Array, kept: usize, out: &mut Array) {
    let (outer, inner) = x.layout().split(kept);
    let (outer, inner) = (outer.collapse(), inner.collapse());
    let count = inner.shape().size();
    let out = out.as_mut_slice::<T>();
    if count == 0 {
        return out.fill(formula.identity());
    }
    let buffer = x.buffer::<T>();
    match (inner.strides(), outer.strides()) {
        ([] | [1], _) => fill_pieces(out, count, 1, |first, out| {
            for (out, start) in out.iter_mut().zip(outer.offsets_from(first)) {
                *out = reduce_run(formula, &buffer[start..start + count]);
            }
        }),
        (&[stride], &[.., 1]) if stride > 0 => {
            reduce_columns(formula, buffer, &outer, count, stride as usize, out)
        }
        _ => {
            let copy = contiguous(x);
            let elements = copy.as_slice::<T>().expect("a contiguous copy");
            fill_pieces(out, count, 1, |first, out| {
                for (out, run) in out.iter_mut().zip(elements.chunks_exact(count).skip(first)) {
                    *out = reduce_run(formula, run);
                }
            });
        }
    }
}

/// The numbers lie one behind the other.
fn reduce_run<T: Element, F: Reduction>(formula: F, x: &[T]) -> T {
    pairwise(
        0,
        x.len(),
        1,
        &|start, count| {
            vectorized(|| {
                let mut lanes = [formula.identity::<T>(); LANES];
                let mut rows = x[start..start + count].chunks_exact(LANES);
                for row in &mut rows {
                    for (lane, &x) in lanes.iter_mut().zip(row) {
                        *lane = formula.combine(*lane, x);
                    }
                }
                for (lane, &x) in lanes.iter_mut().zip(rows.remainder()) {
                    *lane = formula.combine(*lane, x);
                }
                tree(&mut lanes, count, |lane, other| *lane = formula.combine(*lane, *other));
                lanes[0]
            })
        },
        &|left, right| formula.combine(left, right),
    )
}

/// The numbers of one output lie `stride` apart, and those of neighbouring outputs side by side.
fn reduce_columns<T: Element, F: Reduction>(
    formula: F,
    buffer: &[T],
    outer: &Layout,
    count: usize,
    stride: usize,
    out: &mut [T],
) {
    let last = outer.shape().rank() - 1;
    let columns = outer.shape()[last];
    let groups = outer.split(last).0;
    fill_pieces(out, count, columns, |first, out| {
        for (out, start) in out.chunks_exact_mut(columns).zip(groups.offsets_from(first / columns)) {
            for (tile, out) in out.chunks_mut(TILE).enumerate() {
                let start = start + tile * TILE;
                let width = out.len();
                let step = |lane: &mut [T; TILE], row: usize| {
                    let row = &buffer[start + row * stride..][..width];
                    for (lane, &x) in lane.iter_mut().zip(row) {
                        *lane = formula.combine(*lane, x);
                    }
                };
                let sums = reduce_tile(count, width, formula.identity(), step, |a, b| formula.combine(a, b));
                out.copy_from_slice(&sums[..width]);
            }
        }
    });
}

/// Reduces `count` rows into one row of up to [`TILE`] numbers: `step` adds a row to a lane.
#[inline(always)]
pub(crate) fn reduce_tile<T: Element>(
    count: usize,
    width: usize,
    identity: T,
    step: impl Fn(&mut [T; TILE], usize) + Sync,
    combine: impl Fn(T, T) -> T + Copy + Sync,
) -> [T; TILE] {
    let merge = |left: &mut [T; TILE], right: &[T; TILE]| {
        for (left, &right) in left[..width].iter_mut().zip(right) {
            *left = combine(*left, right);
        }
    };
    pairwise(
        0,
        count,
        width,
        &|start, count| {
            vectorized(|| {
                let mut lanes = [[identity; TILE]; LANES];
                for row in 0..count {
                    step(&mut lanes[row % LANES], start + row);
                }
                tree(&mut lanes, count, merge);
                lanes[0]
            })
        },
        &|mut left, right| {
            merge(&mut left, &right);
            left
        },
    )
}

/// Combines the lanes in use (a power of two that holds `count`) as a tree into the first.
#[inline(always)]
pub(crate) fn tree<V, const N: usize>(lanes: &mut [V; N], count: usize, merge: impl Fn(&mut V, &V)) {
    let mut width = count.next_power_of_two().min(N) / 2;
    while width > 0 {
        let (left, right) = lanes.split_at_mut(width);
        for (left, right) in left.iter_mut().zip(&right[..width]) {
            merge(left, right);
        }
        width /= 2;
    }
}

/// Reduces the numbers `start..start + count` by blocks: `leaf` reduces one, `combine` joins two halves.
/// `work` is the number of operations per number.
pub(crate) fn pairwise<V: Send>(
    start: usize,
    count: usize,
    work: usize,
    leaf: &(impl Fn(usize, usize) -> V + Sync),
    combine: &(impl Fn(V, V) -> V + Sync),
) -> V {
    if count <= BLOCK {
        return leaf(start, count);
    }
    let half = count.next_power_of_two() / 2;
    let (left, right) = join(
        count * work,
        || pairwise(start, half, work, leaf, combine),
        || pairwise(start + half, count - half, work, leaf, combine),
    );
    combine(left, right)
}
