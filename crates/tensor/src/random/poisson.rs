//! The Poisson distribution.

use std::f64::consts::TAU;

use ndgrad_array::Shape;

use super::continuous::check;
use super::generator::Generator;
use super::words::Words;
use crate::Tensor;

impl Generator {
    /// Numbers of events, of i64, where `rate` are expected: mean and variance are `rate`. Below 10 by adding up
    /// probabilities until they exceed a uniform number (Devroye, "Non-uniform random variate generation", 1986,
    /// chapter X.3), above by transformed rejection (Hörmann, "The transformed rejection method for generating
    /// Poisson random variables", Insurance: Mathematics and Economics 12, 1993, algorithm PTRS).
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).poisson([10_000], 30.0);
    /// assert_eq!(x.dtype(), DType::I64);
    /// assert!((x.to_dtype(DType::F64).mean().item() - 30.0).abs() < 0.2);
    /// ```
    ///
    /// # Panics
    /// When the rate is negative, NaN, or above 10^15.
    #[track_caller]
    pub fn poisson(&mut self, shape: impl Into<Shape>, rate: f64) -> Tensor {
        check("poisson", "rate", rate, (0.0..=1e15).contains(&rate), "must be between 0 and 10^15");
        self.draws(shape.into(), |generator| {
            let mut source = generator.source();
            if rate < 10.0 { add_up(&mut source, rate) } else { reject(&mut source, rate) }
        })
    }
}

fn add_up(words: &mut impl Words, rate: f64) -> i64 {
    let mut rest = words.unit();
    let mut probability = libm::exp(-rate);
    let mut count = 0;
    // Less than 1e-17 is less than the resolution of the uniform number.
    while rest >= probability && probability > 1e-17 {
        rest -= probability;
        count += 1;
        probability *= rate / count as f64;
    }
    count
}

/// Names and constants are the paper's.
fn reject(words: &mut impl Words, rate: f64) -> i64 {
    let b = 0.931 + 2.53 * rate.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let v_r = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = words.open() - 0.5;
        let v = words.open();
        let us = 0.5 - u.abs();
        let k = libm::floor((2.0 * a / us + b) * u + rate + 0.43);
        if us >= 0.07 && v <= v_r {
            return k as i64;
        }
        if k < 0.0 || us < 0.013 && v > us {
            continue;
        }
        if libm::log(v * inverse_alpha / (a / (us * us) + b)) <= log_probability(k, rate) {
            return k as i64;
        }
    }
}

/// The logarithm of the probability of `k` events. The obvious formula loses all digits for large rates; this is the
/// saddle point form (Loader, "Fast and accurate computation of binomial probabilities", 2000).
fn log_probability(k: f64, rate: f64) -> f64 {
    if k < 16.0 {
        return k * libm::log(rate) - rate - libm::lgamma(k + 1.0);
    }
    let square = k * k;
    // Stirling's series.
    let tail = (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / square) / square) / k;
    -tail - deviance(k, rate) - 0.5 * libm::log(TAU * k)
}

/// `k ln(k / rate) + rate - k` without cancellation: a series where both are near.
fn deviance(k: f64, rate: f64) -> f64 {
    let difference = k - rate;
    if difference.abs() >= 0.1 * (k + rate) {
        return k * libm::log(k / rate) - difference;
    }
    let v = difference / (k + rate);
    let mut sum = difference * v;
    let mut power = 2.0 * k * v;
    for odd in (3..).step_by(2) {
        power *= v * v;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.poisson.logpmf` loses digits too; these are by mpmath 1.4.1 with 60 digits.
    #[test]
    fn probabilities_are_exact_for_large_rates() {
        for (k, rate, expected) in LOG_PROBABILITIES {
            let log = log_probability(k, rate);
            // The series has 3 terms: less than 1e-11 is left.
            assert!((log - expected).abs() < 1e-11 * expected.abs().max(1.0), "{k} {rate}: {log} {expected}");
        }
    }

    #[allow(clippy::excessive_precision)]
    const LOG_PROBABILITIES: [(f64, f64, f64); 8] = [
        (16.0, 10.0, -3.830498618175942),
        (0.0, 10.0, -10.0),
        (15.0, 40.0, -12.566079572131848),
        (100.0, 10.5, -139.10184983921573),
        (1000.0, 1000.0, -4.372899506026297),
        (1030000.0, 1000000.0, -453.40778208494856),
        (999999999999.0, 1000000000000.0, -14.73444909116903),
        (1000000100000000.0, 1000000000000000.0, -23.188326613993354),
    ];
}
