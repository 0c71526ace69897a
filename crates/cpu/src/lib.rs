//! The CPU backend of ndgrad: map, zip, reduce, matmul, factorizations, gather, fill, threads.
//!
//! Every kernel is plain Rust over slices, compiled several times for the vector registers that a machine may
//! have ([`simd`]) and split over threads when the work is large ([`threads`]). What is added to what, in which
//! order, is fixed by the shapes alone, so results are the same bits everywhere.

mod elementwise;
mod fold;
mod gemm;
pub mod gram;
mod linalg;
mod lines;
pub mod loops;
mod matmul;
mod matvec;
mod movement;
mod normalize;
mod pool;
pub mod program;
mod reduce;
pub mod simd;
pub mod threads;
mod tiles;
mod tiny;
mod transpose;

use ndgrad_array::{
    Array, Backend, Binary, Breakdown, MatrixFunction, Normalization, Predicate, Reduction, Unary, Wide,
};

/// The processor as a backend.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu;

impl Backend for Cpu {
    fn map<F: Unary>(&self, formula: F, x: &Array, out: &mut Array) {
        elementwise::map(formula, x, out);
    }

    fn zip<F: Binary>(&self, formula: F, x: &Array, y: &Array, out: &mut Array) {
        elementwise::zip(formula, x, y, out);
    }

    fn zip_into<F: Binary>(&self, formula: F, x: &mut Array, y: &Array) {
        elementwise::zip_into(formula, x, y);
    }

    fn compare<P: Predicate>(&self, predicate: P, x: &Array, y: &Array, out: &mut Array) {
        elementwise::compare(predicate, x, y, out);
    }

    fn select(&self, mask: &Array, x: &Array, y: &Array, out: &mut Array) {
        elementwise::select(mask, x, y, out);
    }

    fn reduce<F: Reduction>(&self, formula: F, x: &Array, kept: usize, out: &mut Array) {
        reduce::reduce(formula, x, kept, out);
    }

    fn normalize<A: Reduction, B: Binary, U: Unary, C: Reduction, D: Binary>(
        &self,
        formulas: Normalization<A, B, U, C, D>,
        x: &Array,
        kept: usize,
        out: &mut Array,
    ) {
        normalize::normalize(formulas, x, kept, out);
    }

    fn arg_reduce<P: Predicate>(&self, before: P, x: &Array, out: &mut Array) {
        lines::arg_reduce(before, x, out);
    }

    fn scan<F: Reduction>(&self, formula: F, x: &Array, out: &mut Array) {
        lines::scan(formula, x, out);
    }

    fn argsort(&self, x: &Array, descending: bool, out: &mut Array) {
        lines::argsort(x, descending, out);
    }

    fn recurrence(&self, term: &Array, factor: &Array, out: &mut Array) {
        lines::recurrence(term, factor, out);
    }

    fn gather_lines(&self, x: &Array, index: &Array, out: &mut Array) {
        lines::gather_lines(x, index, out);
    }

    fn scatter_add_lines(&self, x: &Array, index: &Array, out: &mut Array) {
        lines::scatter_add_lines(x, index, out);
    }

    fn search_sorted(&self, sorted: &Array, x: &Array, right: bool, out: &mut Array) {
        lines::search_sorted(sorted, x, right, out);
    }

    fn matmul(&self, x: &Array, y: &Array, out: &mut Array) {
        matmul::matmul(x, y, out);
    }

    fn matrices(
        &self,
        function: MatrixFunction,
        inputs: &[&Array],
        out: &mut Array,
    ) -> Result<(), Breakdown> {
        linalg::matrices(function, inputs, out)
    }

    fn gather(&self, x: &Array, rows: &[usize], out: &mut Array) {
        movement::gather(x, rows, out);
    }

    fn scatter_add(&self, x: &Array, rows: &[usize], out: &mut Array) {
        movement::scatter_add(x, rows, out);
    }

    fn copy(&self, x: &Array, out: &mut Array) {
        movement::copy(x, out);
    }

    fn fill(&self, value: Wide, out: &mut Array) {
        movement::fill(value, out);
    }
}

/// The array itself if its elements lie one behind the other, else a copy in which they do.
pub(crate) fn contiguous(x: &Array) -> Array {
    if x.layout().is_contiguous() { x.clone() } else { copied(x) }
}

/// A copy that shares nothing, whose elements lie one behind the other from the start of their buffer.
///
/// ```
/// use ndgrad_array::Array;
/// let x = Array::from_slice([2, 2], &[1.0f32, 2.0, 3.0, 4.0]);
/// let turned = ndgrad_cpu::copied(&x.view(x.layout().transpose()));
/// assert_eq!(turned.as_slice::<f32>(), Some(&[1.0, 3.0, 2.0, 4.0][..]));
/// ```
pub fn copied(x: &Array) -> Array {
    let mut copy = Array::new(x.spec());
    movement::copy(x, &mut copy);
    copy
}
