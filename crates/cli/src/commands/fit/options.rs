//! What the options of `ndgrad fit` mean, and which of them do not go together.

use clap::ValueEnum;
use ndgrad::data::Table;
use ndgrad::linear::{CovarianceKind, Family, Link, Missing};

use super::Fit;
use crate::failure::{Failure, Result};

/// How coefficients are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Solver {
    /// The least squares, to the last digit that the data determine
    Exact,
    /// Mini-batch gradient descent, which ends at the least squares
    Sgd,
}

/// What happens to rows in which a feature is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Gaps {
    /// The row is left out
    Drop,
    /// The column's mean, or most frequent category, stands in
    Mean,
}

impl From<Gaps> for Missing {
    fn from(gaps: Gaps) -> Missing {
        match gaps {
            Gaps::Drop => Missing::Drop,
            Gaps::Mean => Missing::Mean,
        }
    }
}

/// A family by its name.
pub fn family(name: &str) -> std::result::Result<Family, String> {
    Family::from_name(name).ok_or_else(|| one_of(Family::ALL.map(Family::name)))
}

/// A link by its name.
pub fn link(name: &str) -> std::result::Result<Link, String> {
    Link::from_name(name).ok_or_else(|| one_of(Link::ALL.map(Link::name)))
}

/// A covariance by its name.
pub fn covariance(name: &str) -> std::result::Result<CovarianceKind, String> {
    CovarianceKind::from_name(name).ok_or_else(|| one_of(CovarianceKind::ALL.map(CovarianceKind::name)))
}

fn one_of<const N: usize>(names: [&str; N]) -> String {
    format!("one of these is wanted: {}", names.join(", ").to_lowercase())
}

impl Fit {
    /// Refuses options that have no meaning together.
    pub(super) fn check(&self) -> Result<()> {
        if self.solver == Solver::Exact
            && let Some(option) = self.descent.first()
        {
            return Err(Failure::Usage(format!(
                "{option} has no meaning for --solver exact, which takes no steps\n    \
                 Leave it out, or choose --solver sgd."
            )));
        }
        if self.solver == Solver::Sgd && self.validate.is_some() {
            return Err(Failure::Usage(
                "--validate trains a model for each part, which --solver sgd does not\n    \
                 Choose --hold-out, or --solver exact."
                    .into(),
            ));
        }
        if self.solver == Solver::Sgd && (self.family != Family::Gaussian || self.link() != Link::Identity) {
            return Err(Failure::Usage(format!(
                "--family {} is fitted by --solver exact\n    Leave --solver out.",
                self.family
            )));
        }
        if self.solver == Solver::Sgd && self.covariance != CovarianceKind::Classical {
            return Err(Failure::Usage(
                "--covariance has no meaning for --solver sgd, whose standard errors are classical\n    \
                 Choose --solver exact."
                    .into(),
            ));
        }
        if !self.family.links().contains(&self.link()) {
            let links: Vec<&str> = self.family.links().iter().map(|link| link.name()).collect();
            return Err(Failure::Usage(format!(
                "--family {} cannot have --link {}\n    Choose one of: {}.",
                self.family,
                self.link(),
                links.join(", ")
            )));
        }
        if let Some(path) = &self.report
            && !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"))
        {
            return Err(Failure::Usage(format!(
                "--report {} must end in .html\n    The page is HTML; report.json is in the directory of --out.",
                path.display()
            )));
        }
        Ok(())
    }

    /// Units of columns that are not there are a slip of the pen.
    pub(super) fn check_units(&self, table: &Table) -> Result<()> {
        let mut columns = self.units.iter().flat_map(|units| units.columns());
        columns.try_for_each(|column| table.position(column).map(drop))?;
        Ok(())
    }
}
