//! The triangle by Householder reflections in double-double arithmetic: for small data, and for ill-conditioned ones.

use crate::double_double::DoubleDouble;
use crate::exact::frame::Frame;
use crate::exact::triangle::Triangle;
use crate::observations::{Block, Observations};
use ndgrad_array::Result;

/// How much of a block of rows the factorization holds at a time, in bytes: what stays in a first-level cache.
const BLOCK_BYTES: usize = 32 * 1024;

/// The triangular factor of the scaled, shifted and weighted columns, after a column of ones if there is an intercept.
///
/// Å. Björck, Numerical Methods for Least Squares Problems (SIAM, 1996), section 2.4.
pub(crate) fn factorize(
    frame: &Frame,
    observations: &mut dyn Observations,
) -> Result<Triangle<DoubleDouble>> {
    let width = frame.columns() + usize::from(frame.intercept);
    let mut triangle = Triangle::new(width);
    if width == 0 {
        return Ok(triangle);
    }
    let height = (BLOCK_BYTES / size_of::<DoubleDouble>() / width).clamp(32, 1024);
    let mut numbers = Vec::with_capacity(height * width);
    observations.pass(&mut |block| {
        for first in (0..block.rows()).step_by(height) {
            let rows = first..block.rows().min(first + height);
            let count = rows.len();
            fill(frame, block, rows, &mut numbers);
            triangle.absorb(&mut numbers, count);
        }
        Ok(())
    })?;
    Ok(triangle)
}

/// Rows, column after column.
fn fill(frame: &Frame, block: &Block<'_>, rows: std::ops::Range<usize>, numbers: &mut Vec<DoubleDouble>) {
    let columns = frame.columns();
    numbers.clear();
    if frame.intercept {
        numbers.resize(rows.len(), 1.0.into());
    }
    let scales = frame.scales();
    for (j, (&scale, &centre)) in scales.as_flattened().iter().zip(&frame.centres).enumerate() {
        let column = rows.clone().map(|row| block.x[row * columns + j]);
        numbers.extend(column.map(|x| DoubleDouble::from(x * scale) - centre));
    }
    if let Some(weights) = block.weights {
        let roots: Vec<DoubleDouble> = rows.map(|row| DoubleDouble::from(weights[row]).sqrt()).collect();
        for column in numbers.chunks_exact_mut(roots.len()) {
            column.iter_mut().zip(&roots).for_each(|(number, &root)| *number = *number * root);
        }
    }
}
