//! `Linear`: a weighted sum of standardized terms, and how they are standardized.

use ndgrad_tensor::Tensor;

/// What brings each term, and the target, to mean 0 and standard deviation 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scaling {
    pub centres: Vec<f64>,
    pub scales: Vec<f64>,
    pub target_centre: f64,
    pub target_scale: f64,
}

/// Terms of a fit: `x` row after row, one number of `y` for each row.
#[derive(Clone, Copy)]
pub(crate) struct Rows<'a> {
    pub x: &'a [f64],
    pub width: usize,
    pub y: &'a [f64],
}

impl<'a> Rows<'a> {
    pub fn row(&self, row: usize) -> &'a [f64] {
        &self.x[row * self.width..][..self.width]
    }
}

impl Scaling {
    /// Mean and (population) standard deviation of the terms and the target in these rows, of which there is at
    /// least one. What does not vary in them keeps its units.
    pub fn of(data: Rows<'_>, rows: &[usize]) -> Scaling {
        let count = rows.len() as f64;
        // Differences from the first row: in a constant column they are exactly zero, and far from the origin
        // they lose no digit.
        let (shifts, target_shift) = (data.row(rows[0]), data.y[rows[0]]);
        let (mut centres, mut target_centre) = (vec![0.0; data.width], 0.0);
        for &row in rows {
            for (sum, (value, shift)) in centres.iter_mut().zip(data.row(row).iter().zip(shifts)) {
                *sum += value - shift;
            }
            target_centre += data.y[row] - target_shift;
        }
        centres.iter_mut().zip(shifts).for_each(|(sum, shift)| *sum = shift + *sum / count);
        target_centre = target_shift + target_centre / count;
        let (mut scales, mut target_scale) = (vec![0.0; data.width], 0.0);
        for &row in rows {
            for (sum, (value, centre)) in scales.iter_mut().zip(data.row(row).iter().zip(&centres)) {
                *sum += (value - centre) * (value - centre);
            }
            target_scale += (data.y[row] - target_centre) * (data.y[row] - target_centre);
        }
        let deviation = |squares: f64| if squares > 0.0 { (squares / count).sqrt() } else { 1.0 };
        scales.iter_mut().for_each(|sum| *sum = deviation(*sum));
        Scaling { centres, scales, target_centre, target_scale: deviation(target_scale) }
    }

    /// These rows, standardized, as tensors of f64: `[rows, width]` and `[rows, 1]`.
    pub fn standardize(&self, data: Rows<'_>, rows: &[usize]) -> (Tensor, Tensor) {
        let mut x = Vec::with_capacity(rows.len() * data.width);
        for &row in rows {
            let scaled = self.centres.iter().zip(&self.scales);
            x.extend(
                data.row(row).iter().zip(scaled).map(|(value, (centre, scale))| (value - centre) / scale),
            );
        }
        let y: Vec<f64> =
            rows.iter().map(|&row| (data.y[row] - self.target_centre) / self.target_scale).collect();
        (Tensor::from_slice([rows.len(), data.width], &x), Tensor::from_slice([rows.len(), 1], &y))
    }
}

/// A linear model of standardized terms.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Linear {
    pub scaling: Scaling,
    pub weights: Vec<f64>,
    pub bias: f64,
}

impl Linear {
    /// The model that predicts the mean of the target.
    pub fn mean(scaling: Scaling) -> Linear {
        Linear { weights: vec![0.0; scaling.centres.len()], bias: 0.0, scaling }
    }

    /// The same scaling with these weights, the bias last.
    pub fn with(&self, weights: &[f64]) -> Linear {
        let (weights, bias) = weights.split_at(weights.len() - 1);
        Linear { scaling: self.scaling.clone(), weights: weights.to_vec(), bias: bias[0] }
    }

    /// The prediction for a row of terms, in the target's units. The same bits wherever the row stands.
    pub fn predict(&self, terms: &[f64]) -> f64 {
        let Scaling { centres, scales, target_centre, target_scale } = &self.scaling;
        let mut sum = self.bias;
        for (((term, centre), scale), weight) in terms.iter().zip(centres).zip(scales).zip(&self.weights) {
            sum += weight * ((term - centre) / scale);
        }
        target_centre + target_scale * sum
    }

    /// The intercept in the target's units, and the coefficients in the target's units per unit of the term.
    pub fn coefficients(&self) -> (f64, Vec<f64>) {
        let Scaling { centres, scales, target_centre, target_scale } = &self.scaling;
        let coefficients: Vec<f64> =
            self.weights.iter().zip(scales).map(|(weight, scale)| weight * target_scale / scale).collect();
        let shift: f64 = coefficients.iter().zip(centres).map(|(c, centre)| c * centre).sum();
        (target_centre + target_scale * self.bias - shift, coefficients)
    }

    /// The same model on another scaling.
    pub fn rescaled(&self, scaling: Scaling) -> Linear {
        let bias = (self.predict(&scaling.centres) - scaling.target_centre) / scaling.target_scale;
        let (_, coefficients) = self.coefficients();
        let weights = coefficients
            .iter()
            .zip(&scaling.scales)
            .map(|(c, scale)| c * scale / scaling.target_scale)
            .collect();
        Linear { scaling, weights, bias }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: Rows<'static> =
        Rows { x: &[1.0, 5.0, 2.0, 5.0, 3.0, 5.0, 6.0, 9.0], width: 2, y: &[10.0, 30.0, 50.0, 70.0] };

    #[test]
    fn standardized_rows_have_mean_0_and_deviation_1() {
        let scaling = Scaling::of(DATA, &[0, 1, 2, 3]);
        assert_eq!((scaling.centres[0], scaling.target_centre), (3.0, 40.0));
        let (x, y) = scaling.standardize(DATA, &[0, 1, 2, 3]);
        for column in [x.i((.., 0)), x.i((.., 1)), y] {
            assert!(column.mean().item().abs() < 1e-15);
            assert!((column.square().mean().item() - 1.0).abs() < 1e-15);
        }
    }

    #[test]
    fn what_does_not_vary_in_the_rows_keeps_its_units() {
        let scaling = Scaling::of(DATA, &[0, 1, 2]);
        assert_eq!((scaling.centres[1], scaling.scales[1]), (5.0, 1.0));
        // A million sums of 0.1 are not 100,000.
        let (x, y) = (vec![0.1; 1_000_000], vec![1e15 + 0.125; 1_000_000]);
        let scaling = Scaling::of(Rows { x: &x, width: 1, y: &y }, &Vec::from_iter(0..x.len()));
        assert_eq!((scaling.centres[0], scaling.scales[0]), (0.1, 1.0));
        assert_eq!((scaling.target_centre, scaling.target_scale), (1e15 + 0.125, 1.0));
    }

    #[test]
    fn rescaling_changes_no_prediction() {
        let linear = Linear { scaling: Scaling::of(DATA, &[0, 1, 2]), weights: vec![0.25, -1.5], bias: 0.75 };
        let other = linear.rescaled(Scaling::of(DATA, &[0, 1, 2, 3]));
        for row in 0..4 {
            let (a, b) = (linear.predict(DATA.row(row)), other.predict(DATA.row(row)));
            assert!((a - b).abs() < 1e-13 * a.abs(), "{a} {b}");
        }
        let (intercept, coefficients) = linear.coefficients();
        let at_origin = linear.predict(&[0.0, 0.0]);
        assert!((intercept - at_origin).abs() < 1e-12 * at_origin.abs());
        let slope = linear.predict(&[1.0, 0.0]) - at_origin;
        assert!((slope - coefficients[0]).abs() < 1e-12);
    }
}
