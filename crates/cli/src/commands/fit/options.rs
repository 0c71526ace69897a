//! What the options of `ndgrad fit` mean, and which of them do not go together.

use clap::{Args, ValueEnum};
use ndgrad::linear::{CovarianceKind, DesignOptions, Family, Formula, Link, Missing};
use ndgrad::{Error, Result as NdgradResult};

use super::data::Data;
use super::{Fit, PENGUINS_TARGET};
use crate::failure::{Failure, Result};
use crate::values;

/// How coefficients are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Solver {
    /// The best there are, to the last digit that the data determine
    Exact,
    /// Mini-batches, along the gradient; for least squares in memory until it is zero
    Sgd,
    /// Mini-batches, by Adam's rule
    Adam,
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

/// What an error costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Cost {
    /// Its square, or what the family says
    Squares,
    /// Its square where it is small, its size where it is large: rows far off do not count much
    Huber,
    /// Its size, on both sides as --quantile says
    Quantile,
}

/// What keeps coefficients small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Penalty {
    /// The sum of their squares
    Ridge,
    /// The sum of their sizes, which leaves some of them exactly 0
    Lasso,
    /// A part of both
    ElasticNet,
}

/// Which penalty a cross-validation chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Choice {
    /// That of the least error
    #[default]
    Best,
    /// The largest of an error within one standard error of the least
    Simplest,
}

/// How strong the penalty is.
#[derive(Args)]
pub struct Penalties {
    /// Keep coefficients small, for many features, or more than rows
    #[arg(long, value_name = "KIND")]
    pub penalty: Option<Penalty>,
    /// The strength, as glmnet has it; by default what does best on rows held out
    #[arg(long, value_name = "X", value_parser = values::not_negative, allow_negative_numbers = true)]
    #[arg(requires = "penalty")]
    pub lambda: Option<f64>,
    /// The lasso's part of an elastic net; 0.5 by default
    #[arg(long, value_name = "PART", value_parser = values::part, allow_negative_numbers = true)]
    #[arg(requires = "penalty")]
    pub mix: Option<f64>,
    /// The parts of the rows that choose the strength; 10 by default
    #[arg(long, value_name = "K", value_parser = values::folds, requires = "penalty", conflicts_with = "lambda")]
    pub folds: Option<u32>,
    /// Which strength is chosen
    #[arg(long, default_value = "best", value_name = "RULE")]
    pub choose: Choice,
}

/// How the target scatters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Law {
    /// As this family about its mean.
    Of(Family),
    /// Over classes.
    Multinomial,
}

/// A law by its name, or by that of its regression.
pub fn law(name: &str) -> std::result::Result<Law, String> {
    const OTHERS: [(&str, Law); 2] =
        [("logistic", Law::Of(Family::Binomial)), ("multinomial", Law::Multinomial)];
    let other = OTHERS.into_iter().find(|(other, _)| name.eq_ignore_ascii_case(other));
    let all = Family::ALL.map(Family::name).into_iter().chain(OTHERS.map(|(name, _)| name));
    Family::from_name(name).map(Law::Of).or(other.map(|(_, law)| law)).ok_or_else(|| one_of(all))
}

/// A link by its name.
pub fn link(name: &str) -> std::result::Result<Link, String> {
    Link::from_name(name).ok_or_else(|| one_of(Link::ALL.map(Link::name)))
}

/// A covariance by its name.
pub fn covariance(name: &str) -> std::result::Result<CovarianceKind, String> {
    CovarianceKind::from_name(name).ok_or_else(|| one_of(CovarianceKind::ALL.map(CovarianceKind::name)))
}

fn one_of(names: impl IntoIterator<Item = &'static str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    format!("one of these is wanted: {}", names.join(", ").to_lowercase())
}

/// What is fitted, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    LeastSquares,
    Generalized,
    Penalized(Penalty),
    Huber,
    Quantile,
    Multinomial,
    Descent,
}

/// Numbers of a design up to which least squares are trained until the gradient is zero: that takes seconds.
const QUICK: u64 = 1 << 22;

