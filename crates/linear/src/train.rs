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

/// The line that is trained, on standardized data: `x w + b`.
pub(crate) struct Net {
    w: Tensor,
    b: Tensor,
}

impl Net {
    pub fn new(weights: &[f64], bias: f64) -> Net {
        Net {
            w: Tensor::from_slice([weights.len(), 1], weights).attach_grad(),
            b: Tensor::from_slice([1], &[bias]).attach_grad(),
        }
    }

    pub fn weights(&self) -> (Vec<f64>, f64) {
        (self.w.to_vec(), self.b.item())
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
    /// Trains `net`, at first with batches of this size. With validation rows, the weights that did best on them
    /// are kept, otherwise the last.
    ///
    /// # Errors
    /// If the loss grows beyond all measure.
    pub fn run(
        &mut self,
        stage: Stage,
        net: &Net,
        (x, y): &Examples,
        validation: Option<&Examples>,
        batch_size: usize,
    ) -> Result<Stop> {
        let rows = x.len();
        // Batches of all rows do not ask for it.
        let curvature = LazyCell::new(|| Curvature::of(x));
        let mut batch_size = batch_size.min(rows);
        let mut loader = self.loader(x, y, batch_size);
        let mut conjugate = Conjugate::default();
        let mut best: Option<(f64, [Tensor; 2])> = None;
        let mut waited = 0;
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
            let learning_rate = if batch_size < rows {
                let learning_rate = self.learning_rate.unwrap_or_else(|| curvature.learning_rate(batch_size));
                for (x, y) in loader.iter() {
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
                waited += usize::from(batch_size == rows);
                if best.as_ref().is_none_or(|(least, _)| loss < least * IMPROVED) {
                    best = Some((loss, net.params().map(Tensor::detach)));
                    waited = 0;
                }
            }
            if (self.progress)(&epoch).is_break() {
                break Stop::Interrupted;
            }
            if net.is_flat() {
                break Stop::Converged;
            }
            if waited >= self.patience {
                break Stop::ValidationStoppedImproving;
            }
            if batch_size < rows && train_loss > HELPED * last_loss {
                batch_size = (GROWTH * batch_size).min(rows);
                loader = self.loader(x, y, batch_size);
            }
            last_loss = train_loss;
        };
        if let Some((_, values)) = best {
            net.params().iter().zip(values).for_each(|(param, value)| param.assign(value));
        }
        Ok(stop)
    }

    fn loader(&self, x: &Tensor, y: &Tensor, batch_size: usize) -> DataLoader<ArrayDataset> {
        // A seed of its own for each loader, so that none shuffles as the one before did.
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
