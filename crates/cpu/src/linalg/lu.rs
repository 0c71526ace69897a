//! Elimination with pivoting: solutions, inverses, determinants (Golub and Van Loan, sections 3.2 and 3.4).

use super::dense::{Dense, subtract};
use super::scaled::Scaled;
use super::triangular::substitute;

/// `P A = L U`: L, with ones on its diagonal that are not stored, below U.
struct Factors {
    both: Dense,
    /// The row of A that each row of `both` was.
    order: Vec<usize>,
    /// The determinant of P.
    sign: f64,
    /// The first column without a pivot.
    singular: Option<usize>,
}

impl Factors {
    /// With partial pivoting: of equal magnitudes the first. NaN is a pivot before all, so that it spreads.
    fn new(mut both: Dense) -> Factors {
        let size = both.rows;
        let mut order: Vec<usize> = (0..size).collect();
        let (mut sign, mut singular) = (1.0, None);
        for k in 0..size {
            let pivot = largest((k..size).map(|i| (i, both.at(i, k)))).0;
            if pivot != k {
                both.swap_rows(k, pivot);
                order.swap(k, pivot);
                sign = -sign;
            }
            if both.at(k, k) == 0.0 {
                singular = singular.or(Some(k));
                continue;
            }
            eliminate(&mut both, k);
        }
        Factors { both, order, sign, singular }
    }

    fn determinant(&self) -> Scaled {
        let pivots = (0..self.both.rows).map(|i| self.both.at(i, i));
        Scaled::of(self.sign).times(Scaled::product(pivots))
    }

    fn solve(&self, right: &Dense, out: &mut [f64]) -> Result<(), usize> {
        if let Some(step) = self.singular {
            return Err(step);
        }
        let mut solution = Dense::zeros(right.rows, right.columns);
        for (i, &from) in self.order.iter().enumerate() {
            solution.row_mut(i).copy_from_slice(right.row(from));
        }
        substitute(&self.both, false, true, &mut solution);
        substitute(&self.both, true, false, &mut solution);
        out.copy_from_slice(&solution.elements);
        Ok(())
    }
}

/// The entry of the largest magnitude; of equal ones the first, NaN before all.
fn largest<P>(entries: impl Iterator<Item = (P, f64)>) -> (P, f64) {
    let larger = |best: (P, f64), next: (P, f64)| {
        let better = next.1.abs() > best.1.abs() || (next.1.is_nan() && !best.1.is_nan());
        if better { next } else { best }
    };
    entries.reduce(larger).expect("a pivot is chosen among some")
}

/// Takes the row `k` from those below, so that zeros would stand below its pivot, where the factors are stored.
fn eliminate(both: &mut Dense, k: usize) {
    for i in k + 1..both.rows {
        let (pivot, row) = both.rows(k, i);
        row[k] /= pivot[k];
        let factor = row[k];
        subtract(&mut row[k + 1..], factor, &pivot[k + 1..]);
    }
}

pub fn solve(matrix: Dense, right: &Dense, out: &mut [f64]) -> Result<(), usize> {
    Factors::new(matrix).solve(right, out)
}

pub fn inverse(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    let identity = Dense::identity(matrix.rows);
    Factors::new(matrix).solve(&identity, out)
}

pub fn determinant(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    out[0] = Factors::new(matrix).determinant().get();
    Ok(())
}

pub fn log_determinant(matrix: Dense, out: &mut [f64]) -> Result<(), usize> {
    let determinant = Factors::new(matrix).determinant();
    out.copy_from_slice(&[determinant.sign(), determinant.ln_abs()]);
    Ok(())
}

/// Cofactors multiply as matrices do: of `P A Q = L D U`, with ones on the diagonals of L and U,
/// `cof A = cof P^T cof L cof D cof U cof Q^T`. A permutation's are its sign times itself, a unit triangle's the
/// transpose of its inverse, and a diagonal's are products of all its numbers but one, of which none is divided by:
/// so there are cofactors of a singular matrix as well. Complete pivoting puts what is 0 in D last.
pub fn cofactors(mut both: Dense, out: &mut [f64]) -> Result<(), usize> {
    let size = both.rows;
    let (mut rows, mut columns): (Vec<usize>, Vec<usize>) = (0..size).map(|i| (i, i)).unzip();
    let mut sign = 1.0;
    for k in 0..size {
        let places = (k..size).flat_map(|i| (k..size).map(move |j| (i, j)));
        let (i, j) = largest(places.map(|(i, j)| ((i, j), both.at(i, j)))).0;
        if i != k {
            both.swap_rows(i, k);
            rows.swap(i, k);
            sign = -sign;
        }
        if j != k {
            (0..size).for_each(|row| both.row_mut(row).swap(j, k));
            columns.swap(j, k);
            sign = -sign;
        }
        // Nothing but zeros is left: L and U end as the identity.
        if both.at(k, k) == 0.0 {
            break;
        }
        eliminate(&mut both, k);
    }
    let pivots: Vec<f64> = (0..size).map(|i| both.at(i, i)).collect();
    for (i, &pivot) in pivots.iter().enumerate().filter(|(_, pivot)| **pivot != 0.0) {
        both.row_mut(i)[i + 1..].iter_mut().for_each(|x| *x /= pivot);
    }
    let mut product = Dense::zeros(size, size);
    for i in 0..size {
        let others = pivots.iter().enumerate().filter(|&(j, _)| j != i).map(|(_, &pivot)| pivot);
        product.row_mut(i)[i] = Scaled::product(others).get();
    }
    // L^-T cof D U^-T = L^-T (U^-1 cof D)^T, as cof D is diagonal.
    let upper = both.transpose();
    substitute(&both, true, true, &mut product);
    let mut product = product.transpose();
    substitute(&upper, true, true, &mut product);
    for (i, &row) in rows.iter().enumerate() {
        for (j, &column) in columns.iter().enumerate() {
            out[row * size + column] = sign * product.at(i, j);
        }
    }
    Ok(())
}