impl Fit {
    /// What the options ask for.
    pub(super) fn method(&self) -> Method {
        if self.law == Law::Multinomial {
            return Method::Multinomial;
        }
        match (self.solver, self.cost, self.penalties.penalty) {
            (Solver::Sgd | Solver::Adam, ..) => Method::Descent,
            (Solver::Exact, Cost::Huber, _) => Method::Huber,
            (Solver::Exact, Cost::Quantile, _) => Method::Quantile,
            (Solver::Exact, Cost::Squares, Some(penalty)) => Method::Penalized(penalty),
            (Solver::Exact, Cost::Squares, None) if self.is_normal() => Method::LeastSquares,
            (Solver::Exact, Cost::Squares, None) => Method::Generalized,
        }
    }

    /// Whether a descent may be the training that ends by itself: plain least squares of data that are small enough.
    pub(super) fn trains(&self, numbers: u64, intercept: bool) -> bool {
        let options = &self.descent;
        let plain = self.weights.is_none() && self.offset.is_none() && intercept;
        let plain = plain && self.penalties.penalty.is_none();
        let squares = self.is_normal() && self.cost == Cost::Squares;
        self.solver == Solver::Sgd && squares && plain && options.warm_start.is_none() && numbers <= QUICK
    }

    /// The family of the target; of classes, that of each against the first.
    pub(super) fn family(&self) -> Family {
        match self.law {
            Law::Of(family) => family,
            Law::Multinomial => Family::Binomial,
        }
    }

    fn is_normal(&self) -> bool {
        self.law == Law::Of(Family::Gaussian) && self.link() == Link::Identity
    }

    /// The link that was asked for, or the family's usual one.
    pub(super) fn link(&self) -> Link {
        self.link.unwrap_or_else(|| self.family().link())
    }

    /// The covariance that was asked for; clustered where there are clusters.
    pub(super) fn covariance(&self) -> CovarianceKind {
        self.covariance.unwrap_or(match self.cluster {
            Some(_) => CovarianceKind::Clustered,
            None => CovarianceKind::Classical,
        })
    }

    /// The formula that was given, or that of target and features.
    pub(super) fn formula(&self, data: &Data) -> Result<Formula> {
        if let Some(text) = &self.formula {
            return Ok(Formula::parse(text)?);
        }
        let target = self.target.as_deref().unwrap_or(PENGUINS_TARGET);
        let named = self.features.iter().flatten().chain(self.categories.iter());
        for name in named.map(String::as_str).chain([target]) {
            check_column(data, name)?;
        }
        match &self.features {
            None => Ok(Formula::all(target)),
            Some(features) if features.iter().any(|name| name == target) => Err(Failure::Data(Error::Data(
                format!("the target {target:?} cannot be a feature too\n    Leave it out of --features."),
            ))),
            Some(features) => Ok(Formula::of(target, features)),
        }
    }

    /// What the design is told besides.
    pub(super) fn design_options(&self) -> DesignOptions {
        DesignOptions {
            missing: self.missing.into(),
            weights: self.weights.clone(),
            offset: self.offset.clone(),
            clusters: self.cluster.clone(),
            category_target: self.family() == Family::Binomial,
        }
    }

