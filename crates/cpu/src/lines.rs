//! `arg_reduce`, `scan`, `recurrence`, `gather_lines`, `scatter_add_lines`, `argsort`, `search_sorted`: what is
//! computed along the last axis, line by line.

use std::num::Wrapping;

use ndgrad_array::{Array, DTypes, Element, Predicate, Reduction, with_dtype};

use crate::contiguous;
use crate::threads::fill_pieces;

/// Calls `body` with each line of `x` (along its last axis) and the piece of `out` that is computed from it.
fn for_lines<T: Element, U: Element>(x: &Array, out: &mut Array, body: impl Fn(&[T], &mut [U]) + Sync) {
    let x = contiguous(x);
    for_line_pairs(&x, &x, out, |x: &[T], _: &[T], out: &mut [U]| body(x, out));
}

/// Calls `body` with each line of `x`, the line of `y` beside it, and the piece of `out` that is computed from them.
fn for_line_pairs<T: Element, V: Element, U: Element>(
    x: &Array,
    y: &Array,
    out: &mut Array,
    body: impl Fn(&[T], &[V], &mut [U]) + Sync,
) {
    let (x, y) = (contiguous(x), contiguous(y));
    let lines = x.layout().split(x.shape().rank() - 1).0.shape().size();
    let out = out.as_mut_slice::<U>();
    if out.is_empty() {
        return;
    }
    let (x, y) =
        (x.as_slice::<T>().expect("a contiguous copy"), y.as_slice::<V>().expect("a contiguous copy"));
    let line = |elements: usize, at: usize| at * (elements / lines)..(at + 1) * (elements / lines);
    let piece = out.len() / lines;
    fill_pieces(out, x.len() / lines / piece + 1, piece, |start, out| {
        for (i, out) in out.chunks_exact_mut(piece).enumerate() {
            let at = start / piece + i;
            body(&x[line(x.len(), at)], &y[line(y.len(), at)], out);
        }
    });
}

pub fn arg_reduce<P: Predicate>(before: P, x: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), P::DTYPES, T => arg_reduce_as::<T, P>(before, x, out))
}

fn arg_reduce_as<T: Element, P: Predicate>(before: P, x: &Array, out: &mut Array) {
    for_lines(x, out, |line: &[T], out: &mut [Wrapping<i64>]| {
        let mut first = 0;
        for (i, &x) in line.iter().enumerate().skip(1) {
            let better: bool = before.holds(x, line[first]).into();
            if (better || is_nan(x)) && !is_nan(line[first]) {
                first = i;
            }
        }
        out[0] = Wrapping(first as i64);
    });
}

/// NaN alone differs from itself.
#[inline(always)]
fn is_nan<T: Element>(x: T) -> bool {
    !x.equal(x).into()
}

pub fn scan<F: Reduction>(formula: F, x: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => scan_as::<T, F>(formula, x, out))
}

fn scan_as<T: Element, F: Reduction>(formula: F, x: &Array, out: &mut Array) {
    for_lines(x, out, |line: &[T], out: &mut [T]| {
        let mut total = formula.identity();
        for (out, &x) in out.iter_mut().zip(line) {
            total = formula.combine(total, x);
            *out = total;
        }
    });
}

pub fn recurrence(term: &Array, factor: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), DTypes::NUMBERS, T => recurrence_as::<T>(term, factor, out))
}

fn recurrence_as<T: Element>(term: &Array, factor: &Array, out: &mut Array) {
    for_line_pairs(term, factor, out, |term: &[T], factor: &[T], out: &mut [T]| {
        let mut last = None;
        for ((out, &term), &factor) in out.iter_mut().zip(term).zip(factor) {
            *out = last.map_or(term, |last| factor * last + term);
            last = Some(*out);
        }
    });
}

pub fn gather_lines(x: &Array, index: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), T => {
        for_line_pairs(x, index, out, |x: &[T], index: &[Wrapping<i64>], out: &mut [T]| {
            for (out, &at) in out.iter_mut().zip(index) {
                *out = x[place(at, x.len())];
            }
        });
    })
}

pub fn scatter_add_lines(x: &Array, index: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), DTypes::NUMBERS, T => scatter_add_lines_as::<T>(x, index, out))
}

fn scatter_add_lines_as<T: Element>(x: &Array, index: &Array, out: &mut Array) {
    for_line_pairs(x, index, out, |x: &[T], index: &[Wrapping<i64>], out: &mut [T]| {
        out.fill(T::default());
        for (&x, &at) in x.iter().zip(index) {
            let at = place(at, out.len());
            out[at] = out[at] + x;
        }
    });
}

/// The position from 0 on among `count` that one from `-count` on names.
#[inline(always)]
fn place(at: Wrapping<i64>, count: usize) -> usize {
    (if at.0 < 0 { at.0 + count as i64 } else { at.0 }) as usize
}

pub fn search_sorted(sorted: &Array, x: &Array, right: bool, out: &mut Array) {
    with_dtype!(x.dtype(), T => search_sorted_as::<T>(sorted, x, right, out))
}

fn search_sorted_as<T: Element>(sorted: &Array, x: &Array, right: bool, out: &mut Array) {
    let (sorted, x) = (contiguous(sorted), contiguous(x));
    let sorted = sorted.as_slice::<T>().expect("a contiguous copy");
    let x = x.as_slice::<T>().expect("a contiguous copy");
    let steps = 1 + sorted.len().checked_ilog2().unwrap_or(0) as usize;
    fill_pieces(out.as_mut_slice::<Wrapping<i64>>(), steps, 1, |start, out| {
        for (out, &x) in out.iter_mut().zip(&x[start..]) {
            let stands_before = |&other: &T| if right { !before(x, other) } else { before(other, x) };
            *out = Wrapping(sorted.partition_point(stands_before) as i64);
        }
    });
}

/// Whether `x` stands before `y` in rising order, NaN last.
#[inline(always)]
fn before<T: Element>(x: T, y: T) -> bool {
    let less: bool = x.less(y).into();
    less || (is_nan(y) && !is_nan(x))
}

pub fn argsort(x: &Array, descending: bool, out: &mut Array) {
    with_dtype!(x.dtype(), T => argsort_as::<T>(x, descending, out))
}

fn argsort_as<T: Element>(x: &Array, descending: bool, out: &mut Array) {
    for_lines(x, out, |line: &[T], out: &mut [Wrapping<i64>]| {
        out.iter_mut().enumerate().for_each(|(i, out)| *out = Wrapping(i as i64));
        out.sort_by(|a, b| {
            let (a, b) = (line[a.0 as usize], line[b.0 as usize]);
            let order = if descending { b.partial_cmp(&a) } else { a.partial_cmp(&b) };
            order.unwrap_or(is_nan(a).cmp(&is_nan(b)))
        });
    });
}
