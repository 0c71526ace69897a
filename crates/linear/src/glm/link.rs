//! `Link`: how the mean of the target follows from the linear predictor.

use std::fmt;

/// The function that turns a mean into a linear predictor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The mean itself.
    Identity,
    /// `ln(mean)`: effects multiply.
    Log,
    /// `ln(mean / (1 - mean))`: effects multiply the odds.
    Logit,
    /// `1 / mean`.
    Inverse,
}

/// A mean, and how it changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mean {
    pub mean: f64,
    /// `1 - mean`, with its digits where the mean is nearly 1.
    pub rest: f64,
    /// By how much the mean grows per unit of the predictor.
    pub slope: f64,
}

impl Link {
    /// All links.
    pub const ALL: [Link; 4] = [Link::Identity, Link::Log, Link::Logit, Link::Inverse];

    /// The name, as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Link::Identity => "identity",
            Link::Log => "log",
            Link::Logit => "logit",
            Link::Inverse => "inverse",
        }
    }

    /// The link of this name, in letters of either case.
    pub fn from_name(name: &str) -> Option<Link> {
        Link::ALL.into_iter().find(|link| link.name().eq_ignore_ascii_case(name))
    }

    /// The linear predictor of a mean.
    pub fn predictor(self, mean: f64) -> f64 {
        match self {
            Link::Identity => mean,
            Link::Log => libm::log(mean),
            Link::Logit => libm::log(mean) - libm::log1p(-mean),
            Link::Inverse => 1.0 / mean,
        }
    }

    /// The mean of a linear predictor.
    ///
    /// ```
    /// use ndgrad_linear::Link;
    /// assert_eq!(Link::Logit.mean(0.0), 0.5);
    /// assert_eq!(Link::Inverse.mean(4.0), 0.25);
    /// ```
    pub fn mean(self, predictor: f64) -> f64 {
        self.at(predictor).mean
    }

    /// By how much the mean grows per unit of the linear predictor.
    ///
    /// ```
    /// use ndgrad_linear::Link;
    /// assert_eq!(Link::Logit.slope(0.0), 0.25);
    /// ```
    pub fn slope(self, predictor: f64) -> f64 {
        self.at(predictor).slope
    }

    /// The mean of a linear predictor, with its complement and slope.
    pub(crate) fn at(self, predictor: f64) -> Mean {
        let plain = |mean: f64, slope: f64| Mean { mean, rest: 1.0 - mean, slope };
        match self {
            Link::Identity => plain(predictor, 1.0),
            Link::Log => {
                let mean = libm::exp(predictor);
                plain(mean, mean)
            }
            Link::Logit => {
                // Only the exponential of what is below 0 is taken, so that neither side loses digits.
                let small = libm::exp(-predictor.abs());
                let (less, more) = (small / (1.0 + small), 1.0 / (1.0 + small));
                let (mean, rest) = if predictor < 0.0 { (less, more) } else { (more, less) };
                Mean { mean, rest, slope: mean * rest }
            }
            Link::Inverse => plain(1.0 / predictor, -1.0 / (predictor * predictor)),
        }
    }
}

impl fmt::Display for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
