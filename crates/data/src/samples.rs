//! Small real data sets that travel with the crate, as CSV text.
//!
//! ```
//! use ndgrad_data::{Table, samples};
//! let penguins = Table::from_csv("penguins.csv", samples::PENGUINS.as_bytes())?;
//! assert_eq!(penguins.rows(), 344);
//! assert_eq!(penguins.category("species")?.levels(), ["Adelie", "Chinstrap", "Gentoo"]);
//! # Ok::<(), ndgrad_array::Error>(())
//! ```
#![doc = include_str!("../samples/README.md")]

/// 344 penguins of three species near Palmer Station, Antarctica, in 8 columns, with categories and missing
/// values written `NA`. Gorman, Williams and Fraser (2014), palmerpenguins 0.1.6, CC0.
pub const PENGUINS: &str = include_str!("../samples/penguins.csv");

/// NIST StRD linear least squares, lower difficulty: 36 rows, `y` on `x1`. Public domain; the certified
/// values stand [above](self).
pub const NORRIS: &str = include_str!("../samples/norris.csv");

/// NIST StRD linear least squares, higher difficulty: 16 rows, `y` on the nearly collinear `x1` to `x6`.
/// Public domain; the certified values stand [above](self).
pub const LONGLEY: &str = include_str!("../samples/longley.csv");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Table;

    fn read(text: &str) -> Table {
        Table::from_csv("sample.csv", text.as_bytes()).unwrap()
    }

    /// Counts as documented by palmerpenguins: 344 rows, 152 + 68 + 124 penguins, two without
    /// measurements and eleven without a sex.
    #[test]
    fn penguins_are_all_there() {
        let table = read(PENGUINS);
        assert_eq!(table.rows(), 344);
        let species = table.category("species").unwrap();
        let count = |level| species.codes().filter(|&code| code == Some(level)).count();
        assert_eq!([count(0), count(1), count(2)], [152, 68, 124]);
        for name in ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"] {
            assert_eq!(table.numeric(name).unwrap().missing(), 2, "{name}");
        }
        assert_eq!(table.category("sex").unwrap().missing(), 11);
        assert_eq!(table.numeric("year").unwrap().missing(), 0);
    }

    /// The certified slope and intercept follow from the numbers, so the numbers are NIST's.
    #[test]
    fn norris_has_its_certified_line() {
        let table = read(NORRIS);
        let (x, y) = (table.numeric("x1").unwrap().values(), table.numeric("y").unwrap().values());
        assert_eq!(x.len(), 36);
        let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
        let (mean_x, mean_y) = (mean(x), mean(y));
        let covariance: f64 = x.iter().zip(y).map(|(x, y)| (x - mean_x) * (y - mean_y)).sum();
        let variance: f64 = x.iter().map(|x| (x - mean_x) * (x - mean_x)).sum();
        let slope = covariance / variance;
        assert!((slope - 1.00211681802045).abs() < 1e-13);
        assert!((mean_y - slope * mean_x - -0.262323073774029).abs() < 1e-10);
    }

    /// The certified coefficients leave NIST's residual standard deviation, 304.854073561965.
    #[test]
    fn longley_has_its_certified_residuals() {
        let certified = [
            15.0618722713733,
            -0.358191792925910e-1,
            -2.02022980381683,
            -1.03322686717359,
            -0.511041056535807e-1,
            1829.15146461355,
        ];
        let table = read(LONGLEY);
        assert_eq!(table.rows(), 16);
        let squares: f64 = (0..16)
            .map(|row| {
                let value = |name: &str| table.numeric(name).unwrap().values()[row];
                let terms = (1..=6).map(|i| certified[i - 1] * value(&format!("x{i}")));
                let residual = value("y") - -3482258.63459582 - terms.sum::<f64>();
                residual * residual
            })
            .sum();
        assert!(((squares / 9.0).sqrt() - 304.854073561965).abs() < 1e-6);
    }
}