    /// Refuses options that have no meaning together.
    pub(super) fn check(&self) -> Result<()> {
        let refuse = |message: String| Err(Failure::Usage(message));
        if self.file.is_some() && self.target.is_none() && self.formula.is_none() {
            return refuse(
                "what is to be predicted?\n    Add --target COLUMN, or --formula 'target ~ a + b'.".into(),
            );
        }
        let exact = self.solver == Solver::Exact;
        if exact && let Some(option) = self.descent.first() {
            return refuse(format!(
                "{option} has no meaning for --solver exact, which takes no steps\n    \
                 Leave it out, or choose --solver sgd."
            ));
        }
        if !exact && self.validate.is_some() {
            return refuse(
                "--validate trains a model for each part, which --solver sgd does not\n    \
                 Choose --hold-out, or --solver exact."
                    .into(),
            );
        }
        if !exact && (self.covariance.is_some() || self.cluster.is_some()) {
            return refuse(
                "--covariance and --cluster have no meaning for --solver sgd or adam\n    Choose --solver exact.".into(),
            );
        }
        if self.law == Law::Multinomial && self.link() != Link::Logit {
            return refuse(
                "--family multinomial has no other link than its own\n    Leave --link out.".into(),
            );
        }
        if self.law == Law::Multinomial && self.offset.is_some() {
            return refuse(
                "--offset has no meaning for --family multinomial: it does not say which class it is for\n    \
                 Leave it out, or make the column a term of the formula."
                    .into(),
            );
        }
        if self.law == Law::Multinomial
            && matches!(self.covariance, Some(CovarianceKind::HC2 | CovarianceKind::HC3))
        {
            return refuse(
                "--covariance hc2 and hc3 need one leverage of each row, which classes do not have\n    \
                 Choose hc0, hc1 or --cluster."
                    .into(),
            );
        }
        if !exact && self.link() != self.descent_loss().link() {
            return refuse(format!(
                "--link {} is fitted by --solver exact\n    Leave --solver or --link out.",
                self.link()
            ));
        }
        if self.cost != Cost::Squares && !self.is_normal() {
            return refuse(format!(
                "--loss has no meaning for --family {}, which says itself what errors cost\n    Leave one of them out.",
                self.family()
            ));
        }
        if self.cost != Cost::Huber && self.threshold.is_some() {
            return refuse("--threshold has no meaning without --loss huber\n    Leave it out.".into());
        }
        if self.cost == Cost::Huber && exact == self.threshold.is_some() {
            return refuse(match exact {
                true => {
                    "--threshold has no meaning for --solver exact, which finds it from the errors\n    Leave it out."
                }
                false => {
                    "--loss huber by steps needs --threshold, the error from which on rows count less\n    \
                     Give it in units of the target, or choose --solver exact."
                }
            }
            .into());
        }
        if self.cost != Cost::Quantile && self.quantile.is_some() {
            return refuse("--quantile has no meaning without --loss quantile\n    Add that.".into());
        }
        self.check_penalty()?;
        if self.covariance == Some(CovarianceKind::Clustered) && self.cluster.is_none() {
            return refuse(
                "--covariance clustered needs --cluster COLUMN\n    Name the column of the clusters.".into(),
            );
        }
        if self.covariance() != CovarianceKind::Classical
            && !matches!(self.method(), Method::LeastSquares | Method::Generalized | Method::Multinomial)
        {
            return refuse(
                "--covariance and --cluster are for least squares and families\n    \
                 Leave them out, or --penalty and --loss."
                    .into(),
            );
        }
        if self.save_stats.is_some() && self.method() != Method::LeastSquares {
            return refuse(
                "--save-stats saves what least squares need to know\n    Leave it out, or choose least squares.".into(),
            );
        }
        if !self.family().links().contains(&self.link()) {
            let links: Vec<&str> = self.family().links().iter().map(|link| link.name()).collect();
            return refuse(format!(
                "--family {} cannot have --link {}\n    Choose one of: {}.",
                self.family(),
                self.link(),
                links.join(", ")
            ));
        }
        if let Some(path) = &self.report
            && !path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("html"))
        {
            return refuse(format!(
                "--report {} must end in .html\n    The page is HTML; report.json is in the directory of --out.",
                path.display()
            ));
        }
        Ok(())
    }

    fn check_penalty(&self) -> Result<()> {
        let Some(penalty) = self.penalties.penalty else { return Ok(()) };
        let exact = self.solver == Solver::Exact;
        if exact && (self.cost != Cost::Squares || !self.is_normal()) {
            return Err(Failure::Usage(
                "--penalty by --solver exact is for least squares\n    \
                 Leave out --loss, --family and --link, or choose --solver adam."
                    .into(),
            ));
        }
        if !exact && self.penalties.lambda.is_none() {
            return Err(Failure::Usage(
                "--penalty by steps needs --lambda, which only --solver exact chooses\n    Add that.".into(),
            ));
        }
        if self.penalties.mix.is_some() && penalty != Penalty::ElasticNet {
            return Err(Failure::Usage("--mix is for --penalty elastic-net\n    Choose that.".into()));
        }
        Ok(())
    }

    /// Units of columns that are not there are a slip of the pen.
    pub(super) fn check_units(&self, data: &Data) -> Result<()> {
        let mut columns = self.units.iter().flat_map(|units| units.columns());
        Ok(columns.try_for_each(|column| check_column(data, column))?)
    }
}

/// Whether the file has the column.
fn check_column(data: &Data, name: &str) -> NdgradResult<()> {
    data.source().position(name).map(drop)
}
