//! Training: mini-batch stochastic gradient descent that turns into conjugate gradients on all rows.
//!
//! An epoch of mini-batches comes as near to the minimum as the noise of its batches lets it; when epochs stop
//! helping, the batch grows fourfold, which leaves a quarter of the noise at the cost of fewer steps an epoch
//! (S. L. Smith, P.-J. Kindermans, C. Ying, Q. V. Le, "Don't decay the learning rate, increase the batch size",
//! ICLR 2018, who grow it fivefold). When the batch holds all rows there is no noise left, and momentum finishes
//! the way to the least squares.

use crate::conjugate::Conjugate;
use crate::curvature::Curvature;
use crate::text::rounded;
use ndgrad_array::{Error, Result};
use ndgrad_data::{ArrayDataset, DataLoader};
use ndgrad_tensor::{Tensor, autograd};
use std::cell::LazyCell;
use std::ops::ControlFlow;

/// An epoch that leaves more than this part of the loss did not help much.
const HELPED: f64 = 0.99;

/// How much larger the batch gets when an epoch did not.
const GROWTH: usize = 4;

/// The validation loss improves where it falls below this part of the best so far.
const IMPROVED: f64 = 1.0 - 1e-4;

/// The gradient at which training is over, for standardized data and weights of about 1. For larger weights it is
/// larger in proportion, as rounding is.
const FLAT: f64 = 1e-13;

/// The loss at which training has diverged; predicting the mean has a loss of 1.
const DIVERGED: f64 = 1e6;

/// Which model an epoch trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The model that is trained on the training part only, so that the validation part can judge it.
    Trial,
    /// The model that is kept, trained on all rows used.
    Final,
}

/// One pass over the data.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Which model was trained.
    pub stage: Stage,
    /// The number of the epoch, counted from 1 over both stages.
    pub number: usize,
    /// The rows in a batch: all rows of the stage's data in the end.
    pub batch_size: usize,
    /// The learning rate: of mini-batches the one that was given or chosen, of all rows the best there is.
    pub learning_rate: f64,
    /// The mean squared error of the rows trained on, in units of the target's variance: 1 is as good as always
    /// predicting the mean.
    pub train_loss: f64,
    /// The same of the validation rows; `None` in the final stage and where there are none.
    pub validation_loss: Option<f64>,
}

/// Why a stage of training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The gradient is zero but for rounding: these are the least squares.
    Converged,
    /// With all rows in a batch, the validation loss had not improved for as many epochs as the patience allows.
    ValidationStoppedImproving,
    /// The given number of epochs, or the default one, was reached.
    Epochs,
    /// The progress callback asked to stop.
    Interrupted,
}

/// Where a stage of training is, between two epochs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Point {
    pub stage: Stage,
    pub batch_size: usize,
    /// The weights on standardized data, and last the bias.
    pub weights: Vec<f64>,
    /// The direction of the last step of all rows, and its gradients.
    pub last: Option<[Vec<f64>; 2]>,
    /// The least validation loss, and the weights that had it.
    pub best: Option<(f64, Vec<f64>)>,
    /// Epochs of all rows since then.
    pub waited: usize,
}

impl Point {
    /// The beginning of a stage.
    pub fn start(stage: Stage, batch_size: usize, mut weights: Vec<f64>, bias: f64) -> Point {
        weights.push(bias);
        Point { stage, batch_size, weights, last: None, best: None, waited: 0 }
    }
}

/// What came of a stage.
pub(crate) struct Ran {
    pub stop: Stop,
    /// The weights that were kept, the bias last.
    pub weights: Vec<f64>,
    /// Where it goes on from.
    pub point: Point,
}

/// The line that is trained, on standardized data: `x w + b`.
pub(crate) struct Net {
    w: Tensor,
    b: Tensor,
}

impl Net {
    /// Of these weights, the bias last.
    pub fn new(weights: &[f64]) -> Net {
        let [w, b] = Net::split(weights).map(|tensor| tensor.attach_grad());
        Net { w, b }
    }

    /// The weights, the bias last.
    pub fn weights(&self) -> Vec<f64> {
        [self.w.to_vec::<f64>(), self.b.to_vec()].concat()
    }

    /// The weights and the bias.
    fn split(weights: &[f64]) -> [Tensor; 2] {
        let (w, b) = weights.split_at(weights.len() - 1);
        [Tensor::from_slice([w.len(), 1], w), Tensor::from_slice([1], b)]
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        x.dot(&self.w) + &self.b
    }

    fn params(&self) -> [&Tensor; 2] {
        [&self.w, &self.b]
    }

    /// Whether the last gradients are zero, but for rounding.
    fn is_flat(&self) -> bool {
        let length =
            |tensors: [Tensor; 2]| tensors.map(|tensor| tensor.square().sum().item()).iter().sum::<f64>();
        let (gradient, size) =
            (length(self.params().map(Tensor::grad)), length(self.params().map(Tensor::detach)));
        gradient.sqrt() <= FLAT * size.sqrt().max(1.0)
    }
}

