//! What both of Jacobi's methods need: rotations, and the signs of vectors.

use super::dense::Dense;
use crate::simd::vectorized;

/// Sweeps over all pairs. Convergence is quadratic, and six to ten are common.
pub const MOST_SWEEPS: usize = 60;

/// What is this small beside the largest entry, which is near 1, is nothing: squares of it are lost.
pub const NEGLIGIBLE: f64 = 1e-150;

/// The cosine and sine of the smaller rotation that makes `off` of the symmetric `[[first, off], [off, second]]`
/// zero (Golub and Van Loan, section 8.5.2).
pub fn rotation(first: f64, off: f64, second: f64) -> (f64, f64) {
    let cotangent = (second - first) / (2.0 * off);
    // A quotient beyond all floats is an angle of 0.
    let tangent = 1f64.copysign(cotangent) / (cotangent.abs() + (1.0 + cotangent * cotangent).sqrt());
    let cosine = 1.0 / (1.0 + tangent * tangent).sqrt();
    (cosine, cosine * tangent)
}

/// Rotates two rows.
pub fn rotate(matrix: &mut Dense, p: usize, q: usize, (cosine, sine): (f64, f64)) {
    let (first, second) = matrix.rows_mut(p, q);
    vectorized(|| {
        for (x, y) in first.iter_mut().zip(second) {
            (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
        }
    });
}

/// -1 or 1, to multiply a vector with, so that it does not depend on the method: the first of its numbers that has
/// at least half of the largest magnitude becomes positive.
pub fn sign(vector: &[f64]) -> f64 {
    let largest = vector.iter().fold(0.0, |largest: f64, x| largest.max(x.abs()));
    let leader = vector.iter().find(|x| x.abs() >= 0.5 * largest);
    leader.map_or(1.0, |x| x.signum())
}
