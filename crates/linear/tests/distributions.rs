//! Distributions against mpmath and SciPy; golden/distributions.py wrote the numbers.

use ndgrad_linear::Distribution;
use proptest::prelude::*;

struct Row {
    distribution: Distribution,
    x: f64,
    density: f64,
    cdf: f64,
    survival: f64,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("golden/distributions.txt").lines();
    let read = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        let parameters: Vec<f64> = cells[1].split_whitespace().map(|cell| cell.parse().unwrap()).collect();
        let distribution = match (cells[0], &parameters[..]) {
            ("normal", []) => Distribution::Normal,
            ("t", &[freedom]) => Distribution::T(freedom),
            ("f", &[m, n]) => Distribution::F(m, n),
            ("chi2", &[freedom]) => Distribution::ChiSquared(freedom),
            other => panic!("{other:?}"),
        };
        let number = |cell: usize| cells[cell].parse().unwrap();
        Row { distribution, x: number(2), density: number(3), cdf: number(4), survival: number(5) }
    };
    lines.map(read).collect()
}

/// Relative difference; numbers below the range of `f64` are alike.
fn error(computed: f64, expected: f64) -> f64 {
    if computed == expected || computed.max(expected) < 1e-290 {
        0.0
    } else {
        ((computed - expected) / expected).abs()
    }
}

#[test]
fn tails_have_all_digits() {
    let mut worst = [0.0_f64; 3];
    for Row { distribution, x, density, cdf, survival } in rows() {
        let errors = [
            error(distribution.cdf(x), cdf),
            error(distribution.survival(x), survival),
            error(distribution.density(x), density),
        ];
        let limits = [1e-12, 1e-12, 1e-12];
        for ((worst, error), limit) in worst.iter_mut().zip(errors).zip(limits) {
            assert!(error < limit, "{distribution:?} at {x}: {errors:?}");
            *worst = worst.max(error);
        }
    }
    println!("worst relative errors of cdf, survival and density: {worst:?}");
}

/// A quantile is as exact as the tail that it inverts, seen through the slope.
#[test]
fn quantiles_invert_the_tails() {
    let mut tried = 0;
    for Row { distribution, x, density, cdf, survival } in rows() {
        let (found, tail) = if cdf < survival {
            (distribution.quantile(cdf), cdf)
        } else {
            (distribution.upper_quantile(survival), survival)
        };
        if tail < 1e-290 || x == 0.0 {
            continue;
        }
        // The digits of x that those of the tail determine.
        let limit = 1e-12 * tail / (density * x.abs()) + 4.0 * f64::EPSILON;
        assert!(error(found.abs(), x.abs()) < limit.max(1e-12), "{distribution:?}: {found} for {x}");
        assert_eq!(found.is_sign_negative(), x < 0.0);
        tried += 1;
    }
    assert!(tried > 200);
}

#[test]
fn ends_and_what_is_undefined() {
    for distribution in [Distribution::Normal, Distribution::T(3.0)] {
        assert_eq!(
            (distribution.quantile(0.0), distribution.quantile(1.0)),
            (f64::NEG_INFINITY, f64::INFINITY)
        );
        assert_eq!((distribution.cdf(f64::NEG_INFINITY), distribution.survival(f64::INFINITY)), (0.0, 0.0));
    }
    for distribution in [Distribution::F(2.0, 3.0), Distribution::ChiSquared(2.0)] {
        assert_eq!((distribution.quantile(0.0), distribution.quantile(1.0)), (0.0, f64::INFINITY));
        assert_eq!((distribution.cdf(-1.0), distribution.cdf(f64::INFINITY)), (0.0, 1.0));
    }
    assert!(Distribution::Normal.quantile(1.5).is_nan() && Distribution::Normal.cdf(f64::NAN).is_nan());
    assert!(Distribution::T(0.0).survival(1.0).is_nan() && Distribution::F(1.0, -2.0).quantile(0.5).is_nan());
    assert_eq!(Distribution::T(f64::INFINITY).survival(2.0), Distribution::Normal.survival(2.0));
}

proptest! {
    #[test]
    fn tails_add_to_one_and_fall(x in -20.0..20.0, step in 0.01..5.0, freedom in 0.3..1e5) {
        for distribution in [
            Distribution::Normal,
            Distribution::T(freedom),
            Distribution::F(freedom, 7.0),
            Distribution::F(3.0, freedom),
            Distribution::ChiSquared(freedom),
        ] {
            let (below, above) = (distribution.cdf(x), distribution.survival(x));
            prop_assert!((below + above - 1.0).abs() < 1e-12, "{distribution:?} {below} {above}");
            prop_assert!(distribution.cdf(x + step) >= below - 1e-13);
            prop_assert!((0.0..=1.0).contains(&below) && (0.0..=1.0).contains(&above));
        }
    }
}
