//! The loops of elementwise work: each formula is compiled as one loop per dtype and instruction set, over
//! contiguous slices of one length. How operands get there is not theirs to know (see `tiles`).

use bytemuck::Pod;
use ndgrad_array::{Binary, Element, Predicate, Truth, Unary};

use crate::simd::{Kernel, vectorized_for, vectorized_moderately};

/// `out[i] = formula(x[i])`. The slices must be of one length.
#[inline(never)]
pub fn map<T: Element, F: Unary>(formula: F, x: &[T], out: &mut [T]) {
    struct Map<'a, T, F>(F, &'a [T], &'a mut [T]);

    impl<T: Element, F: Unary> Kernel for Map<'_, T, F> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            let Map(formula, x, out) = self;
            for (out, &x) in out.iter_mut().zip(x) {
                *out = formula.value(x);
            }
        }
    }

    vectorized_for::<T, _>(Map(formula, &x[..out.len()], out));
}

/// `out[i] = formula(x[i], y[i])`. The slices must be of one length.
#[inline(never)]
pub fn zip<T: Element, F: Binary>(formula: F, x: &[T], y: &[T], out: &mut [T]) {
    struct Zip<'a, T, F>(F, &'a [T], &'a [T], &'a mut [T]);

    impl<T: Element, F: Binary> Kernel for Zip<'_, T, F> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            let Zip(formula, x, y, out) = self;
            for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
                *out = formula.value(x, y);
            }
        }
    }

    vectorized_for::<T, _>(Zip(formula, &x[..out.len()], &y[..out.len()], out));
}

/// `x[i] = formula(x[i], y[i])`. The slices must be of one length.
#[inline(never)]
pub fn zip_into<T: Element, F: Binary>(formula: F, x: &mut [T], y: &[T]) {
    struct ZipInto<'a, T, F>(F, &'a mut [T], &'a [T]);

    impl<T: Element, F: Binary> Kernel for ZipInto<'_, T, F> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            let ZipInto(formula, x, y) = self;
            for (x, &y) in x.iter_mut().zip(y) {
                *x = formula.value(*x, y);
            }
        }
    }

    let y = &y[..x.len()];
    vectorized_for::<T, _>(ZipInto(formula, x, y));
}

/// `out[i] = predicate(x[i], y[i])`. The slices must be of one length.
#[inline(never)]
pub fn compare<T: Element, P: Predicate>(predicate: P, x: &[T], y: &[T], out: &mut [Truth]) {
    struct Compare<'a, T, P>(P, &'a [T], &'a [T], &'a mut [Truth]);

    impl<T: Element, P: Predicate> Kernel for Compare<'_, T, P> {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            let Compare(predicate, x, y, out) = self;
            for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
                *out = Truth::new(predicate.holds(x, y).into());
            }
        }
    }

    vectorized_for::<T, _>(Compare(predicate, &x[..out.len()], &y[..out.len()], out));
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
