//! `Test`: a statistic and how surprising it is.

use crate::distribution::Distribution;

/// The result of a statistical test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Test {
    /// What was computed.
    pub statistic: f64,
    /// The distribution that it has if nothing is the matter.
    pub distribution: Distribution,
    /// The probability of a statistic at least this large then.
    pub p_value: f64,
}

impl Test {
    /// A test for which large statistics are surprising.
    ///
    /// ```
    /// use ndgrad_linear::{Distribution, Test};
    /// let test = Test::above(5.991464547107979, Distribution::ChiSquared(2.0));
    /// assert!((test.p_value - 0.05).abs() < 1e-14);
    /// ```
    pub fn above(statistic: f64, distribution: Distribution) -> Test {
        Test { statistic, distribution, p_value: distribution.survival(statistic) }
    }
}
