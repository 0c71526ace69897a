//! `qr`: an orthonormal basis of a matrix's columns, and what it takes to get the matrix back.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec, Triangle};

use super::matrices::{batch_of, compute_all, conditioned, embed, infer_matrix, matrix, part, sizes};
use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// The reduced QR factorization, as one matrix: Q, and below it the transpose of R. Of the two, gradients come back
/// together, as they go into one formula.
#[derive(Clone, Copy, Debug)]
pub struct Qr;

/// Q and R, as views.
#[track_caller]
fn split(both: &Tensor, rows: usize) -> (Tensor, Tensor) {
    let [all, count] = sizes(both.shape());
    (part(both, 0..rows, 0..count), part(both, rows..all, 0..count).transpose())
}

impl Listed for Qr {
    const NAME: &'static str = "qr";
    const DOC: &'static str = "The reduced QR factorization of each matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 7] = [&[3, 3], &[4, 2], &[2, 3], &[1, 1], &[0, 2], &[2, 3, 2], &[2, 1, 2]];
        let case = |shape: &&[usize]| Case::new(Qr, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for Qr {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::OUTPUT
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let [rows, columns] = infer_matrix("qr", inputs[0])?;
        Ok(inputs[0].with_shape(batch_of(inputs[0].shape, &[rows + columns, rows.min(columns)])))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        compute_all(MatrixFunction::Qr, inputs, out);
    }

    /// Of a matrix that is not wide `(dQ + Q S) R^-T`, where S is the symmetric matrix with the lower triangle of
    /// `R dR^T - dQ^T Q` (Walter and Lehmann, "Algorithmic differentiation of linear algebra functions with
    /// application in optimum experimental design", 2010). Of a wide one `[X, Y] = Q [U, V]` that of `X = Q U` with
    /// `dQ + Y dV^T`, beside `Q dV` (Roberts and Roberts, "QR and LQ decomposition matrix backpropagation algorithms
    /// for square, wide, and deep matrices", 2020).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let [rows, columns] = sizes(call.shape(0));
        let count = rows.min(columns);
        let (q, r) = split(&call.output(), rows);
        let (mut dq, dr) = split(head, rows);
        let (square, dsquare) = (part(&r, 0..count, 0..count), part(&dr, 0..count, 0..count));
        let beyond = (columns > count).then(|| {
            let (v, dv) = (part(&r, 0..count, count..columns), part(&dr, 0..count, count..columns));
            dq = &dq + q.matmul(&v).matmul(&dv.transpose());
            embed(&q.matmul(&dv), 0..rows, count..columns, call.shape(0))
        });
        let mixed = square.matmul(&dsquare.transpose()) - dq.transpose().matmul(&q);
        let below = &mixed * matrix(head.spec(), [count, count], |i, j| if i > j { 1.0 } else { 0.0 });
        let diagonal = &mixed * matrix(head.spec(), [count, count], |i, j| if i == j { 1.0 } else { 0.0 });
        let symmetric = &below + below.transpose() + diagonal;
        let turned = (dq + q.matmul(&symmetric)).transpose();
        let gradient = square.solve_triangular(&turned, Triangle::UPPER).transpose();
        match beyond {
            Some(beyond) => embed(&gradient, 0..rows, 0..count, call.shape(0)) + beyond,
            None => gradient,
        }
    }
}

impl Tensor {
    /// Q and R with `Q R = self`, for each matrix `[m, n]` of the last two axes: Q is `[m, k]` with orthonormal columns,
    /// R `[k, n]` upper triangular, k the smaller of m and n. By Householder reflections, in f64, rounded to the
    /// tensor's dtype, with LAPACK's signs: a number on the diagonal of R may be negative. NaN spreads.
    ///
    /// There is a gradient where the first k columns are independent; `backward` refuses others, in the name of
    /// `solve_triangular`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (q, r) = tensor([[3.0, 1.0], [4.0, 2.0]]).qr();
    /// assert_eq!(r.diagonal().to_vec::<f32>(), [-5.0, 0.4]);
    /// assert!((q.matmul(&r) - tensor([[3.0, 1.0], [4.0, 2.0]])).abs().sum().item() < 1e-6);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    #[track_caller]
    pub fn qr(&self) -> (Tensor, Tensor) {
        let both = apply(Qr, &[self]);
        split(&both, self.shape()[self.rank() - 2])
    }
}
