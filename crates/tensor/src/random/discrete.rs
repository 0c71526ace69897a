//! Answers, whole numbers and classes.

use std::ops::Range;

use ndgrad_array::{DType, DTypes, Layout, OperationError, Shape, Truth};

use super::continuous::check;
use super::generator::Generator;
use super::words::{Words, unit};
use crate::Tensor;
use crate::ops::refuse;

impl Generator {
    /// True with this probability, as bool.
    ///
    /// ```
    /// use ndgrad_tensor::random::Generator;
    /// let heads = Generator::philox(1).bernoulli([1000], 0.25).to_vec::<bool>();
    /// assert!((200..300).contains(&heads.iter().filter(|&&head| head).count()));
    /// ```
    ///
    /// # Panics
    /// When the probability is not between 0 and 1.
    #[track_caller]
    pub fn bernoulli(&mut self, shape: impl Into<Shape>, probability: f64) -> Tensor {
        let fits = (0.0..=1.0).contains(&probability);
        check("bernoulli", "probability", probability, fits, "must be between 0 and 1");
        self.formula(
            shape.into(),
            #[inline(always)]
            |bits| Truth::new(unit(bits) < probability),
        )
    }

    /// Whole numbers of a range, its end excluded, of i64, all equally likely.
    ///
    /// ```
    /// use ndgrad_tensor::random::Generator;
    /// let dice = Generator::philox(1).integers([100], 1..7).to_vec::<i64>();
    /// assert!(dice.iter().all(|eyes| (1..=6).contains(eyes)));
    /// ```
    ///
    /// # Panics
    /// When the range is empty.
    #[track_caller]
    pub fn integers(&mut self, shape: impl Into<Shape>, range: Range<i64>) -> Tensor {
        if range.is_empty() {
            refuse(
                OperationError::new("integers", "a range that holds numbers is needed")
                    .operand("range", format!("{}..{}", range.start, range.end), "is empty")
                    .remedy("the end is excluded: one more than the largest number"),
            );
        }
        let count = range.end.wrapping_sub(range.start) as u64;
        self.draws(shape.into(), |generator| range.start.wrapping_add(generator.source().below(count) as i64))
    }

    /// Numbers of classes, of i64, drawn in proportion to weights: the last axis of `weights` is one weight per
    /// class, the axes before it stretch to `shape`. Weights of shape `[n]` serve every element, those of shape
    /// `[rows, n]` one row each. By searching the cumulative weights for a uniform number.
    ///
    /// ```
    /// use ndgrad_tensor::{random::Generator, tensor};
    /// let drawn = Generator::philox(1).categorical([1000], &tensor([1.0, 0.0, 3.0])).to_vec::<i64>();
    /// assert!(drawn.iter().all(|&class| class != 1));
    /// let rows = tensor([[0.0, 1.0], [5.0, 0.0]]);
    /// assert_eq!(Generator::philox(1).categorical([2], &rows).to_vec::<i64>(), [1, 0]);
    /// ```
    ///
    /// # Panics
    /// When the weights are not floats, or one is negative or not finite, or a row has no positive one; when their
    /// axes do not stretch.
    #[track_caller]
    pub fn categorical(&mut self, shape: impl Into<Shape>, weights: &Tensor) -> Tensor {
        let sums = Cumulative::new("categorical", weights, |_, weight| weight);
        self.search(shape.into(), weights, sums)
    }

    /// [`Generator::categorical`] with the logarithms of the weights, as a classifier gives them; minus infinity
    /// stands for a weight of 0.
    ///
    /// ```
    /// use ndgrad_tensor::{random::Generator, tensor};
    /// let logits = tensor([[1000.0, 0.0, f32::NEG_INFINITY], [-2000.0, -1000.0, -3000.0]]);
    /// assert_eq!(Generator::philox(1).categorical_logits([2], &logits).to_vec::<i64>(), [0, 1]);
    /// ```
    ///
    /// # Panics
    /// When the logits are not floats, or one is NaN or infinity, or all of a row are minus infinity; when their
    /// axes do not stretch.
    #[track_caller]
    pub fn categorical_logits(&mut self, shape: impl Into<Shape>, logits: &Tensor) -> Tensor {
        // With the largest subtracted, nothing overflows.
        let sums = Cumulative::new("categorical_logits", logits, |largest, logit| libm::exp(logit - largest));
        self.search(shape.into(), logits, sums)
    }

    #[track_caller]
    fn search(&mut self, shape: Shape, weights: &Tensor, sums: Cumulative) -> Tensor {
        let rows = weights.shape().remove(weights.rank() - 1);
        if rows.broadcast(&shape) != Some(shape) {
            refuse(
                OperationError::new(
                    "categorical",
                    "the axes of weights before the last stretch to the shape",
                )
                .operand("weights", weights.shape(), "")
                .operand(
                    "shape",
                    shape,
                    "aligned from the last axis, sizes must be equal or 1",
                ),
            );
        }
        let mut row = Layout::contiguous(rows).broadcast_to(shape).offsets();
        self.draws(shape, |generator| {
            let row = row.next().expect("a row for each element");
            sums.draw(row, generator) as i64
        })
    }
}

/// Running sums of rows of weights.
pub(super) struct Cumulative {
    sums: Vec<f64>,
    classes: usize,
}

impl Cumulative {
    /// Of `weight(largest of the row, number)` for the numbers of a tensor's last axis.
    #[track_caller]
    pub fn new(name: &str, numbers: &Tensor, weight: impl Fn(f64, f64) -> f64) -> Cumulative {
        let (shape, dtype) = (numbers.shape(), numbers.dtype());
        let refused =
            |rule: &str| OperationError::new(name, rule).operand("weights", format!("{shape} {dtype}"), "");
        if !dtype.is_float() {
            refuse(
                refused(&format!("the weights must be {}", DTypes::FLOATS))
                    .remedy("convert them: weights.to_dtype(DType::F32)"),
            );
        }
        let Some(&classes) = shape.last() else { refuse(refused("the weights need an axis of classes")) };
        let mut sums = numbers.to_dtype(DType::F64).to_vec::<f64>();
        if classes == 0 && !shape.remove(shape.rank() - 1).contains(&0) {
            refuse(refused("there is no class to choose from"));
        }
        for row in sums.chunks_mut(classes.max(1)) {
            let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let mut sum = 0.0;
            for number in row.iter_mut() {
                let weight = weight(largest, *number);
                if !(weight >= 0.0 && weight.is_finite()) {
                    let value = *number;
                    refuse(refused("a weight is negative or not a finite number").operand("one", value, ""));
                }
                sum += weight;
                *number = sum;
            }
            if !(sum > 0.0 && sum.is_finite()) {
                refuse(
                    refused("the weights of a row must have a positive finite sum").operand("sum", sum, ""),
                );
            }
        }
        Cumulative { sums, classes }
    }

    /// A class of this row.
    pub fn draw(&self, row: usize, words: &mut impl Words) -> usize {
        let sums = &self.sums[row * self.classes..(row + 1) * self.classes];
        let total = sums[self.classes - 1];
        let place = words.unit() * total;
        // Rounding may reach the total; the class there is the last that has a weight.
        sums.partition_point(|&sum| sum <= place).min(sums.partition_point(|&sum| sum < total))
    }
}
