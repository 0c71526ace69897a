//! The loops of elementwise work: each formula is compiled as one loop per dtype and instruction set, over
//! contiguous slices of one length. How operands get there is not theirs to know (see `tiles`).

use bytemuck::Pod;
use ndgrad_array::{Binary, Change, Element, Predicate, Truth, Unary};

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

/// How many elements [`change`] reads of everything before it writes: results and operands are so many slices that the compiler
/// would not see that none lies over another.
const AT_ONCE: usize = 16;

/// `(out[0][i], out[1][i], ..) = formula((x[0][i], x[1][i], ..), given[i], shared)`. The slices must be of one length.
#[inline(never)]
pub fn change<T: Element, F: Change<STATES, SHARED>, const STATES: usize, const SHARED: usize>(
    formula: F,
    x: [&[T]; STATES],
    given: &[T],
    shared: [T; SHARED],
    out: [&mut [T]; STATES],
) {
    struct Changing<'a, T, F, const STATES: usize, const SHARED: usize> {
        formula: F,
        x: [&'a [T]; STATES],
        given: &'a [T],
        shared: [T; SHARED],
        out: [&'a mut [T]; STATES],
    }

    impl<T, F, const STATES: usize, const SHARED: usize> Kernel for Changing<'_, T, F, STATES, SHARED>
    where
        T: Element,
        F: Change<STATES, SHARED>,
    {
        type Output = ();

        #[inline(always)]
        fn run(self) {
            let Changing { formula, x, given, shared, out } = self;
            let ((given, last_given), x) = (given.as_chunks(), x.map(|x| x.as_chunks()));
            let mut out = out.map(|out| out.as_chunks_mut());
            for (at, &given) in given.iter().enumerate() {
                let new = changed(formula, std::array::from_fn(|i| x[i].0[at]), given, shared);
                out.iter_mut().zip(new).for_each(|(out, new)| out.0[at] = new);
            }
            let filled_up = |last: &[T]| {
                let mut filled = [T::ZERO; AT_ONCE];
                filled[..last.len()].copy_from_slice(last);
                filled
            };
            let new = changed(formula, x.map(|x| filled_up(x.1)), filled_up(last_given), shared);
            for (out, new) in out.iter_mut().zip(&new) {
                out.1.copy_from_slice(&new[..last_given.len()]);
            }
        }
    }

    let count = given.len();
    let (x, out) = (x.map(|x| &x[..count]), out.map(|out| &mut out[..count]));
    vectorized_for::<T, _>(Changing { formula, x, given, shared, out });
}

#[inline(always)]
fn changed<T: Element, F: Change<STATES, SHARED>, const STATES: usize, const SHARED: usize>(
    formula: F,
    x: [[T; AT_ONCE]; STATES],
    given: [T; AT_ONCE],
    shared: [T; SHARED],
) -> [[T; AT_ONCE]; STATES] {
    let mut out = [[T::ZERO; AT_ONCE]; STATES];
    for (i, &given) in given.iter().enumerate() {
        let new = formula.value(std::array::from_fn(|state| x[state][i]), given, shared);
        out.iter_mut().zip(new).for_each(|(out, new)| out[i] = new);
    }
    out
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
