//! Continuous distributions that are a formula of one uniform or normal number.

use std::ops::Range;

use ndgrad_array::{DType, DTypes, OperationError, Scalar, Shape};

use super::generator::{Generator, Kind};
use super::normal::inverse_normal;
use super::words::{open, unit};
use crate::Tensor;
use crate::ops::refuse;

impl Generator {
    /// Numbers evenly spread over a range, its end excluded, of f32 or f64.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).uniform_in([1000], -2.0..3.0, DType::F64);
    /// assert!(x.to_vec::<f64>().iter().all(|x| (-2.0..3.0).contains(x)));
    /// ```
    ///
    /// # Panics
    /// When the range is empty or not finite; when the dtype is not a float.
    #[track_caller]
    pub fn uniform_in(&mut self, shape: impl Into<Shape>, range: Range<f64>, dtype: DType) -> Tensor {
        let Range { start, end } = range;
        if !(start < end && (end - start).is_finite()) {
            refuse(OperationError::new("uniform", "a range that holds numbers is needed").operand(
                "range",
                format!("{start}..{end}"),
                "is empty, or too wide to have a finite width",
            ));
        }
        let shape = shape.into();
        let width = end - start;
        // Rounding may reach the end, which is excluded.
        match dtype {
            DType::F32 => {
                let (first, last) = (start as f32, (end as f32).next_down());
                self.uniforms(
                    shape,
                    #[inline(always)]
                    |unit| ((start + width * f64::from(unit)) as f32).min(last).max(first),
                )
            }
            _ => {
                let last = end.next_down();
                self.formula_of(
                    "uniform",
                    shape,
                    dtype,
                    #[inline(always)]
                    |bits| (start + width * unit(bits)).min(last).max(start),
                )
            }
        }
    }

    /// Normal numbers of f32 or f64 with this mean and standard deviation. [`Generator::normal`] says how they are
    /// drawn; those of f64 are quantiles of 53 bits, up to 8.2 deviations from the mean. From MXNet's generator
    /// those of f32 are computed in f32, as MXNet did.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).normal_with([10_000], 3.0, 0.5, DType::F32);
    /// assert!((x.mean().item() - 3.0).abs() < 0.02);
    /// ```
    ///
    /// # Panics
    /// When the mean or the deviation is not finite, or the deviation is negative; when the dtype is not a float.
    #[track_caller]
    pub fn normal_with(
        &mut self,
        shape: impl Into<Shape>,
        mean: f64,
        deviation: f64,
        dtype: DType,
    ) -> Tensor {
        check("normal", "mean", mean, mean.is_finite(), "must be finite");
        check_deviation("normal", deviation);
        let (shape, exact) = (shape.into(), matches!(self.0, Kind::MxNet(_)));
        match dtype {
            DType::F32 if exact => {
                let (mean, deviation) = (mean as f32, deviation as f32);
                self.normals(
                    shape,
                    #[inline(always)]
                    |z| z * deviation + mean,
                )
            }
            DType::F32 => self.normals(
                shape,
                #[inline(always)]
                |z| (mean + deviation * f64::from(z)) as f32,
            ),
            _ => self.formula_of(
                "normal",
                shape,
                dtype,
                #[inline(always)]
                |bits| mean + deviation * inverse_normal(open(bits)),
            ),
        }
    }

    /// Positive numbers whose logarithms are normal with this mean and standard deviation, of f32 or f64.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).log_normal([10_000], 1.0, 0.5, DType::F64);
    /// assert!((x.log().mean().item() - 1.0).abs() < 0.02);
    /// ```
    ///
    /// # Panics
    /// When the mean or the deviation is not finite, or the deviation is negative; when the dtype is not a float.
    #[track_caller]
    pub fn log_normal(&mut self, shape: impl Into<Shape>, mean: f64, deviation: f64, dtype: DType) -> Tensor {
        check("log_normal", "mean", mean, mean.is_finite(), "must be finite");
        check_deviation("log_normal", deviation);
        self.formula_of(
            "log_normal",
            shape.into(),
            dtype,
            #[inline(always)]
            |bits| Scalar::exp(mean + deviation * inverse_normal(open(bits))),
        )
    }

    /// Waiting times between events of which `rate` come in a unit of time, of f32 or f64: their mean is `1 / rate`.
    /// Computed as `-ln(u) / rate` from one uniform number, so up to `37 / rate`.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).exponential([10_000], 4.0, DType::F32);
    /// assert!((x.mean().item() - 0.25).abs() < 0.01);
    /// ```
    ///
    /// # Panics
    /// When the rate is not positive and finite; when the dtype is not a float.
    #[track_caller]
    pub fn exponential(&mut self, shape: impl Into<Shape>, rate: f64, dtype: DType) -> Tensor {
        check_positive("exponential", "rate", rate);
        self.formula_of(
            "exponential",
            shape.into(),
            dtype,
            #[inline(always)]
            |bits| -Scalar::ln(open(bits)) / rate,
        )
    }

