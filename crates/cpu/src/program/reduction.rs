//! A reduction as a [`Routine`].

use std::marker::PhantomData;
use std::slice;

use bytemuck::cast_slice_mut;
use ndgrad_array::{Element, Reduction, Spec, Wide, with_dtype};

use super::chain::Kernel;
use super::few::{self, Grid, are_few, with_count};
use super::routine::{Operand, Routine, Run};
use crate::reduce::{Arrangement, Typed, reduce_arranged};

impl Routine {
    /// A reduction of all axes of an operand but the first `kept`, into all of a slot; what comes out is divided by
    /// `divisor`, if there is one. None if the operand would have to be copied first.
    ///
    /// # Panics
    /// When the operand shows what its slot does not have; when the formula does not take its dtype.
    pub fn reduction<F: Reduction + 'static>(
        formula: F,
        x: Operand,
        kept: usize,
        divisor: Option<f64>,
        out: Spec,
    ) -> Option<Routine> {
        let arrangement = Arrangement::new(&x.layout, kept)?;
        Some(with_dtype!(out.dtype, F::DTYPES, T => {
            let divisor = divisor.map(|divisor| T::narrow(Wide::Float(divisor)));
            few_folds(formula, x, kept, divisor, out).unwrap_or_else(|| {
                let reduced = Reduced { formula: Typed::<T, F>(formula, PhantomData), x, arrangement, out, divisor };
                Routine::large(reduced, &[x], out)
            })
        }))
    }
}

/// A few rows of a few numbers, if they are evenly spaced.
fn few_folds<T: Element, F: Reduction + 'static>(
    formula: F,
    x: Operand,
    kept: usize,
    divisor: Option<T>,
    out: Spec,
) -> Option<Routine> {
    let (outer, inner) = x.layout.split(kept);
    let (rows, count) = (outer.shape().size(), inner.shape().size());
    let (outer, inner) = (outer.collapse(), inner.collapse());
    let [row_stride, stride] = [outer.strides(), inner.strides()].map(|strides| match *strides {
        [] => Some(0),
        [stride] => Some(stride),
        _ => None,
    });
    let numbers = Grid { start: x.layout.offset(), row_stride: row_stride?, stride: stride? };
    are_few(rows, count).then(|| {
        with_count!(count, COUNT => {
            let fold = few::Fold::<T, F, COUNT>::new(formula, numbers, rows, divisor);
            Routine::few(Kernel::new(fold), &[x], out)
        })
    })
}

struct Reduced<T, F> {
    formula: Typed<T, F>,
    x: Operand,
    arrangement: Arrangement,
    out: Spec,
    divisor: Option<T>,
}

// SAFETY: it reads the slot of its operand and writes that of its result.
unsafe impl<T: Element, F: Reduction> Run for Reduced<T, F> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        let size = size_of::<T>();
        // SAFETY: the caller's promise.
        let (x, out) = unsafe {
            (
                slice::from_raw_parts(x, self.x.bytes()),
                slice::from_raw_parts_mut(out, self.out.shape.size() * size),
            )
        };
        reduce_arranged(&self.formula, x, &self.arrangement, size, out);
        if let Some(divisor) = self.divisor {
            cast_slice_mut::<u8, T>(out).iter_mut().for_each(|total| *total = *total / divisor);
        }
    }
}
