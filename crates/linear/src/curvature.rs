//! `Curvature`: how steep the squared error can get, and so how far a step may go.

use ndgrad_tensor::Tensor;

/// Bounds on the second derivative of `mean((x w + b - y)^2)`, for `x` whose columns have mean 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Curvature {
    rows: f64,
    /// The largest eigenvalue of the second derivative of the loss of all rows.
    whole: f64,
    /// The largest second derivative of the loss of a single row, along that row.
    single: f64,
}

impl Curvature {
    /// Of these rows, `[rows, columns]`.
    pub fn of(x: &Tensor) -> Curvature {
        let rows = x.len() as f64;
        let gram = x.transpose().dot(x) / rows;
        // The mean of the columns is 0, so the bias turns the loss by itself, with an eigenvalue of 1.
        let whole = 2.0 * largest_eigenvalue(&gram).max(1.0);
        let lengths = x.square().sum_axes([1]).to_vec::<f64>();
        let single = 2.0 * (1.0 + lengths.into_iter().fold(0.0, f64::max));
        Curvature { rows, whole, single }
    }

    /// A learning rate for batches of this many rows, drawn without replacement.
    ///
    /// `1 / (2 L)` with the expected smoothness `L` of mini-batches (R. M. Gower, N. Loizou, X. Qian,
    /// A. Sailanbayev, E. Shulgin, P. Richtárik, "SGD: General analysis and improved rates", ICML 2019,
    /// proposition 3.8); all rows at once have nothing uncertain, and the rate is `1 / L`.
    pub fn learning_rate(&self, batch: usize) -> f64 {
        let batch = (batch as f64).min(self.rows);
        if batch == self.rows {
            return 1.0 / self.whole;
        }
        let pairs = batch * (self.rows - 1.0);
        let smoothness =
            self.rows * (batch - 1.0) / pairs * self.whole + (self.rows - batch) / pairs * self.single;
        1.0 / (2.0 * smoothness)
    }
}

/// The largest eigenvalue of a symmetric matrix without negative ones: power iteration (G. H. Golub,
/// C. F. Van Loan, Matrix Computations, section 8.2), which comes from below, with a margin of 5 %, but not beyond
/// the largest row sum, which is a bound from above.
fn largest_eigenvalue(matrix: &Tensor) -> f64 {
    let size = matrix.len();
    // Any start that is in no special relation to the columns does.
    let start: Vec<f64> = (1..=size).map(|i| (i as f64 * 0.618_033_988_749_894_9).fract() - 0.4).collect();
    let mut vector = Tensor::from_slice([size, 1], &start);
    let mut value = 0.0;
    for _ in 0..200 {
        let length = vector.square().sum().sqrt().item();
        if length == 0.0 {
            break;
        }
        vector = matrix.dot(&(vector / length));
        let next = vector.square().sum().sqrt().item();
        let settled = (next - value).abs() <= 1e-3 * next;
        value = next;
        if settled {
            break;
        }
    }
    let row_sum = matrix.abs().sum_axes([1]).to_vec::<f64>().into_iter().fold(0.0, f64::max);
    (1.05 * value).min(row_sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eigenvalues_are_bounded_from_above_and_not_by_much() {
        // Eigenvalues 3 and 1.
        let matrix = Tensor::from_slice([2, 2], &[2.0, 1.0, 1.0, 2.0]);
        let value = largest_eigenvalue(&matrix);
        assert!((3.0..=3.16).contains(&value), "{value}");
        // All ones: 5, and the row sum is exactly that.
        let value = largest_eigenvalue(&Tensor::from_slice([5, 5], &[1.0; 25]));
        assert_eq!(value, 5.0);
        assert_eq!(largest_eigenvalue(&Tensor::from_slice([1, 1], &[0.0])), 0.0);
    }

    #[test]
    fn larger_batches_allow_larger_steps() {
        let x: Vec<f64> = (0..64).map(|i| f64::from(i % 8) - 3.5).collect();
        let curvature = Curvature::of(&Tensor::from_slice([64, 1], &x));
        // The variance of x is 5.25, and the largest square 12.25.
        assert!((curvature.whole - 2.0 * 5.25).abs() < 1e-12);
        assert_eq!(curvature.single, 2.0 * 13.25);
        assert!((curvature.learning_rate(1) - 0.5 / 26.5).abs() < 1e-15);
        assert_eq!(curvature.learning_rate(64), 1.0 / curvature.whole);
        assert_eq!(curvature.learning_rate(1000), 1.0 / curvature.whole);
        let rates: Vec<f64> = (1..=64).map(|batch| curvature.learning_rate(batch)).collect();
        assert!(rates.is_sorted());
    }
}
