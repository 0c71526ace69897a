//! `copy`, `fill`, `gather`, `scatter_add`: elements moved, not computed. Most of it knows only their size.

use bytemuck::{Pod, cast_slice, cast_slice_mut};
use ndgrad_array::{Array, DTypes, Element, Layout, Wide, with_dtype};

use crate::contiguous;
use crate::program::few::{FEW, together};
use crate::simd::{LEAST_FAR, ROWS_AHEAD, prefetch};
use crate::threads::{fill_pieces, split};
use crate::tiles::for_tiles;
use crate::transpose::{Rows, SIDE, transpose};

/// Runs an expression with `$T` standing for a type of `$size` bytes.
macro_rules! with_size {
    ($size:expr, $T:ident => $body:expr) => {
        match $size {
            1 => {
                type $T = u8;
                $body
            }
            4 => {
                type $T = u32;
                $body
            }
            8 => {
                type $T = u64;
                $body
            }
            size => unreachable!("no element has {size} bytes"),
        }
    };
}

pub(crate) use with_size;

/// Fills `out` with evenly spaced elements of `size` bytes.
pub fn copy_run(size: usize, source: &[u8], start: usize, stride: isize, out: &mut [u8]) {
    with_size!(size, T => run::<T>(cast_slice(source), start, stride, cast_slice_mut(out)));
}

/// Fills `out` with rows of `row` evenly spaced elements of `size` bytes, which begin where `starts` says.
pub fn copy_rows(
    size: usize,
    source: &[u8],
    starts: impl Iterator<Item = usize>,
    stride: isize,
    row: usize,
    out: &mut [u8],
) {
    with_size!(size, T => {
        let (source, out): (&[T], &mut [T]) = (cast_slice(source), cast_slice_mut(out));
        for (out, start) in out.chunks_mut(row).zip(starts) {
            run(source, start, stride, out);
        }
    });
}

