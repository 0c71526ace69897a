//! `matmul`: which kernel computes a matrix product.
//!
//! The shape alone decides how an element is summed, so a transposed operand gives the same bits as its copy:
//! a product with a single row or column is a reduction (lanes, blocks, tree: see `fold`); any other is a chain
//! of fused multiply-adds over `k`, in blocks (see `gemm`). Each of a batch of products is summed as it would be alone.

use ndgrad_array::{Array, DTypes, Shape, with_dtype};

use crate::gemm::{self, Matrix, Packed};
use crate::matvec::matvec;
use crate::threads::fill_pieces;

pub fn matmul(x: &Array, y: &Array, out: &mut Array) {
    with_dtype!(out.dtype(), DTypes::NUMBERS, T => matmul_as::<T>(x, y, out))
}

fn matmul_as<T: Packed>(x: &Array, y: &Array, out: &mut Array) {
    let leading = out.shape().rank() - 2;
    if leading == 0 {
        return product(Matrix::of(x), Matrix::of(y), out.as_mut_slice::<T>());
    }
    let ([rows, inner], columns) = (last_two(x.shape()), last_two(y.shape())[1]);
    let batch = *out.layout().split(leading).0.shape();
    let stretched = |operand: &Array| {
        let mut shape = batch;
        for size in last_two(operand.shape()) {
            shape = shape.insert(shape.rank(), size);
        }
        operand.layout().broadcast_to(shape)
    };
    let (x_layout, y_layout) = (stretched(x), stretched(y));
    // One matrix on the right, and rows on the left that lie evenly spaced: a single product. It rounds the same,
    // unless rows are taken together that one by one are products of a vector.
    if y_layout.strides()[..leading].iter().all(|&stride| stride == 0) && (columns == 1 || rows > 1) {
        let tall = Shape::from([batch.size() * rows, inner]);
        if let Some(tall) = x_layout.reshape(tall) {
            let left = Matrix::new(x, &tall, tall.offset());
            let right = Matrix::new(y, &y_layout.split(leading).1, y_layout.offset());
            return product(left, right, out.as_mut_slice::<T>());
        }
    }
    let size = rows * columns;
    let out = out.as_mut_slice::<T>();
    if out.is_empty() {
        return;
    }
    let [(x_outer, x_inner), (y_outer, y_inner)] = [x_layout.split(leading), y_layout.split(leading)];
    fill_pieces(out, inner, size, |start, out| {
        let first = start / size;
        let places = x_outer.offsets_from(first).zip(y_outer.offsets_from(first));
        for (out, (x_place, y_place)) in out.chunks_exact_mut(size).zip(places) {
            let (x, y) = (Matrix::new(x, &x_inner, x_place), Matrix::new(y, &y_inner, y_place));
            product(x, y, out);
        }
    });
}

fn last_two(shape: &Shape) -> [usize; 2] {
    [shape[shape.rank() - 2], shape[shape.rank() - 1]]
}

pub(crate) fn product<T: Packed>(x: Matrix<'_, T>, y: Matrix<'_, T>, out: &mut [T]) {
    if out.is_empty() {
    } else if x.columns == 0 {
        out.fill(T::default());
    } else if y.columns == 1 {
        matvec(x, y, out);
    } else if x.rows == 1 {
        matvec(y.transpose(), x.transpose(), out);
    } else {
        gemm::gemm(x, y, out);
    }
}
