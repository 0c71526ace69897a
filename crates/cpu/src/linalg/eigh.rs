//! Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's method, pair after pair (Golub and Van Loan,
//! section 8.5).

use super::dense::Dense;
use super::jacobi::{MOST_SWEEPS, NEGLIGIBLE, rotate, rotation, sign};
use super::scaled::scale;

pub fn eigh(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    let size = matrix.rows;
    let Some((mut matrix, exponent)) = matrix.symmetric_part().balanced() else {
        out.fill(f64::NAN);
        return Ok(());
    };
    let mut vectors = Dense::identity(size);
    diagonalize(&mut matrix, &mut vectors);
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&i, &j| matrix.at(i, i).total_cmp(&matrix.at(j, j)));
    for (column, &i) in order.iter().enumerate() {
        let sign = sign(vectors.row(i));
        for (row, &x) in vectors.row(i).iter().enumerate() {
            out[row * size + column] = sign * x;
        }
        out[size * size + column] = scale(matrix.at(i, i), exponent);
    }
    Ok(())
}

/// Rotates rows and columns until nothing is left off the diagonal, and the rows of `vectors` with them.
fn diagonalize(matrix: &mut Dense, vectors: &mut Dense) {
    let size = matrix.rows;
    for _ in 0..MOST_SWEEPS {
        let mut done = true;
        for p in 0..size {
            for q in p + 1..size {
                let (first, off, second) = (matrix.at(p, p), matrix.at(p, q), matrix.at(q, q));
                let tolerance = f64::EPSILON * first.abs().sqrt() * second.abs().sqrt();
                if off.abs() <= tolerance.max(NEGLIGIBLE) {
                    continue;
                }
                let (cosine, sine) = rotation(first, off, second);
                rotate(matrix, p, q, (cosine, sine));
                // The rows are turned; of the columns only these four entries are not their mirror images.
                for i in (0..size).filter(|&i| i != p && i != q) {
                    let (x, y) = (matrix.at(p, i), matrix.at(q, i));
                    matrix.row_mut(i)[p] = x;
                    matrix.row_mut(i)[q] = y;
                }
                let shift = sine / cosine * off;
                matrix.row_mut(p)[p] = first - shift;
                matrix.row_mut(q)[q] = second + shift;
                matrix.row_mut(p)[q] = 0.0;
                matrix.row_mut(q)[p] = 0.0;
                rotate(vectors, p, q, (cosine, sine));
                done = false;
            }
        }
        if done {
            return;
        }
    }
}
