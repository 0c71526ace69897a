//! `CrossValidation`: how well each penalty does on rows that it has not seen.

/// The errors of held-out rows for each penalty, and which penalty to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    /// The penalties, from the largest to the smallest.
    pub lambdas: Vec<f64>,
    /// The mean squared error for each penalty, on rows held out: the mean over the parts, weighted by their rows' weights.
    pub mean_errors: Vec<f64>,
    /// The standard error of that mean, from how the parts differ (as `cv.glmnet` has it).
    pub std_errors: Vec<f64>,
    /// The mean squared error of each part, for each penalty.
    pub part_errors: Vec<Vec<f64>>,
    /// The place of the penalty with the smallest error: glmnet's `lambda.min`.
    pub best: usize,
    /// The place of the largest penalty whose error is within one standard error of the smallest: glmnet's `lambda.1se`. A
    /// simpler model that is about as good.
    pub one_standard_error: usize,
}

impl CrossValidation {
    /// From the weight and the errors of each part.
    pub(super) fn new(lambdas: Vec<f64>, parts: &[(f64, Vec<f64>)]) -> CrossValidation {
        let weight: f64 = parts.iter().map(|(weight, _)| weight).sum();
        let mean = |of: &dyn Fn(&[f64]) -> f64| {
            parts.iter().map(|(part, errors)| part * of(errors)).sum::<f64>() / weight
        };
        let mean_errors: Vec<f64> = (0..lambdas.len()).map(|k| mean(&|errors| errors[k])).collect();
        let std_errors: Vec<f64> = mean_errors
            .iter()
            .enumerate()
            .map(|(k, middle)| {
                let variance = mean(&|errors| (errors[k] - middle) * (errors[k] - middle));
                (variance / (parts.len() as f64 - 1.0)).sqrt()
            })
            .collect();
        // Of equal errors that of the largest penalty.
        let best =
            (0..lambdas.len()).fold(0, |best, k| if mean_errors[k] < mean_errors[best] { k } else { best });
        let enough = mean_errors[best] + std_errors[best];
        let one_standard_error = (0..=best).find(|&k| mean_errors[k] <= enough).unwrap_or(best);
        let part_errors = parts.iter().map(|(_, errors)| errors.clone()).collect();
        CrossValidation { lambdas, mean_errors, std_errors, part_errors, best, one_standard_error }
    }

    /// The penalty of the smallest error.
    pub fn best_lambda(&self) -> f64 {
        self.lambdas[self.best]
    }

    /// The largest penalty that is about as good.
    pub fn one_standard_error_lambda(&self) -> f64 {
        self.lambdas[self.one_standard_error]
    }
}
