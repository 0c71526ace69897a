//! Metrics of a regression: how far predictions lie from what was observed.
//!
//! Sums carry what rounding leaves out, so a million small errors beside a large one still count.

use crate::double_double::two_sum;
use ndgrad_array::OperationError;

/// Root mean squared error, `sqrt(mean((predicted - actual)^2))`, in the units of the target.
///
/// NaN in either slice gives NaN.
///
/// ```
/// use ndgrad_linear::metrics::rmse;
/// assert_eq!(rmse(&[1.0, 2.0, 3.0], &[1.0, 2.0, 6.0]), 3.0_f64.sqrt());
/// ```
///
/// # Panics
/// If the slices differ in length or are empty.
#[track_caller]
pub fn rmse(predicted: &[f64], actual: &[f64]) -> f64 {
    check("rmse", predicted, actual);
    (squared_errors(predicted, actual) / actual.len() as f64).sqrt()
}

/// Mean absolute error, `mean(|predicted - actual|)`, in the units of the target.
///
/// NaN in either slice gives NaN.
///
/// ```
/// use ndgrad_linear::metrics::mae;
/// assert_eq!(mae(&[1.0, 2.0, 3.0], &[1.0, 2.0, 6.0]), 1.0);
/// ```
///
/// # Panics
/// If the slices differ in length or are empty.
#[track_caller]
pub fn mae(predicted: &[f64], actual: &[f64]) -> f64 {
    check("mae", predicted, actual);
    total(predicted.iter().zip(actual).map(|(p, a)| (p - a).abs())) / actual.len() as f64
}

/// Coefficient of determination, `1 - sum((predicted - actual)^2) / sum((actual - mean(actual))^2)`.
///
/// 1 is a perfect prediction, 0 is as good as always saying the mean, and worse than the mean is negative.
/// A target that never varies (a single row included) leaves nothing to explain; the ratio is then undefined,
/// and by convention (scikit-learn's) the answer is 1 where every prediction is exact and 0 where one is not.
/// NaN in either slice gives NaN.
///
/// ```
/// use ndgrad_linear::metrics::r2;
/// assert_eq!(r2(&[1.0, 2.0, 3.0], &[1.0, 2.0, 3.0]), 1.0);
/// assert_eq!(r2(&[2.0, 2.0, 2.0], &[1.0, 2.0, 3.0]), 0.0);
/// ```
///
/// # Panics
/// If the slices differ in length or are empty.
#[track_caller]
pub fn r2(predicted: &[f64], actual: &[f64]) -> f64 {
    check("r2", predicted, actual);
    let errors = squared_errors(predicted, actual);
    if actual.iter().all(|&a| a == actual[0]) {
        return match errors {
            0.0 => 1.0,
            errors if errors.is_nan() => errors,
            _ => 0.0,
        };
    }
    let mean = total(actual.iter().copied()) / actual.len() as f64;
    1.0 - errors / total(actual.iter().map(|a| (a - mean) * (a - mean)))
}

fn squared_errors(predicted: &[f64], actual: &[f64]) -> f64 {
    total(predicted.iter().zip(actual).map(|(p, a)| (p - a) * (p - a)))
}

/// The compensated sum (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
/// Summen", ZAMM 54, 1974, with Knuth's exact sum). Beyond the range of `f64` it is infinite, as a plain sum is.
fn total(terms: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut rest) = (0.0, 0.0);
    for term in terms {
        let (next, error) = two_sum(sum, term);
        sum = next;
        rest += error;
    }
    if sum.is_finite() { sum + rest } else { sum }
}

