//! Factorizations and solutions of linear equations, matrix by matrix.
//!
//! The algorithms are the classical ones (Golub and Van Loan, "Matrix Computations", 4th edition; Higham, "Accuracy
//! and Stability of Numerical Algorithms", 2nd edition), in f64 whatever the dtype, in an order of operations that
//! the shape and the numbers alone decide.

mod cholesky;
mod dense;
mod eigh;
mod jacobi;
mod lu;
mod qr;
mod scaled;
mod svd;
mod triangular;

use std::sync::{Mutex, PoisonError};

use ndgrad_array::{Array, Breakdown, DTypes, Element, Layout, MatrixFunction, Shape, Wide, with_dtype};

use self::dense::Dense;
use crate::threads::fill_pieces;

pub fn matrices(function: MatrixFunction, inputs: &[&Array], out: &mut Array) -> Result<(), Breakdown> {
    with_dtype!(out.dtype(), DTypes::FLOATS, T => matrices_as::<T>(function, inputs, out))
}

/// The matrices of one operand.
struct Operand<'a, T> {
    elements: &'a [T],
    /// Where each begins.
    outer: Layout,
    /// The places of its elements from there.
    inner: Layout,
}

impl<T: Element> Operand<'_, T> {
    fn matrix(&self, place: usize) -> Dense {
        let &[rows, columns] = &self.inner.shape()[..] else { unreachable!("a matrix has two axes") };
        let number = |inner: usize| self.elements[place.wrapping_add(inner)].to_f64();
        Dense { rows, columns, elements: self.inner.offsets().map(number).collect() }
    }
}

fn matrices_as<T: Element>(
    function: MatrixFunction,
    inputs: &[&Array],
    out: &mut Array,
) -> Result<(), Breakdown> {
    let (outer, inner) = out.layout().split(out.shape().rank() - function.rank());
    let (batch, size) = (*outer.shape(), inner.shape().size());
    let operand = |array: &&'_ Array| {
        let own = &array.shape()[array.shape().rank() - 2..];
        let shape = Shape::new(&[&batch[..], own].concat());
        array.layout().broadcast_to(shape).split(batch.rank())
    };
    let operands = inputs.iter().map(|array| (array.buffer(), operand(array)));
    let operands: Vec<Operand<'_, T>> =
        operands.map(|(elements, (outer, inner))| Operand { elements, outer, inner }).collect();
    let out = out.as_mut_slice::<T>();
    if out.is_empty() {
        return Ok(());
    }
    let breakdown = Mutex::new(None::<Breakdown>);
    let length = operands[0].inner.shape().iter().copied().max().unwrap_or(0);
    fill_pieces(out, length, size, |start, out| {
        let first = start / size;
        let mut places: Vec<_> = operands.iter().map(|operand| operand.outer.offsets_from(first)).collect();
        let mut result = vec![0.0; size];
        for (i, out) in out.chunks_exact_mut(size).enumerate() {
            let next = places.iter_mut().zip(&operands).map(|(places, operand)| {
                operand.matrix(places.next().expect("a place for every matrix of the result"))
            });
            match compute(function, next.collect(), &mut result) {
                Ok(()) => out.iter_mut().zip(&result).for_each(|(out, &x)| *out = T::narrow(Wide::Float(x))),
                Err(step) => {
                    let found = Breakdown { matrix: first + i, step };
                    let mut earliest = breakdown.lock().unwrap_or_else(PoisonError::into_inner);
                    *earliest = Some(earliest.map_or(found, |earlier| earlier.min(found)));
                }
            }
        }
    });
    breakdown.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// The function of one matrix, or pair of them; or the step at which it broke down.
fn compute(function: MatrixFunction, matrices: Vec<Dense>, out: &mut [f64]) -> Result<(), usize> {
    let mut matrices = matrices.into_iter();
    let mut next = || matrices.next().expect("as many matrices as the function takes");
    match function {
        MatrixFunction::Cholesky => cholesky::cholesky(next(), out),
        MatrixFunction::SolveTriangular(triangle) => triangular::solve(triangle, next(), next(), out),
        MatrixFunction::Solve => lu::solve(next(), &next(), out),
        MatrixFunction::Inverse => lu::inverse(next(), out),
        MatrixFunction::Determinant => lu::determinant(next(), out),
        MatrixFunction::LogDeterminant => lu::log_determinant(next(), out),
        MatrixFunction::Cofactors => lu::cofactors(next(), out),
        MatrixFunction::Qr => qr::qr(next(), out),
        MatrixFunction::Svd => svd::svd(next(), out),
        MatrixFunction::Eigh => eigh::eigh(next(), out),
    }
}