    /// Normal numbers with this mean and standard deviation, as far as they lie in a range, of f32 or f64. A bound
    /// may be infinite. Each is a quantile: of a number evenly spread between the probabilities of the bounds, and
    /// in the lower tail, where small probabilities are exact.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, random::Generator};
    /// let x = Generator::philox(1).truncated_normal([1000], 0.0, 1.0, 3.0..3.5, DType::F32);
    /// assert!(x.to_vec::<f32>().iter().all(|x| (3.0..=3.5).contains(x)));
    /// ```
    ///
    /// # Panics
    /// When mean or deviation is not finite, or the deviation is not positive; when the range is empty, or so far
    /// out (more than 37 deviations) that its probability underflows; when the dtype is not a float.
    #[track_caller]
    pub fn truncated_normal(
        &mut self,
        shape: impl Into<Shape>,
        mean: f64,
        deviation: f64,
        range: Range<f64>,
        dtype: DType,
    ) -> Tensor {
        const NAME: &str = "truncated_normal";
        check(NAME, "mean", mean, mean.is_finite(), "must be finite");
        check_positive(NAME, "deviation", deviation);
        let standard = |bound: f64| (bound - mean) / deviation;
        let (low, high) = (standard(range.start), standard(range.end));
        // The upper tail is the lower one's mirror image.
        let sign = if low > 0.0 { -1.0 } else { 1.0 };
        let (from, to) = if low > 0.0 { (-high, -low) } else { (low, high) };
        let (first, width) = (distribution(from), distribution(to) - distribution(from));
        // Also refuses NaN.
        if !(low < high && width > 1e-300) {
            let note = if low < high { "no normal number lies there" } else { "is empty" };
            let range = format!("{}..{}", range.start, range.end);
            refuse(
                OperationError::new(NAME, "a range that holds numbers is needed")
                    .operand("range", range, note)
                    .operand("mean", mean, "")
                    .operand("deviation", deviation, ""),
            );
        }
        self.formula_of(
            NAME,
            shape.into(),
            dtype,
            #[inline(always)]
            |bits| {
                let p = (first + width * open(bits)).clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
                let z = sign * inverse_normal(p).clamp(from, to);
                (mean + deviation * z).clamp(range.start, range.end)
            },
        )
    }

    /// A formula of 64 bits for each element, rounded to a float dtype.
    #[inline(always)]
    #[track_caller]
    fn formula_of(
        &mut self,
        name: &str,
        shape: Shape,
        dtype: DType,
        formula: impl Fn(u64) -> f64 + Copy + Sync,
    ) -> Tensor {
        match dtype {
            DType::F32 => self.formula(
                shape,
                #[inline(always)]
                |bits| formula(bits) as f32,
            ),
            DType::F64 => self.formula(shape, formula),
            other => refuse_dtype(name, other),
        }
    }

    /// Draws element after element, rounded to a float dtype.
    #[track_caller]
    pub(super) fn floats(
        &mut self,
        name: &str,
        shape: Shape,
        dtype: DType,
        mut draw: impl FnMut(&mut Generator) -> f64,
    ) -> Tensor {
        match dtype {
            DType::F32 => self.draws(shape, |generator| draw(generator) as f32),
            DType::F64 => self.draws(shape, draw),
            other => refuse_dtype(name, other),
        }
    }
}

#[track_caller]
fn refuse_dtype(name: &str, dtype: DType) -> ! {
    refuse(
        OperationError::new(name, "the numbers have a fraction")
            .operand("dtype", dtype, format!("one of {} is needed", DTypes::FLOATS))
            .remedy("convert them afterwards: x.to_dtype(...)"),
    )
}

/// The probability of a standard normal number below `x`.
fn distribution(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// Refuses a parameter of a distribution.
#[track_caller]
pub(super) fn check(name: &str, parameter: &str, value: f64, fits: bool, rule: &str) {
    if !fits {
        refuse(OperationError::new(name, format!("the {parameter} {rule}")).operand(parameter, value, ""));
    }
}

#[track_caller]
pub(super) fn check_positive(name: &str, parameter: &str, value: f64) {
    check(name, parameter, value, value > 0.0 && value.is_finite(), "must be positive and finite");
}

#[track_caller]
fn check_deviation(name: &str, deviation: f64) {
    let fits = deviation >= 0.0 && deviation.is_finite();
    check(name, "deviation", deviation, fits, "must be finite and not negative");
}
