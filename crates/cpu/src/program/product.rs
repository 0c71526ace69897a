//! The matrix product as a [`Routine`].

use std::marker::PhantomData;
use std::slice;

use ndgrad_array::{DTypes, Layout, Spec, with_dtype};

use super::few::{self, are_few};
use super::routine::{Operand, Routine, Run};
use crate::gemm::{Matrix, Packed};
use crate::matmul::product;

impl Routine {
    /// The product of two matrices, if they are no more than that: `out` is all of its slot.
    ///
    /// # Panics
    /// When an operand shows what its slot does not have.
    pub fn product(x: Operand, y: Operand, out: Spec) -> Option<Routine> {
        if x.layout.shape().rank() != 2 || y.layout.shape().rank() != 2 || out.shape.size() == 0 {
            return None;
        }
        Some(with_dtype!(out.dtype, DTypes::NUMBERS, T => {
            match few_dots::<T>(&x.layout, &y.layout) {
                Some(dots) => Routine::new(dots, &[x, y], out),
                None => Routine::new(Product::<T>(x, y, out, PhantomData), &[x, y], out),
            }
        }))
    }
}

/// A product with a single column, or a single row, of a few numbers.
fn few_dots<T>(x: &Layout, y: &Layout) -> Option<few::Dots<T>> {
    let (is_column_first, matrix, column) = match (y.shape()[1], x.shape()[0]) {
        (1, _) => (false, *x, *y),
        (_, 1) => (true, y.transpose(), x.transpose()),
        _ => return None,
    };
    let (rows, count) = (matrix.shape()[0], matrix.shape()[1]);
    are_few(rows, count).then(|| few::Dots {
        start: matrix.offset(),
        row_stride: matrix.strides()[0],
        stride: matrix.strides()[1],
        column_start: column.offset(),
        column_stride: column.strides()[0],
        count,
        rows,
        is_column_first,
        element: PhantomData,
    })
}

struct Product<T>(Operand, Operand, Spec, PhantomData<fn() -> T>);

// SAFETY: it reads the slots of its operands and writes that of its result.
unsafe impl<T: Packed> Run for Product<T> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        let Product(left, right, result, _) = self;
        // SAFETY: the caller's promise.
        let (x, y, out) = unsafe {
            (
                slice::from_raw_parts(x.cast::<T>(), left.slot.shape.size()),
                slice::from_raw_parts(y.cast::<T>(), right.slot.shape.size()),
                slice::from_raw_parts_mut(out.cast::<T>(), result.shape.size()),
            )
        };
        let matrix = |elements, layout: &Layout| Matrix::within(elements, layout, layout.offset());
        product(matrix(x, &left.layout), matrix(y, &right.layout), out);
    }
}
