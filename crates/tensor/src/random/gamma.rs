//! The gamma and the beta distribution.

use ndgrad_array::{DType, Shape};

use super::continuous::check_positive;
use super::generator::Generator;
use super::words::Words;
use crate::Tensor;

impl Generator {
    /// Gamma numbers of f32 or f64, with density proportional to `x^(shape - 1) e^(-x / scale)`: the mean is
    /// `shape * scale`, the variance `shape * scale^2`. Rejection from a cubed normal (Marsaglia and Tsang, "A simple
    /// method for generating gamma variables", ACM TOMS 26, 2000). A tiny `shape` gives numbers that underflow to 0.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).gamma([10_000], 2.5, 2.0, DType::F32);
    /// assert!((x.mean().item() - 5.0).abs() < 0.1);
    /// ```
    ///
    /// # Panics
    /// When a parameter is not positive and finite; when the dtype is not a float.
    #[track_caller]
    pub fn gamma(&mut self, shape: impl Into<Shape>, gamma_shape: f64, scale: f64, dtype: DType) -> Tensor {
        check_positive("gamma", "shape", gamma_shape);
        check_positive("gamma", "scale", scale);
        self.floats("gamma", shape.into(), dtype, |generator| {
            let (number, factor) = split(&mut generator.source(), gamma_shape);
            number * libm::exp(factor) * scale
        })
    }

    /// Beta numbers in [0, 1] of f32 or f64, with density proportional to `x^(a - 1) (1 - x)^(b - 1)`: the mean is
    /// `a / (a + b)`. The share of one gamma number in the sum of two (Devroye, "Non-uniform random variate
    /// generation", 1986, chapter IX.3), in logarithms, so that both may be tiny.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).beta([10_000], 2.0, 6.0, DType::F32);
    /// assert!((x.mean().item() - 0.25).abs() < 0.01);
    /// ```
    ///
    /// # Panics
    /// When a parameter is not positive and finite; when the dtype is not a float.
    #[track_caller]
    pub fn beta(&mut self, shape: impl Into<Shape>, a: f64, b: f64, dtype: DType) -> Tensor {
        check_positive("beta", "a", a);
        check_positive("beta", "b", b);
        self.floats("beta", shape.into(), dtype, |generator| {
            let mut source = generator.source();
            let (x, x_factor) = split(&mut source, a);
            let (y, y_factor) = split(&mut source, b);
            1.0 / (1.0 + y / x * libm::exp(y_factor - x_factor))
        })
    }
}

/// A gamma number of this shape as a number and the logarithm of a factor. The factor is 1 unless the shape is less
/// than 1; then it is `u^(1 / shape)`, which may underflow, and the number has the shape plus 1 (section 6 of the
/// paper).
fn split(words: &mut impl Words, shape: f64) -> (f64, f64) {
    if shape >= 1.0 {
        return (at_least_one(words, shape), 0.0);
    }
    let number = at_least_one(words, shape + 1.0);
    // Finite, so that a ratio of two of them is a number.
    (number, (libm::log(words.open()) / shape).max(f64::MIN))
}

/// A gamma number whose shape is 1 or more.
fn at_least_one(words: &mut impl Words, shape: f64) -> f64 {
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = words.normal();
        let root = 1.0 + c * x;
        if root <= 0.0 {
            continue;
        }
        let v = root * root * root;
        let u = words.open();
        let square = x * x;
        // The first test is the second's cheap lower bound.
        if u < 1.0 - 0.0331 * square * square
            || libm::log(u) < 0.5 * square + d * (1.0 - v + 3.0 * libm::log(root))
        {
            return d * v;
        }
    }
}
