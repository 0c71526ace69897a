//! `map`, `zip`, `compare`, `select`: one formula over all elements.

use ndgrad_array::{Array, Binary, Element, Layout, Predicate, Truth, Unary, with_dtype};

use crate::simd::vectorized;
use crate::threads::fill_pieces;

pub fn map<F: Unary>(formula: F, x: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => map_as::<T, F>(formula, x, out))
}

fn map_as<T: Element, F: Unary>(formula: F, x: &Array, out: &mut Array) {
    if let Some(x) = x.as_slice::<T>() {
        fill_pieces(out.as_mut_slice::<T>(), 1, 1, |start, out| {
            let x = &x[start..start + out.len()];
            vectorized(|| {
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = formula.value(x);
                }
            });
        });
        return;
    }
    let buffer = x.buffer::<T>();
    for_runs([*out.layout(), *x.layout()], out.as_mut_slice::<T>(), |[start], [stride], out| {
        for (i, out) in out.iter_mut().enumerate() {
            *out = formula.value(buffer[start.wrapping_add_signed(stride * i as isize)]);
        }
    });
}

pub fn zip<F: Binary>(formula: F, x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => zip_with(|x: T, y: T| formula.value(x, y), x, y, out))
}

pub fn compare<P: Predicate>(predicate: P, x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), P::DTYPES, T => zip_with(|x: T, y: T| truth(predicate, x, y), x, y, out))
}

#[inline(always)]
fn truth<T: Element, P: Predicate>(predicate: P, x: T, y: T) -> Truth {
    Truth::new(predicate.holds(x, y).into())
}

#[inline]
fn zip_with<T: Element, U: Element>(
    formula: impl Fn(T, T) -> U + Copy + Sync,
    x: &Array,
    y: &Array,
    out: &mut Array,
) {
    let layout = *out.layout();
    let out = out.as_mut_slice::<U>();
    if let (Some(x), Some(y)) = (x.as_slice::<T>(), y.as_slice::<T>()) {
        let same = |other: &[T]| other.len() == out.len();
        let strides = match (same(x), same(y), x.len(), y.len()) {
            (true, true, _, _) => Some([1, 1]),
            (_, true, 1, _) => Some([0, 1]),
            (true, _, _, 1) => Some([1, 0]),
            _ => None,
        };
        if let Some(strides) = strides {
            return fill_pieces(out, 1, 1, |start, out| {
                let starts = strides.map(|stride| stride * start);
                zip_run(formula, [x, y], starts, strides.map(|stride| stride as isize), out);
            });
        }
    }
    let buffers = [x.buffer::<T>(), y.buffer::<T>()];
    let layouts =
        [layout, x.layout().broadcast_to(*layout.shape()), y.layout().broadcast_to(*layout.shape())];
    for_runs(layouts, out, |starts, strides, out| zip_run(formula, buffers, starts, strides, out));
}

/// One run of a zip: operands evenly spaced. The spacings that occur most have a loop of their own, which the
/// compiler turns into vector instructions.
#[inline]
fn zip_run<T: Element, U: Element>(
    formula: impl Fn(T, T) -> U + Copy,
    [x, y]: [&[T]; 2],
    [x_start, y_start]: [usize; 2],
    strides: [isize; 2],
    out: &mut [U],
) {
    let count = out.len();
    match strides {
        [1, 1] => {
            let (x, y) = (&x[x_start..x_start + count], &y[y_start..y_start + count]);
            vectorized(|| {
                for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
                    *out = formula(x, y);
                }
            });
        }
        [0, 1] => {
            let (x, y) = (x[x_start], &y[y_start..y_start + count]);
            vectorized(|| {
                for (out, &y) in out.iter_mut().zip(y) {
                    *out = formula(x, y);
                }
            });
        }
        [1, 0] => {
            let (x, y) = (&x[x_start..x_start + count], y[y_start]);
            vectorized(|| {
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = formula(x, y);
                }
            });
        }
        [x_stride, y_stride] => {
            for (i, out) in out.iter_mut().enumerate() {
                let x = x[x_start.wrapping_add_signed(x_stride * i as isize)];
                let y = y[y_start.wrapping_add_signed(y_stride * i as isize)];
                *out = formula(x, y);
            }
        }
    }
}

pub fn select(mask: &Array, x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), T => {
        let shape = *out.shape();
        let layouts = [*out.layout(), mask.layout().broadcast_to(shape), x.layout().broadcast_to(shape), y.layout().broadcast_to(shape)];
        let (mask, x, y) = (mask.buffer::<Truth>(), x.buffer::<T>(), y.buffer::<T>());
        for_runs(layouts, out.as_mut_slice::<T>(), |starts: [usize; 3], strides: [isize; 3], out| {
            for (i, out) in out.iter_mut().enumerate() {
                let at = |operand: usize| starts[operand].wrapping_add_signed(strides[operand] * i as isize);
                let [mask_at, x_at, y_at] = [at(0), at(1), at(2)];
                *out = if mask[mask_at].get() { x[x_at] } else { y[y_at] };
            }
        });
    })
}

/// Cuts `out` (the first layout, contiguous) into runs along which every operand is evenly spaced, and calls
/// `run` with the operands' starts and strides and the piece of `out`.
fn for_runs<T: Element, const N: usize, const M: usize>(
    layouts: [Layout; N],
    out: &mut [T],
    run: impl Fn([usize; M], [isize; M], &mut [T]) + Sync,
) {
    const { assert!(N == M + 1) };
    if out.is_empty() {
        return;
    }
    let layouts = Layout::collapse_all(layouts);
    let Some(inner) = layouts[0].shape().rank().checked_sub(1) else {
        return run(std::array::from_fn(|i| layouts[i + 1].offset()), [0; M], out);
    };
    let count = layouts[0].shape()[inner];
    let strides: [isize; M] = std::array::from_fn(|i| layouts[i + 1].strides()[inner]);
    let outer: [Layout; M] = std::array::from_fn(|i| layouts[i + 1].split(inner).0);
    fill_pieces(out, 1, count, |start, out| {
        let mut starts = outer.map(|layout| layout.offsets_from(start / count));
        for out in out.chunks_exact_mut(count) {
            run(starts.each_mut().map(|places| places.next().expect("one start per run")), strides, out);
        }
    });
}