fn square_loss(yhat: &Tensor, y: &Tensor) -> Tensor {
    (yhat - y).square().mean()
}

fn sgd(params: &[&Tensor], learning_rate: f64) {
    for &param in params {
        param.assign(param - learning_rate * param.grad());
    }
}

/// Features `[rows, columns]` and targets `[rows, 1]`.
pub(crate) type Examples = (Tensor, Tensor);

/// How to train, and what happened so far.
pub(crate) struct Trainer<'a> {
    /// From the data's curvature if `None`.
    pub learning_rate: Option<f64>,
    /// The most epochs of all stages together.
    pub epochs: usize,
    pub patience: usize,
    pub seed: u64,
    pub progress: &'a mut dyn FnMut(&Epoch) -> ControlFlow<()>,
    pub history: Vec<Epoch>,
}

impl Trainer<'_> {
    /// Trains from a point on. With validation rows, the weights that did best on them are kept, otherwise the last.
    ///
    /// # Errors
    /// If the loss grows beyond all measure.
    pub fn run(&mut self, mut point: Point, (x, y): &Examples, validation: Option<&Examples>) -> Result<Ran> {
        let rows = x.len();
        let stage = point.stage;
        // Batches of all rows do not ask for it.
        let curvature = LazyCell::new(|| Curvature::of(x));
        point.batch_size = point.batch_size.min(rows);
        let net = Net::new(&point.weights);
        let mut conjugate = Conjugate::after(point.last.as_ref(), |weights| Net::split(weights).into());
        // The loss of all rows, and its gradients, at the start and then after each epoch.
        let all_rows = || {
            let loss = autograd::record(|| square_loss(&net.forward(x), y));
            loss.backward();
            loss.item()
        };
        let mut last_loss = all_rows();
        let stop = loop {
            if self.history.len() >= self.epochs {
                break Stop::Epochs;
            }
            let batch_size = point.batch_size;
            let learning_rate = if batch_size < rows {
                let learning_rate = self.learning_rate.unwrap_or_else(|| curvature.learning_rate(batch_size));
                for (x, y) in self.loader(x, y, batch_size).iter() {
                    let loss = autograd::record(|| square_loss(&net.forward(&x), &y));
                    loss.backward();
                    sgd(&net.params(), learning_rate);
                }
                learning_rate
            } else {
                // Along a direction (u, c) the second derivative of mean((x w + b - y)^2) is 2 mean((x u + c)^2).
                conjugate
                    .step(&net.params(), |along| 2.0 * (x.dot(&along[0]) + &along[1]).square().mean().item())
            };
            let train_loss = all_rows();
            let validation_loss = validation.map(|(x, y)| square_loss(&net.forward(x), y).item());
            let number = self.history.len() + 1;
            let epoch = Epoch { stage, number, batch_size, learning_rate, train_loss, validation_loss };
            self.history.push(epoch);
            if train_loss.is_nan() || train_loss > DIVERGED {
                return Err(diverged(&epoch, curvature.learning_rate(batch_size)));
            }
            if let Some(loss) = validation_loss {
                // A smaller batch may have come as far as its noise lets it; then it grows.
                point.waited += usize::from(batch_size == rows);
                if point.best.as_ref().is_none_or(|(least, _)| loss < least * IMPROVED) {
                    point.best = Some((loss, net.weights()));
                    point.waited = 0;
                }
            }
            let stopped = (self.progress)(&epoch).is_break();
            if net.is_flat() {
                break Stop::Converged;
            }
            if point.waited >= self.patience {
                break Stop::ValidationStoppedImproving;
            }
            if batch_size < rows && train_loss > HELPED * last_loss {
                point.batch_size = (GROWTH * batch_size).min(rows);
            }
            last_loss = train_loss;
            // Between two epochs, so that what goes on from here does what would have come next.
            if stopped {
                break Stop::Interrupted;
            }
        };
        (point.weights, point.last) = (net.weights(), conjugate.last());
        let weights = point.best.as_ref().map_or_else(|| point.weights.clone(), |(_, best)| best.clone());
        Ok(Ran { stop, weights, point })
    }

    fn loader(&self, x: &Tensor, y: &Tensor, batch_size: usize) -> DataLoader<ArrayDataset> {
        // A seed of its own for each epoch, which needs to know no other.
        let seed = self.seed.wrapping_add(self.history.len() as u64);
        DataLoader::new(ArrayDataset::new(x, y)).batch_size(batch_size).shuffle(true).seed(seed)
    }
}

fn diverged(epoch: &Epoch, usual: f64) -> Error {
    let Epoch { number, learning_rate, train_loss, .. } = epoch;
    Error::Data(format!(
        "training diverged: after epoch {number} the loss is {}, and predicting the mean has a loss of 1\n    \
         the learning rate {learning_rate} is too large for this data: try {}, or leave the choice to the program",
        rounded(*train_loss, 3),
        rounded(usual.min(learning_rate / 10.0), 1),
    ))
}

#[cfg(test)]
mod tests;
