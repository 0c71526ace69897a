//! `normalize`: rows by what each of them comes to, in two rounds while they are in the nearest cache.

use ndgrad_array::{Array, Binary, Buffer, Element, Normalization, Reduction, Unary, with_dtype};

use crate::contiguous;
use crate::fold::{LANES, fold_runs};
use crate::reduce::Numbers;
use crate::simd::{Kernel, LEAST_FAR, prefetch_all, vectorized_for};
use crate::threads::fill_pieces;

/// Elements of rows that are computed together, and the most rows: the loops between two sums are long enough, and all
/// stays in L1.
const TOGETHER: usize = 2048;
const MOST_ROWS: usize = 16;

/// What an element takes, in elementwise operations.
const WORK: usize = 8;

pub fn normalize<A: Reduction, B: Binary, U: Unary, C: Reduction, D: Binary>(
    formulas: Normalization<A, B, U, C, D>,
    x: &Array,
    kept: usize,
    out: &mut Array,
) {
    let count = x.shape()[kept..].iter().product();
    if out.shape().size() == 0 {
        return;
    }
    let x = contiguous(x);
    with_dtype!(x.dtype(), B::DTYPES, T => {
        let x = x.as_slice::<T>().expect("a contiguous copy");
        let far = size_of_val(x) >= LEAST_FAR;
        fill_pieces(out.as_mut_slice::<T>(), WORK, count, |start, out| {
            vectorized_for::<T, _>(Rows { formulas, x: &x[start..][..out.len()], count, far, out });
        });
    });
}

struct Rows<'a, T, N> {
    formulas: N,
    x: &'a [T],
    count: usize,
    /// Whether they come from memory.
    far: bool,
    out: &'a mut [T],
}

impl<T: Element, A: Reduction, B: Binary, U: Unary, C: Reduction, D: Binary> Kernel
    for Rows<'_, T, Normalization<A, B, U, C, D>>
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Rows { formulas, x, count, far, out } = self;
        let rows = (TOGETHER / count).clamp(1, MOST_ROWS);
        // Whole registers are computed: what they have beyond the end of a row is written once more, with the next row.
        let reach = count.next_multiple_of(LANES);
        let mut memory = Buffer::new((rows * count + LANES) * size_of::<T>());
        let parts = memory.as_mut_slice::<T>();
        for start in (0..out.len()).step_by(rows * count) {
            let (x, out) = (&x[start..], &mut out[start..]);
            let mut room = [T::ZERO; MOST_ROWS];
            let folded = &mut room[..rows.min(out.len() / count)];
            fold_runs(&Numbers { formula: formulas.top, numbers: x, count, far: false }, count, folded);
            for (row, &top) in folded.iter().enumerate() {
                let x = &x[row * count..];
                if far {
                    ask_ahead(&x[..count], rows * count);
                }
                for (part, &x) in parts[row * count..][..reach].iter_mut().zip(x) {
                    *part = formulas.part.value(formulas.below.value(x, top));
                }
            }
            fold_runs(&Numbers { formula: formulas.whole, numbers: parts, count, far: false }, count, folded);
            for (row, &whole) in folded.iter().enumerate() {
                let out = &mut out[row * count..];
                if far {
                    ask_ahead(&out[..count], rows * count);
                }
                for (out, &part) in out.iter_mut().zip(&parts[row * count..][..reach]) {
                    *out = formulas.share.value(part, whole);
                }
            }
        }
    }
}

/// Asks for what lies so many elements behind those of a row: the processor, which sees a few rows read and written several
/// times, does not foresee the next ones.
#[inline(always)]
fn ask_ahead<T>(row: &[T], elements: usize) {
    prefetch_all(row.as_ptr().wrapping_add(elements).cast(), size_of_val(row));
}
