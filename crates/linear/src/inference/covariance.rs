//! `Covariance`: how the estimates of a model vary together, and by which assumptions that was found.

use std::fmt;

/// What is assumed about the errors of a regression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CovarianceKind {
    /// One variance for all rows: `s^2 (X'WX)^-1`, or the inverse information of a generalized linear model.
    #[default]
    Classical,
    /// A variance for each row, estimated by its squared residual (H. White, Econometrica 48, 1980).
    HC0,
    /// HC0 times `n / (n - k)`.
    HC1,
    /// Squared residuals over `1 - h`, with the leverage h (J. G. MacKinnon, H. White, Journal of Econometrics 29, 1985).
    HC2,
    /// Squared residuals over `(1 - h)^2`, nearly the jackknife (same source).
    HC3,
    /// Errors that may depend on each other within a cluster, in any way, and not beyond (K.-Y. Liang, S. L. Zeger,
    /// Biometrika 73, 1986), times `g / (g - 1) (n - 1) / (n - k)` for g clusters.
    Clustered,
}

impl CovarianceKind {
    /// All kinds.
    pub const ALL: [CovarianceKind; 6] = [
        CovarianceKind::Classical,
        CovarianceKind::HC0,
        CovarianceKind::HC1,
        CovarianceKind::HC2,
        CovarianceKind::HC3,
        CovarianceKind::Clustered,
    ];

    /// The name, as users write it.
    pub fn name(self) -> &'static str {
        match self {
            CovarianceKind::Classical => "classical",
            CovarianceKind::HC0 => "HC0",
            CovarianceKind::HC1 => "HC1",
            CovarianceKind::HC2 => "HC2",
            CovarianceKind::HC3 => "HC3",
            CovarianceKind::Clustered => "clustered",
        }
    }

    /// The kind of this name, in letters of either case.
    pub fn from_name(name: &str) -> Option<CovarianceKind> {
        CovarianceKind::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for CovarianceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The covariance matrix of the estimates.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariance {
    /// What it assumes.
    pub kind: CovarianceKind,
    /// The number of estimates.
    pub size: usize,
    /// The matrix, row after row.
    pub matrix: Vec<f64>,
}

impl Covariance {
    /// The covariance of estimates `i` and `j`.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.matrix[i * self.size + j]
    }

    /// The standard error of estimate `i`.
    pub fn std_error(&self, i: usize) -> f64 {
        self.at(i, i).sqrt()
    }

    /// `v' C v`: the variance of the sum of the estimates times the numbers of `v`, of a prediction for one.
    pub fn variance_of(&self, v: &[f64]) -> f64 {
        let rows = self.matrix.chunks_exact(self.size.max(1));
        rows.zip(v).map(|(row, a)| a * row.iter().zip(v).map(|(c, b)| c * b).sum::<f64>()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in CovarianceKind::ALL {
            assert_eq!(CovarianceKind::from_name(&kind.to_string().to_lowercase()), Some(kind));
        }
        assert_eq!(CovarianceKind::from_name("HC9"), None);
    }

    #[test]
    fn the_variance_of_a_difference() {
        let covariance = Covariance { kind: CovarianceKind::HC0, size: 2, matrix: vec![4.0, 1.0, 1.0, 9.0] };
        assert_eq!(covariance.variance_of(&[1.0, -1.0]), 11.0);
        assert_eq!(covariance.std_error(1), 3.0);
    }
}
