//! What the solver is compared with: exact rational arithmetic, and a count of correct digits.

use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

/// The digits that `computed` and `expected` share, `-log10` of the relative error; at most 17.
pub fn digits(computed: f64, expected: f64) -> f64 {
    if computed == expected {
        return 17.0;
    }
    let error = if expected == 0.0 { computed } else { (computed - expected) / expected };
    (-error.abs().log10()).min(17.0)
}

/// Least squares by the normal equations in rational arithmetic: exact for the `f64` numbers given.
pub struct Rational {
    /// The intercept, if there is one, then the coefficients, each rounded once.
    pub parameters: Vec<f64>,
    pub standard_errors: Vec<f64>,
    pub residual_sum_of_squares: f64,
}

/// `None` if the columns are dependent.
pub fn rational(x: &[f64], columns: usize, y: &[f64], intercept: bool) -> Option<Rational> {
    let number = |value: f64| BigRational::from_float(value).unwrap();
    let ones = usize::from(intercept);
    let size = ones + columns;
    let rows: Vec<Vec<BigRational>> = (0..y.len())
        .map(|i| {
            let x = &x[i * columns..][..columns];
            std::iter::repeat_n(1.0, ones).chain(x.iter().copied()).map(number).collect()
        })
        .collect();
    // [X'X | X'y | identity], reduced to [identity | parameters | inverse].
    let mut system: Vec<Vec<BigRational>> = (0..size)
        .map(|a| {
            let products = (0..size).map(|b| rows.iter().map(|row| &row[a] * &row[b]).sum());
            let target = rows.iter().zip(y).map(|(row, &y)| &row[a] * number(y)).sum();
            let identity = (0..size).map(|b| number(f64::from(u8::from(a == b))));
            products.chain([target]).chain(identity).collect()
        })
        .collect();
    for k in 0..size {
        let pivot = (k..size).find(|&i| !system[i][k].is_zero())?;
        system.swap(k, pivot);
        let scale = system[k][k].clone();
        system[k].iter_mut().for_each(|entry| *entry = &*entry / &scale);
        let row = system[k].clone();
        for (i, other) in system.iter_mut().enumerate().filter(|(i, _)| *i != k) {
            let factor = other[k].clone();
            assert_ne!(i, k);
            other.iter_mut().zip(&row).for_each(|(entry, pivot)| *entry -= &factor * pivot);
        }
    }
    let parameters: Vec<BigRational> = system.iter().map(|row| row[size].clone()).collect();
    let squares: BigRational = rows
        .iter()
        .zip(y)
        .map(|(row, &y)| {
            let residual = number(y) - row.iter().zip(&parameters).map(|(x, b)| x * b).sum::<BigRational>();
            &residual * &residual
        })
        .sum();
    let variance = squares.to_f64().unwrap() / (y.len() - size) as f64;
    let root = |a: usize| (variance * system[a][size + 1 + a].abs().to_f64().unwrap()).sqrt();
    Some(Rational {
        standard_errors: (0..size).map(root).collect(),
        residual_sum_of_squares: squares.to_f64().unwrap(),
        parameters: parameters.iter().map(|p| p.to_f64().unwrap()).collect(),
    })
}
