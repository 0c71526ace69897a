//! The QR factorization by Householder reflections (Golub and Van Loan, section 5.2), with LAPACK's signs: a
//! reflection makes the diagonal of R the opposite of what stood there, and a column that needs none keeps it.

use super::dense::{Dense, dot, norm, subtract};

/// A reflection `1 - factor v v^T` of the numbers from `start` on; the first of v is 1.
struct Reflection {
    start: usize,
    factor: f64,
    direction: Vec<f64>,
}

impl Reflection {
    /// The one that brings `column` to a multiple of the first unit vector, and that multiple.
    fn new(start: usize, column: &[f64]) -> (Reflection, f64) {
        let rest = norm(&column[1..]);
        if rest == 0.0 {
            return (Reflection { start, factor: 0.0, direction: Vec::new() }, column[0]);
        }
        let length = -norm(&[column[0], rest]).copysign(column[0]);
        let mut direction: Vec<f64> = column.iter().map(|x| x / (column[0] - length)).collect();
        direction[0] = 1.0;
        (Reflection { start, factor: (length - column[0]) / length, direction }, length)
    }

    fn apply(&self, column: &mut [f64]) {
        if self.factor != 0.0 {
            let column = &mut column[self.start..];
            let share = self.factor * dot(&self.direction, column);
            subtract(column, share, &self.direction);
        }
    }
}

pub fn qr(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    let (rows, columns) = (matrix.rows, matrix.columns);
    let count = rows.min(columns);
    // By columns, which are what is reflected.
    let mut turned = matrix.transpose();
    let mut reflections = Vec::with_capacity(count);
    for j in 0..count {
        let (reflection, length) = Reflection::new(j, &turned.row(j)[j..]);
        turned.row_mut(j)[j] = length;
        (j + 1..columns).for_each(|later| reflection.apply(turned.row_mut(later)));
        reflections.push(reflection);
    }
    let mut unit = vec![0.0; rows];
    for j in 0..count {
        unit.fill(0.0);
        unit[j] = 1.0;
        // Those beyond leave zeros as they are.
        reflections[..=j].iter().rev().for_each(|reflection| reflection.apply(&mut unit));
        unit.iter().enumerate().for_each(|(i, &x)| out[i * count + j] = x);
    }
    let triangle = out[rows * count..].chunks_exact_mut(count.max(1));
    for (j, out) in triangle.enumerate() {
        let stored = &turned.row(j)[..count];
        out.iter_mut().zip(stored).enumerate().for_each(|(i, (out, &x))| *out = if i <= j { x } else { 0.0 });
    }
    Ok(())
}
