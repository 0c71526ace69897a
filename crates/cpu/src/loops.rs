//! The loops of elementwise work: each formula is compiled as one loop per dtype and instruction set, over
//! contiguous slices of one length. How operands get there is not theirs to know (see `tiles`).

use bytemuck::Pod;
use ndgrad_array::{Binary, Element, Predicate, Truth, Unary};

use crate::simd::{vectorized_for, vectorized_moderately};

/// `out[i] = formula(x[i])`. The slices must be of one length.
#[inline(never)]
pub fn map<T: Element, F: Unary>(formula: F, x: &[T], out: &mut [T]) {
    let x = &x[..out.len()];
    vectorized_for::<T, _>(|| {
        for (out, &x) in out.iter_mut().zip(x) {
            *out = formula.value(x);
        }
    });
}

/// `out[i] = formula(x[i], y[i])`. The slices must be of one length.
#[inline(never)]
pub fn zip<T: Element, F: Binary>(formula: F, x: &[T], y: &[T], out: &mut [T]) {
    let (x, y) = (&x[..out.len()], &y[..out.len()]);
    vectorized_for::<T, _>(|| {
        for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *out = formula.value(x, y);
        }
    });
}

/// `out[i] = predicate(x[i], y[i])`. The slices must be of one length.
#[inline(never)]
pub fn compare<T: Element, P: Predicate>(predicate: P, x: &[T], y: &[T], out: &mut [Truth]) {
    let (x, y) = (&x[..out.len()], &y[..out.len()]);
    vectorized_for::<T, _>(|| {
        for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
            *out = Truth::new(predicate.holds(x, y).into());
        }
    });
}

/// `out[i] = if mask[i] { x[i] } else { y[i] }`, of anything. The slices must be of one length.
#[inline(never)]
pub fn select<T: Pod>(mask: &[Truth], x: &[T], y: &[T], out: &mut [T]) {
    let (mask, x, y) = (&mask[..out.len()], &x[..out.len()], &y[..out.len()]);
    vectorized_moderately(|| {
        for (((out, mask), &x), &y) in out.iter_mut().zip(mask).zip(x).zip(y) {
            *out = if mask.get() { x } else { y };
        }
    });
}
