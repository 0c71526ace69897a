//! What the operations on whole matrices share: their shape rule, the call of the backend, parts and masks.

use std::ops::Range;

use ndgrad_array::{Array, Backend, Breakdown, DTypes, MatrixFunction, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::{Embed, Part, apply, check_dtype, same_dtype};
use crate::{Index, Tensor};

/// The last two sizes.
pub(super) fn sizes(shape: Shape) -> [usize; 2] {
    [shape[shape.rank() - 2], shape[shape.rank() - 1]]
}

/// The sizes of the leading axes, and others behind them.
pub(super) fn batch_of(shape: Shape, sizes: &[usize]) -> Shape {
    Shape::new(&[&shape[..shape.rank() - 2], sizes].concat())
}

/// The sizes of a floating point matrix, or of a batch of them.
pub(super) fn infer_matrix(name: &str, spec: Spec) -> Result<[usize; 2], OperationError> {
    check_dtype(name, DTypes::FLOATS, &spec)?;
    if spec.shape.rank() >= 2 {
        return Ok(sizes(spec.shape));
    }
    Err(OperationError::new(name, "a matrix is needed: two axes, behind any that count matrices").operand(
        "tensor",
        spec.shape,
        format!("{} axes", spec.shape.rank()),
    ))
}

/// The size of a square matrix, or of a batch of them.
pub(super) fn infer_square(name: &str, spec: Spec) -> Result<usize, OperationError> {
    let [rows, columns] = infer_matrix(name, spec)?;
    if rows == columns {
        return Ok(rows);
    }
    Err(OperationError::new(name, "the matrix must be square").operand(
        "tensor",
        spec.shape,
        format!("{rows} rows, {columns} columns"),
    ))
}

/// The spec of the solutions of `A X = B`.
pub(super) fn infer_solution(name: &str, inputs: &[Spec]) -> Result<Spec, OperationError> {
    same_dtype(name, inputs)?;
    let size = infer_square(name, inputs[0])?;
    let [rows, columns] = infer_matrix(name, inputs[1])?;
    let (left, right) = (inputs[0].shape, inputs[1].shape);
    let refused = |rule: &str, note: String| {
        Err(OperationError::new(name, rule).operand("matrix", left, "").operand("right side", right, note))
    };
    if rows != size {
        return refused(
            "the sizes differ",
            format!("its rows ({rows}) must be as many as the matrix has ({size})"),
        );
    }
    match batch_of(left, &[]).broadcast(&batch_of(right, &[])) {
        Some(batch) => Ok(inputs[1].with_shape(Shape::new(&[&batch[..], &[size, columns]].concat()))),
        None => refused(
            "leading axes do not stretch to common ones",
            "but for the last two, sizes must be equal or 1".to_string(),
        ),
    }
}

/// Why some numbers have no result: the rule, what is wrong at a step, the way out.
pub(super) struct Reason {
    pub rule: &'static str,
    pub at: fn(usize) -> String,
    pub remedy: &'static str,
}

/// A matrix has no inverse.
pub(super) const SINGULAR: Reason = Reason {
    rule: "the matrix is singular",
    at: |step| format!("no pivot is left for column {step}"),
    remedy: "leave out what depends on other columns, or add to the diagonal",
};

/// Calls the backend, and says which matrix has no result and why.
pub(super) fn compute(
    name: &str,
    function: MatrixFunction,
    reason: &Reason,
    inputs: &[&Array],
    out: &mut Array,
) -> Result<(), OperationError> {
    let Err(Breakdown { matrix, step }) = Cpu.matrices(function, inputs, out) else { return Ok(()) };
    let batch = &out.shape()[..out.shape().rank() - function.rank()];
    let mut rest = matrix;
    let mut place: SmallVec<[usize; 8]> =
        batch.iter().rev().map(|&size| (rest % size, rest /= size).0).collect();
    place.reverse();
    let at = (reason.at)(step);
    let note = if batch.is_empty() { at } else { format!("matrix {place:?}: {at}") };
    Err(OperationError::new(name, reason.rule)
        .operand("tensor", inputs[0].shape(), note)
        .remedy(reason.remedy))
}

/// Calls the backend for a function that every matrix has.
pub(super) fn compute_all(function: MatrixFunction, inputs: &[&Array], out: &mut Array) {
    Cpu.matrices(function, inputs, out).expect("every matrix has it");
}

fn place(shape: Shape, rows: Range<usize>, columns: Range<usize>) -> SmallVec<[Index; 4]> {
    let within = |range: Range<usize>| Index::Range {
        start: Some(range.start as isize),
        end: Some(range.end as isize),
        step: 1,
    };
    let leading = std::iter::repeat_n(Index::ALL, shape.rank() - 2);
    leading.chain([within(rows), within(columns)]).collect()
}

/// A part of each matrix: a view.
#[track_caller]
pub(super) fn part(x: &Tensor, rows: Range<usize>, columns: Range<usize>) -> Tensor {
    apply(Part { indices: place(x.shape(), rows, columns) }, &[x])
}

/// A part of each matrix, with zeros around it.
pub(super) fn embed(part: &Tensor, rows: Range<usize>, columns: Range<usize>, shape: Shape) -> Tensor {
    apply(Embed { indices: place(shape, rows, columns), shape, background: 0.0 }, &[part])
}

/// A matrix of the numbers that `entry` gives for row and column, of the dtype and on the device of `like`.
pub(super) fn matrix(like: Spec, [rows, columns]: [usize; 2], entry: impl Fn(usize, usize) -> f64) -> Tensor {
    let entries = (0..rows).flat_map(|i| (0..columns).map(move |j| (i, j)));
    let entries: Vec<f64> = entries.map(|(i, j)| entry(i, j)).collect();
    Tensor::from_slice([rows, columns], &entries).to_dtype(like.dtype).to_device(like.device)
}

/// `1 / x`, and 0 where x is 0.
pub(super) fn reciprocal_or_zero(x: &Tensor) -> Tensor {
    let nonzero = x.detach().sign().abs();
    &nonzero / (x + (1.0 - &nonzero))
}

/// For tests: any matrix of numbers between -1 and 1 made well conditioned, with eigenvalues and singular values that
/// are far from each other, and positive definite if it is symmetric.
pub(super) fn conditioned(x: Tensor) -> Tensor {
    let diagonal = matrix(x.spec(), sizes(x.shape()), |i, j| if i == j { 4.0 + 3.0 * i as f64 } else { 0.0 });
    x + diagonal
}
