//! How a model was computed, as the report ends with it.

use std::time::Duration;

use crate::report::{Fact, Report, Value};

/// Adds what only the command knows.
pub fn finish(report: &mut Report, seed: Option<u64>, elapsed: Duration) {
    report.course.extend(seed.map(|seed| Fact::new("seed", "seed", Value::Count(seed))));
    report.course.push(Fact::new("seconds", "seconds", Value::Rough(elapsed.as_secs_f64())));
}
