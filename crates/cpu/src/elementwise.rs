//! `map`, `zip`, `zip_into`, `compare`, `select`: one formula over all elements.

use bytemuck::{cast_slice, cast_slice_mut};
use ndgrad_array::{Array, Binary, DTypes, Predicate, Unary, with_dtype};

use crate::loops;
use crate::movement::with_size;
use crate::tiles::for_tiles;
use crate::tiny;

pub fn map<F: Unary>(formula: F, x: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => {
        if !tiny::map::<T, F>(formula, x, out) {
            for_tiles([x], out, &|[x], out| loops::map::<T, F>(formula, cast_slice(x), cast_slice_mut(out)));
        }
    })
}

pub fn zip<F: Binary>(formula: F, x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), F::DTYPES, T => {
        if !tiny::zip::<T, F>(formula, x, y, out) {
            for_tiles([x, y], out, &|[x, y], out| {
                loops::zip::<T, F>(formula, cast_slice(x), cast_slice(y), cast_slice_mut(out));
            });
        }
    })
}

pub fn zip_into<F: Binary>(formula: F, x: &mut Array, y: &Array) {
    with_dtype!(x.dtype(), F::DTYPES.and(DTypes::FLOATS), T => for_tiles([y], x, &|[y], x| {
        loops::zip_into::<T, F>(formula, cast_slice_mut(x), cast_slice(y));
    }))
}

pub fn compare<P: Predicate>(predicate: P, x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), P::DTYPES, T => for_tiles([x, y], out, &|[x, y], out| {
        loops::compare::<T, P>(predicate, cast_slice(x), cast_slice(y), cast_slice_mut(out));
    }))
}

pub fn select(mask: &Array, x: &Array, y: &Array, out: &mut Array) {
    with_size!(out.dtype().size(), T => for_tiles([mask, x, y], out, &|[mask, x, y], out| {
        loops::select::<T>(cast_slice(mask), cast_slice(x), cast_slice(y), cast_slice_mut(out));
    }))
}
