//! Rows in random order, and random rows.

use ndgrad_array::OperationError;

use super::discrete::Cumulative;
use super::generator::Generator;
use super::words::Words;
use crate::Tensor;
use crate::ops::refuse;

impl Generator {
    /// The rows of a tensor (positions along its first axis) in random order, all orders equally likely:
    /// `x.take(&generator.permutation(rows))`. A copy; gradients flow through it.
    ///
    /// ```
    /// use ndgrad_tensor::{random::Generator, tensor};
    /// let x = tensor([[1, 2], [3, 4], [5, 6]]);
    /// let mut rows: Vec<i32> = Generator::philox(1).shuffle(&x).i((.., 1)).to_vec();
    /// rows.sort();
    /// assert_eq!(rows, [2, 4, 6]);
    /// ```
    ///
    /// # Panics
    /// When the tensor is a scalar.
    #[track_caller]
    pub fn shuffle(&mut self, x: &Tensor) -> Tensor {
        let order = self.permutation(rows("shuffle", x));
        x.take(&order)
    }

    /// `count` rows of a tensor, drawn at random: with `replace` each anew from all rows, without it no row twice. With
    /// weights, one per row, in proportion to them, or else all equally likely. Without `replace`, weights say how
    /// likely a row is to be the next of those that are left (Efraimidis and Spirakis, "Weighted random sampling with
    /// a reservoir", Information Processing Letters 97, 2006). Gradients flow through to the rows.
    ///
    /// ```
    /// use ndgrad_tensor::{random::Generator, tensor};
    /// let x = tensor([10, 20, 30, 40]);
    /// let mut generator = Generator::philox(1);
    /// assert_eq!(generator.choice(&x, 100, true, None).shape(), [100]);
    /// let weights = tensor([1.0, 0.0, 1.0, 0.0]);
    /// let mut both: Vec<i32> = generator.choice(&x, 2, false, Some(&weights)).to_vec();
    /// both.sort();
    /// assert_eq!(both, [10, 30]);
    /// ```
    ///
    /// # Panics
    /// When the tensor is a scalar; when there are too few rows (of positive weight, if there are weights); when the
    /// weights are not one finite float for each row, none of them negative and one positive.
    #[track_caller]
    pub fn choice(&mut self, x: &Tensor, count: usize, replace: bool, weights: Option<&Tensor>) -> Tensor {
        const NAME: &str = "choice";
        let rows = rows(NAME, x);
        let needed = if replace { usize::from(count > 0) } else { count };
        check_enough(rows, needed, x);
        let Some(weights) = weights else {
            let chosen: Vec<usize> = match replace {
                true => (0..count).map(|_| self.source().below(rows as u64) as usize).collect(),
                false => self.some(rows, count),
            };
            return x.take(&chosen);
        };
        if weights.shape() != [rows] {
            refuse(
                OperationError::new(NAME, "one weight for each row is needed")
                    .operand("weights", weights.shape(), "")
                    .operand("tensor", x.shape(), format!("has {rows} rows")),
            );
        }
        if needed == 0 {
            return x.take(&[]);
        }
        let sums = Cumulative::new(NAME, weights, |_, weight| weight);
        if replace {
            let chosen: Vec<usize> = (0..count).map(|_| sums.draw(0, self)).collect();
            return x.take(&chosen);
        }
        let weights = weights.to_dtype(crate::DType::F64).to_vec::<f64>();
        check_enough(weights.iter().filter(|&&weight| weight > 0.0).count(), count, x);
        // The first `count` of events that each happen at their row's rate.
        let time = |&weight: &f64| -libm::log(self.open()) / weight;
        let times: Vec<f64> = weights.iter().map(time).collect();
        let mut order: Vec<usize> = (0..rows).filter(|&row| weights[row] > 0.0).collect();
        order.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
        x.take(&order[..count])
    }

    /// The first `count` numbers of a random order of those below `rows` (Durstenfeld's shuffle, left early).
    fn some(&mut self, rows: usize, count: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..rows).collect();
        for i in 0..count {
            order.swap(i, i + self.below((rows - i) as u64) as usize);
        }
        order.truncate(count);
        order
    }
}

/// The number of rows.
#[track_caller]
fn rows(name: &str, x: &Tensor) -> usize {
    match x.shape().first() {
        Some(&rows) => rows,
        None => refuse(OperationError::new(name, "a scalar has no rows")),
    }
}

#[track_caller]
fn check_enough(rows: usize, needed: usize, x: &Tensor) {
    if rows < needed {
        refuse(
            OperationError::new("choice", "there are too few rows to choose from")
                .operand("tensor", x.shape(), format!("has {rows} that can be chosen"))
                .operand("wanted", needed, "")
                .remedy("choose fewer, or with replace = true"),
        );
    }
}