#[track_caller]
fn check(metric: &str, predicted: &[f64], actual: &[f64]) {
    let (left, right) = (format!("[{}]", predicted.len()), format!("[{}]", actual.len()));
    if predicted.len() != actual.len() {
        let error = OperationError::new(metric, "there must be one prediction for each observation")
            .operand("predicted", left, "")
            .operand("actual", right, "");
        panic!("{error}");
    }
    if actual.is_empty() {
        let error = OperationError::new(metric, "the mean of no observations is undefined")
            .operand("predicted", left, "")
            .operand("actual", right, "");
        panic!("{error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    fn assert_close(computed: f64, expected: f64) {
        assert!((computed - expected).abs() <= 2e-15 * expected.abs(), "{computed:e} is not {expected:e}");
    }

    // scikit-learn 1.9.1, numpy 2.4.6:
    //
    //   import numpy as np
    //   from sklearn.metrics import root_mean_squared_error, mean_absolute_error, r2_score
    //   i = np.arange(50)
    //   actual = (i * 37 % 50) / 8 + 1000
    //   predicted = actual + ((i * 29 % 17) - 8) / 16
    //   for f in (root_mean_squared_error, mean_absolute_error, r2_score):
    //       print(repr(float(f(actual, predicted))))
    //       print(repr(float(f([3, -0.5, 2, 7], [2.5, 0, 2, 8]))))
    //       print(repr(float(f([3, -0.5, 2, 7], [1, 9, -4, 0]))))
    #[test]
    fn metrics_agree_with_scikit_learn() {
        let actual: Vec<f64> = (0..50).map(|i| f64::from(i * 37 % 50) / 8.0 + 1000.0).collect();
        let predicted: Vec<f64> =
            actual.iter().zip(0..).map(|(a, i)| a + f64::from((i * 29 % 17) - 8) / 16.0).collect();
        assert_close(rmse(&predicted, &actual), 0.30809393859665596);
        assert_close(mae(&predicted, &actual), 0.26625);
        assert_close(r2(&predicted, &actual), 0.970828331332533);

        let (actual, predicted) = ([3.0, -0.5, 2.0, 7.0], [2.5, 0.0, 2.0, 8.0]);
        assert_close(rmse(&predicted, &actual), 0.6123724356957945);
        assert_close(mae(&predicted, &actual), 0.5);
        assert_close(r2(&predicted, &actual), 0.9486081370449679);

        let predicted = [1.0, 9.0, -4.0, 0.0];
        assert_close(rmse(&predicted, &actual), 6.694213919497942);
        assert_close(mae(&predicted, &actual), 6.125);
        assert_close(r2(&predicted, &actual), -5.1413276231263385);
    }

    #[test]
    fn a_constant_target_is_explained_by_exact_predictions_only() {
        assert_eq!(r2(&[5.0, 5.0], &[5.0, 5.0]), 1.0);
        assert_eq!(r2(&[5.0, 5.1], &[5.0, 5.0]), 0.0);
        assert_eq!(r2(&[5.0], &[5.0]), 1.0);
        assert!(r2(&[5.0, f64::NAN], &[5.0, 5.0]).is_nan());
    }

    #[test]
    fn small_errors_beside_a_large_one_count() {
        // One error of 2^27 and 2^20 errors of 1/4: a plain running sum of squares would lose all the small ones.
        let mut predicted = vec![0.25; 1 + (1 << 20)];
        predicted[0] = 134_217_728.0;
        let actual = vec![0.0; predicted.len()];
        let squares = 18_014_398_509_481_984.0 + 65_536.0;
        assert_eq!(rmse(&predicted, &actual), (squares / predicted.len() as f64).sqrt());
        assert_ne!(squares, 18_014_398_509_481_984.0);
    }

    #[test]
    fn a_diverged_prediction_is_infinitely_wrong_and_nan_stays_nan() {
        assert_eq!(rmse(&[1e200, 1.0], &[0.0, 1.0]), f64::INFINITY);
        assert_eq!(mae(&[f64::INFINITY, 1.0], &[0.0, 1.0]), f64::INFINITY);
        assert_eq!(r2(&[1e200, 1.0], &[0.0, 1.0]), f64::NEG_INFINITY);
        for metric in [rmse, mae, r2] {
            assert!(metric(&[f64::NAN, 1.0], &[0.0, 1.0]).is_nan());
        }
    }

    #[test]
    fn lengths_that_differ_and_empty_slices_are_refused() {
        let message = |predicted: &'static [f64], actual: &'static [f64]| {
            let panic = catch_unwind(|| mae(predicted, actual)).unwrap_err();
            panic.downcast_ref::<String>().unwrap().clone()
        };
        assert_eq!(
            message(&[1.0, 2.0], &[1.0]),
            "mae: there must be one prediction for each observation\n    predicted  [2]\n    actual     [1]"
        );
        assert!(message(&[], &[]).starts_with("mae: the mean of no observations is undefined"));
    }
}
