//! `arg_reduce`, `scan`, `argsort`: what is computed along the last axis, line by line.

use std::num::Wrapping;

use ndgrad_array::{Array, Element, Predicate, Reduction, with_dtype};

use crate::contiguous;
use crate::threads::fill_pieces;

/// Calls `body` with each line of `x` (along its last axis) and the piece of `out` that is computed from it.
fn for_lines<T: Element, U: Element>(x: &Array, out: &mut Array, body: impl Fn(&[T], &mut [U]) + Sync) {
    let x = contiguous(x);
    let lines = x.layout().split(x.shape().rank() - 1).0.shape().size();
    let out = out.as_mut_slice::<U>();
    if out.is_empty() {
        return;
    }
    let elements = x.as_slice::<T>().expect("a contiguous copy");
    let (count, piece) = (elements.len() / lines, out.len() / lines);
    fill_pieces(out, count / piece.max(1) + 1, piece, |start, out| {
        for (i, out) in out.chunks_exact_mut(piece).enumerate() {
            body(&elements[(start / piece + i) * count..][..count], out);
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