#[inline(always)]
fn run<T: Copy>(source: &[T], start: usize, stride: isize, out: &mut [T]) {
    match stride {
        0 => out.fill(source[start]),
        1 => copy_row(&source[start..start + out.len()], out),
        _ => {
            let mut place = start;
            for out in out {
                *out = source[place];
                place = place.wrapping_add_signed(stride);
            }
        }
    }
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

pub fn copy(x: &Array, out: &mut Array) {
    let same = x.dtype() == out.dtype();
    match (same, out.layout().is_contiguous()) {
        (true, true) => copy_whole(x, out),
        (true, false) => copy_view(x, out),
        (false, true) => convert(x, out),
        (false, false) => {
            let mut converted = Array::new(out.spec());
            convert(x, &mut converted);
            copy_view(&converted, out);
        }
    }
}

fn convert(x: &Array, out: &mut Array) {
    with_dtype!(x.dtype(), X => with_dtype!(out.dtype(), T => for_tiles([x], out, &|[x], out| {
        convert_run::<X, T>(cast_slice(x), cast_slice_mut(out));
    })))
}

#[inline(never)]
fn convert_run<X: Element, T: Element>(x: &[X], out: &mut [T]) {
    for (out, &x) in out.iter_mut().zip(x) {
        *out = T::narrow(x.widen());
    }
}

/// Into a contiguous array.
fn copy_whole(x: &Array, out: &mut Array) {
    let size = out.dtype().size();
    if let Some(elements) = x.as_bytes() {
        return split(out.as_bytes_mut(), size, 1, 1, &|first, out| {
            out.copy_from_slice(&elements[first * size..][..out.len()]);
        });
    }
    let from = x.layout().collapse();
    let row = from.shape()[1..].iter().product::<usize>();
    split(out.as_bytes_mut(), size, 1, row * SIDE, &|first, out| {
        let from = from.slice(0, first / row, out.len() / size / row, 1);
        copy_places(size, x.bytes(), &from, out, &Layout::contiguous(*from.shape()));
    });
}

/// Into any view.
fn copy_view(x: &Array, out: &mut Array) {
    let (size, to) = (out.dtype().size(), *out.layout());
    if out.shape().size() > 0 {
        let [from, to] = Layout::collapse_all([*x.layout(), to]);
        copy_places(size, x.bytes(), &from, out.bytes_mut(), &to);
    }
}

/// Copies what the first layout says to where the second says. They have as few axes as possible, and elements.
fn copy_places(size: usize, source: &[u8], from: &Layout, target: &mut [u8], to: &Layout) {
    with_size!(size, T => copy_as::<T>(cast_slice(source), from, cast_slice_mut(target), to));
}

fn copy_as<T: Pod>(source: &[T], from: &Layout, target: &mut [T], to: &Layout) {
    let Some(inner) = from.shape().rank().checked_sub(1) else {
        target[to.offset()] = source[from.offset()];
        return;
    };
    let count = from.shape()[inner];
    let (stride, to_stride) = (from.strides()[inner], to.strides()[inner]);
    // An axis along which the source lies side by side, where the result does along another.
    let side = (0..inner).find(|&axis| from.strides()[axis] == 1 && stride != 1 && to_stride == 1);
    if let Some(side) = side {
        let sizes = [from.shape()[side], count];
        let outer = |layout: &Layout| layout.select(inner, 0).select(side, 0).offsets();
        for (start, place) in outer(from).zip(outer(to)) {
            let to = Rows { start: place, stride: to.strides()[side] };
            transpose(source, Rows { start, stride }, target, to, sizes);
        }
        return;
    }
    let outer = |layout: &Layout| layout.select(inner, 0).offsets();
    for (mut start, mut place) in outer(from).zip(outer(to)) {
        if to_stride == 1 {
            run(source, start, stride, &mut target[place..place + count]);
            continue;
        }
        for _ in 0..count {
            target[place] = source[start];
            (start, place) = (start.wrapping_add_signed(stride), place.wrapping_add_signed(to_stride));
        }
    }
}

pub fn fill(value: Wide, out: &mut Array) {
    with_dtype!(out.dtype(), T => out.as_mut_slice::<T>().fill(T::narrow(value)))
}

/// As [`ROWS_AHEAD`], for rows that are copied as one element, which takes a fraction of the time.
const AHEAD_SHORT: usize = 64;

pub fn gather(x: &Array, rows: &[usize], out: &mut Array) {
    let x = contiguous(x);
    let (source, width) = (x.as_bytes().expect("a contiguous copy"), x.shape()[1..].iter().product());
    gatherer(x.dtype().size(), width)(source, width, rows, out.as_bytes_mut());
}

/// Copies rows of so many elements: from all rows, by number, as many as there is room for; what numbers follow are
/// asked from memory.
pub type GatherRows = fn(&[u8], usize, &[usize], &mut [u8]);

/// The function that gathers rows of `width` elements of `size` bytes. Short ones are copied as one element.
pub fn gatherer(size: usize, width: usize) -> GatherRows {
    with_size!(size, T => match width {
        0 => |_, _, _, _| {},
        1 => gather_short::<[T; 1]>,
        2 => gather_short::<[T; 2]>,
        4 => gather_short::<[T; 4]>,
        _ => gather_long::<T>,
    })
}

fn gather_short<R: Pod + Send + Sync>(source: &[u8], _: usize, rows: &[usize], out: &mut [u8]) {
    let (source, out): (&[R], &mut [R]) = (cast_slice(source), cast_slice_mut(out));
    if out.len() <= AHEAD_SHORT {
        // To look whether there is work for threads would take longer.
        return gather_elements(source, rows, out);
    }
    fill_pieces(out, 1, 1, |start, out| gather_elements(source, &rows[start..], out));
}

#[inline(always)]
fn gather_elements<R: Copy>(source: &[R], rows: &[usize], out: &mut [R]) {
    if size_of_val(source) >= LEAST_FAR {
        for (_, &row) in out.iter().zip(rows.get(AHEAD_SHORT..).unwrap_or_default()) {
            prefetch(std::slice::from_ref(&source[row]));
        }
    }
    let (fours, rest) = out.as_chunks_mut::<FEW>();
    let (rows, last) = rows.split_at(FEW * fours.len());
    for (four, rows) in fours.iter_mut().zip(rows.as_chunks::<FEW>().0) {
        *four = together(rows.map(|row| source[row]));
    }
    for (out, &row) in rest.iter_mut().zip(last) {
        *out = source[row];
    }
}

fn gather_long<T: Pod + Send + Sync>(source: &[u8], width: usize, rows: &[usize], out: &mut [u8]) {
    let (source, out): (&[T], &mut [T]) = (cast_slice(source), cast_slice_mut(out));
    fill_pieces(out, 1, width, |start, out| {
        let rows = &rows[start / width..];
        for (i, out) in out.chunks_exact_mut(width).enumerate() {
            if let Some(&row) = rows.get(i + ROWS_AHEAD) {
                prefetch(&source[row * width..][..width]);
            }
            copy_row(&source[rows[i] * width..][..width], out);
        }
    });
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
