//! `copy`, `fill`, `gather`, `scatter_add`: elements moved, not computed.

use ndgrad_array::{Array, DTypes, Element, Layout, Wide, with_dtype};

use crate::contiguous;
use crate::threads::fill_pieces;

pub fn copy(x: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), X => with_dtype!(out.dtype(), T => copy_as::<X, T>(x, out)))
}

fn copy_as<X: Element, T: Element>(x: &Array, out: &mut Array) {
    if let (Some(x), true) = (x.as_slice::<X>(), out.layout().is_contiguous()) {
        fill_pieces(out.as_mut_slice::<T>(), 1, 1, |start, out| {
            for (out, &x) in out.iter_mut().zip(&x[start..]) {
                *out = convert(x);
            }
        });
        return;
    }
    let [from, to] = Layout::collapse_all([*x.layout(), *out.layout()]);
    let source = x.buffer::<X>();
    let target = out.buffer_mut::<T>();
    for (from, to) in from.offsets().zip(to.offsets()) {
        target[to] = convert(source[from]);
    }
}

#[inline(always)]
fn convert<X: Element, T: Element>(x: X) -> T {
    T::narrow(x.widen())
}

pub fn fill(value: Wide, out: &mut Array) {
    with_dtype!(out.dtype(), T => out.as_mut_slice::<T>().fill(T::narrow(value)))
}

pub fn gather(x: &Array, rows: &[usize], out: &mut Array) {
    let x = contiguous(x);
    with_dtype!(out.dtype(), T => {
        let source = x.as_slice::<T>().expect("a contiguous copy");
        let width = x.layout().split(1).1.shape().size();
        if width == 0 {
            return;
        }
        fill_pieces(out.as_mut_slice::<T>(), 1, width, |start, out| {
            for (out, &row) in out.chunks_exact_mut(width).zip(&rows[start / width..]) {
                copy_row(&source[row * width..][..width], out);
            }
        });
    })
}

/// A call of `memcpy` costs more than a short row.
#[inline(always)]
fn copy_row<T: Copy>(source: &[T], target: &mut [T]) {
    if source.len() > 8 {
        return target.copy_from_slice(source);
    }
    for (target, &source) in target.iter_mut().zip(source) {
        *target = source;
    }
}

pub fn scatter_add(x: &Array, rows: &[usize], out: &mut Array) {
    with_dtype!(out.dtype(), DTypes::NUMBERS, T => scatter_add_as::<T>(x, rows, out))
}

fn scatter_add_as<T: Element>(x: &Array, rows: &[usize], out: &mut Array) {
    let x = contiguous(x);
    let source = x.as_slice::<T>().expect("a contiguous copy");
    let width = x.layout().split(1).1.shape().size();
    let target = out.as_mut_slice::<T>();
    target.fill(T::default());
    for (i, &row) in rows.iter().enumerate() {
        for (target, &x) in target[row * width..][..width].iter_mut().zip(&source[i * width..]) {
            *target = *target + x;
        }
    }
}
