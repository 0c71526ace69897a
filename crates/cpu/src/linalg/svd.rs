//! The singular value decomposition by Jacobi's one-sided method: columns are rotated until all are at right angles
//! (Golub and Van Loan, section 8.6.3; Demmel and Veselic, "Jacobi's method is more accurate than QR", SIAM J.
//! Matrix Anal. Appl. 13, 1992: small singular values come out with few units of error, too).

use super::dense::{Dense, dot, norm, subtract};
use super::jacobi::{MOST_SWEEPS, NEGLIGIBLE, rotate, rotation, sign};
use super::scaled::scale;

pub fn svd(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    let (rows, columns) = (matrix.rows, matrix.columns);
    let count = rows.min(columns);
    let Some((matrix, exponent)) = matrix.balanced() else {
        out.fill(f64::NAN);
        return Ok(());
    };
    // The vectors that are rotated lie in rows: the columns of a tall matrix, the rows of a wide one.
    let wide = rows < columns;
    let mut vectors = if wide { matrix } else { matrix.transpose() };
    let mut turns = Dense::identity(count);
    orthogonalize(&mut vectors, &mut turns);

    let lengths: Vec<f64> = (0..count).map(|i| norm(vectors.row(i))).collect();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&i, &j| lengths[j].total_cmp(&lengths[i]));
    for (i, &length) in lengths.iter().enumerate().filter(|(_, length)| **length > NEGLIGIBLE) {
        vectors.row_mut(i).iter_mut().for_each(|x| *x /= length);
    }
    complete(&mut vectors, &lengths);

    let (left, right) = if wide { (&turns, &vectors) } else { (&vectors, &turns) };
    for (column, &i) in order.iter().enumerate() {
        let sign = sign(left.row(i));
        let both = left.row(i).iter().chain(right.row(i));
        for (row, &x) in both.enumerate() {
            out[row * count + column] = sign * x;
        }
        out[(rows + columns) * count + column] = scale(lengths[i], exponent);
    }
    Ok(())
}

/// Rotates pairs of rows until all are at right angles, and the rows of `turns` with them.
fn orthogonalize(vectors: &mut Dense, turns: &mut Dense) {
    let tolerance = f64::EPSILON * (vectors.columns as f64).sqrt();
    for _ in 0..MOST_SWEEPS {
        let mut done = true;
        for p in 0..vectors.rows {
            for q in p + 1..vectors.rows {
                let (x, y) = (vectors.row(p), vectors.row(q));
                let (first, off, second) = (dot(x, x), dot(x, y), dot(y, y));
                if off.abs() > tolerance * first.sqrt() * second.sqrt() {
                    let turn = rotation(first, off, second);
                    rotate(vectors, p, q, turn);
                    rotate(turns, p, q, turn);
                    done = false;
                }
            }
        }
        if done {
            return;
        }
    }
}

/// Rows of no length have no direction: they become unit vectors at right angles to all others, each the unit
/// vector of an axis with the most left of it when its share in the others is taken away.
fn complete(vectors: &mut Dense, lengths: &[f64]) {
    let mut known: Vec<usize> = (0..vectors.rows).filter(|&i| lengths[i] > NEGLIGIBLE).collect();
    for missing in (0..vectors.rows).filter(|&i| lengths[i] <= NEGLIGIBLE) {
        let share =
            |axis: usize| known.iter().map(|&i| vectors.at(i, axis) * vectors.at(i, axis)).sum::<f64>();
        let axis =
            (0..vectors.columns).reduce(|best, next| if share(next) < share(best) { next } else { best });
        let mut unit = vec![0.0; vectors.columns];
        unit[axis.expect("a vector has numbers")] = 1.0;
        // Twice is enough (Golub and Van Loan, section 5.2.9).
        for &i in known.iter().chain(&known) {
            let share = dot(&unit, vectors.row(i));
            subtract(&mut unit, share, vectors.row(i));
        }
        let length = norm(&unit);
        vectors.row_mut(missing).iter_mut().zip(unit).for_each(|(x, unit)| *x = unit / length);
        known.push(missing);
    }
}
