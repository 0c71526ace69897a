//! `normalize`: rows by what each of them comes to, in two rounds while they are in the nearest cache.

use ndgrad_array::{Array, Binary, Element, Normalization, Reduction, Unary, with_dtype};

use crate::contiguous;
use crate::fold::fold_runs;
use crate::reduce::Numbers;
use crate::simd::{Kernel, vectorized_for};
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
        fill_pieces(out.as_mut_slice::<T>(), WORK, count, |start, out| {
            vectorized_for::<T, _>(Rows { formulas, x: &x[start..][..out.len()], count, out });
        });
    });
}

struct Rows<'a, T, N> {
    formulas: N,
    x: &'a [T],
    count: usize,
    out: &'a mut [T],
}

impl<T: Element, A: Reduction, B: Binary, U: Unary, C: Reduction, D: Binary> Kernel
    for Rows<'_, T, Normalization<A, B, U, C, D>>
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Rows { formulas, x, count, out } = self;
        let together = (TOGETHER / count).clamp(1, MOST_ROWS) * count;
        for (x, out) in x.chunks(together).zip(out.chunks_mut(together)) {
            let mut room = [T::ZERO; MOST_ROWS];
            let folded = &mut room[..out.len() / count];
            fold_runs(&Numbers { formula: formulas.top, numbers: x, count }, count, folded);
            for ((x, out), &top) in x.chunks_exact(count).zip(out.chunks_exact_mut(count)).zip(&*folded) {
                for (out, &x) in out.iter_mut().zip(x) {
                    *out = formulas.below.value(x, top);
                }
            }
            for out in out.iter_mut() {
                *out = formulas.part.value(*out);
            }
            fold_runs(&Numbers { formula: formulas.whole, numbers: out, count }, count, folded);
            for (out, &whole) in out.chunks_exact_mut(count).zip(&*folded) {
                for out in out {
                    *out = formulas.share.value(*out, whole);
                }
            }
        }
    }
}
