//! Triangular equations by substitution, for all right sides together (Golub and Van Loan, section 3.1).

use ndgrad_array::Triangle;

use super::dense::{Dense, subtract};

pub fn solve(triangle: Triangle, matrix: Dense, mut right: Dense, out: &mut [f64]) -> Result<(), usize> {
    let (matrix, upper) = match triangle.transposed {
        true => (matrix.transpose(), !triangle.upper),
        false => (matrix, triangle.upper),
    };
    if !triangle.unit
        && let Some(zero) = (0..matrix.rows).find(|&i| matrix.at(i, i) == 0.0)
    {
        return Err(zero);
    }
    substitute(&matrix, upper, triangle.unit, &mut right);
    out.copy_from_slice(&right.elements);
    Ok(())
}

/// Replaces the right sides by the solutions.
pub fn substitute(matrix: &Dense, upper: bool, unit: bool, right: &mut Dense) {
    let size = matrix.rows;
    for step in 0..size {
        let (i, known) = if upper { (size - 1 - step, size - step..size) } else { (step, 0..step) };
        for k in known {
            let (solved, row) = right.rows(k, i);
            subtract(row, matrix.at(i, k), solved);
        }
        if !unit {
            right.row_mut(i).iter_mut().for_each(|x| *x /= matrix.at(i, i));
        }
    }
}
