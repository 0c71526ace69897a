//! The Cholesky factorization, row by row (Golub and Van Loan, section 4.2).

use super::dense::{Dense, dot};

pub fn cholesky(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    let mut factor = matrix.symmetric_part();
    for i in 0..factor.rows {
        for j in 0..i {
            let (above, row) = factor.rows(j, i);
            row[j] = (row[j] - dot(&row[..j], &above[..j])) / above[j];
        }
        let row = factor.row_mut(i);
        let square = row[i] - dot(&row[..i], &row[..i]);
        if square.is_nan() || square <= 0.0 {
            return Err(i);
        }
        row[i] = square.sqrt();
        row[i + 1..].fill(0.0);
    }
    out.copy_from_slice(&factor.elements);
    Ok(())
}
