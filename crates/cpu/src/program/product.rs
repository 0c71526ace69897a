//! The matrix product as a [`Routine`].

use std::marker::PhantomData;
use std::slice;

use ndgrad_array::{DTypes, Element, Layout, Spec, with_dtype};

use super::chain::Kernel;
use super::few::{self, Grid, are_few, with_count};
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
            few_dots::<T>(x, y, out)
                .unwrap_or_else(|| Routine::large(Product::<T>(x, y, out, PhantomData), &[x, y], out))
        }))
    }
}

/// A product with a single column, or a single row, of a few numbers.
fn few_dots<T: Element>(x: Operand, y: Operand, out: Spec) -> Option<Routine> {
    let (is_column_first, matrix, column) = match (y.layout.shape()[1], x.layout.shape()[0]) {
        (1, _) => (false, x.layout, y.layout),
        (_, 1) => (true, y.layout.transpose(), x.layout.transpose()),
        _ => return None,
    };
    let (rows, count) = (matrix.shape()[0], matrix.shape()[1]);
    let grid = |layout: &Layout| Grid {
        start: layout.offset(),
        row_stride: layout.strides()[0],
        stride: layout.strides()[1],
    };
    let (matrix, column) = (grid(&matrix), grid(&column.transpose()));
    are_few(rows, count).then(|| {
        with_count!(count, COUNT => {
            let dots = few::Dots::<T, COUNT>::new(matrix, rows, column, is_column_first);
            Routine::few(Kernel::new(dots), &[x, y], out)
        })
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
