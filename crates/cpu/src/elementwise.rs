//! `map` and `zip`: one formula over all elements.

use ndgrad_array::{Array, Binary, Element, Layout, Unary, with_dtype};

use crate::simd::vectorized;
use crate::threads::fill_pieces;

pub fn map<F: Unary>(formula: F, x: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), T => map_as::<T, F>(formula, x, out))
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
    with_dtype!(out.dtype(), T => zip_as::<T, F>(formula, x, y, out))
}

fn zip_as<T: Element, F: Binary>(formula: F, x: &Array, y: &Array, out: &mut Array) {
    let layout = *out.layout();
    let out = out.as_mut_slice::<T>();
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
                zip_run(
                    formula,
                    [x, y],
                    strides.map(|stride| stride * start),
                    strides.map(|s| s as isize),
                    out,
                );
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
fn zip_run<T: Element, F: Binary>(
    formula: F,
    [x, y]: [&[T]; 2],
    [x_start, y_start]: [usize; 2],
    strides: [isize; 2],
    out: &mut [T],
) {
    let count = out.len();
    match strides {
        [1, 1] => {
            let (x, y) = (&x[x_start..x_start + count], &y[y_start..y_start + count]);
            vectorized(|| {
                for ((out, &x), &y) in out.iter_mut().zip(x).zip(y) {
                    *out = formula.value(x, y);
                }
            });
        }
        [0, 1] => {
            let (x, y) = (x[x_start], &y[y_start..y_start + count]);
            vectorized(|| {
                for (out, &y) in out.iter_mut().zip(y) {
                    *out = formula.value(x, y);
                }
            });
        }
        [1, 0] => {
            let (x, y) = (&x[x_start..x_start + count], y[y_start]);
            vectorized(|| {
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = formula.value(x, y);
                }
            });
        }
        [x_stride, y_stride] => {
            for (i, out) in out.iter_mut().enumerate() {
                let x = x[x_start.wrapping_add_signed(x_stride * i as isize)];
                let y = y[y_start.wrapping_add_signed(y_stride * i as isize)];
                *out = formula.value(x, y);
            }
        }
    }
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
