//! Any of the losses by mini-batches through autograd, for data that keep coming. See [`Descent`].

mod loss;
mod penalty;
mod state;

pub use loss::Loss;
pub use penalty::Penalty;
pub use state::DescentState;

use crate::observations::{Block, Observations};
use ndgrad_array::{Error, OperationError, Result};
use ndgrad_tensor::random::Generator;
use ndgrad_tensor::{Tensor, autograd};
use penalty::Strength;
use std::ops::ControlFlow;

/// What messages begin with.
const METHOD: &str = "gradient descent";

/// Adam's decay of the first and the second moment, and what keeps its steps finite (D. P. Kingma, J. Ba, "Adam: a method for
/// stochastic optimization", ICLR 2015, whose defaults these are).
const FIRST: f64 = 0.9;
const SECOND: f64 = 0.999;
const SMALL: f64 = 1e-8;

/// How a gradient becomes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Optimizer {
    /// Along the gradient.
    Sgd,
    /// Along its mean, over the root of the mean of its squares.
    Adam,
}

/// Where a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The epoch, counted from 0.
    pub epoch: u64,
    /// Rows of this epoch that are done.
    pub rows: u64,
    /// Rows of all epochs that this run has done.
    pub rows_of_run: u64,
    /// The mean loss of the rows of this epoch so far, each at the parameters that it found; targets of squared, Huber and
    /// quantile losses are in deviations.
    pub loss: f64,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All epochs are done.
    Epochs,
    /// The callback asked to stop; the state is as if it never had, once it is run on.
    Interrupted,
}

/// Mini-batch descent on a [`Loss`], epoch after epoch over rows that need not fit into memory.
///
/// Rows are shuffled within their blocks, by permutations that seed, epoch and block decide. Estimates are the mean of an
/// epoch's parameters (B. T. Polyak, A. B. Juditsky, SIAM Journal on Control and Optimization 30, 1992), and rates shrink as
/// `1 / sqrt(epoch)`, so nothing has to be tuned.
///
/// ```
/// use ndgrad_linear::{Descent, InMemory, Loss};
/// use std::ops::ControlFlow;
///
/// let x: Vec<f64> = (0..200).map(|i| f64::from(i % 20)).collect();
/// let y = x.iter().map(|x| 3.0 * x + 1.0).collect();
/// let mut rows = InMemory::new(["x".to_string()], x, y)?;
/// let descent = Descent::new(Loss::Squares).epochs(40);
/// let mut state = descent.start(&mut rows)?;
/// descent.run(&mut rows, &mut state, &mut |_| ControlFlow::Continue(()))?;
/// assert!((state.estimates()[1] - 3.0).abs() < 0.1);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Descent {
    loss: Loss,
    optimizer: Optimizer,
    learning_rate: Option<f64>,
    batch_size: usize,
    epochs: u64,
    seed: u64,
    every: u64,
    penalty: Option<Penalty>,
}

impl Descent {
    /// Adam with batches of 64 rows, for 20 epochs, and a callback every 100,000 rows.
    pub fn new(loss: Loss) -> Descent {
        Descent {
            loss,
            optimizer: Optimizer::Adam,
            learning_rate: None,
            batch_size: 64,
            epochs: 20,
            seed: 0,
            every: 100_000,
            penalty: None,
        }
    }

    /// Another optimizer.
    pub fn optimizer(mut self, optimizer: Optimizer) -> Self {
        self.optimizer = optimizer;
        self
    }

    /// The rate of the first epoch. By default 0.05 for Adam; for SGD one over the mean curvature of a row's loss.
    pub fn learning_rate(mut self, rate: f64) -> Self {
        self.learning_rate = Some(rate);
        self
    }

    /// Rows of a step; 64 by default, and 1 at least.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.batch_size = rows.max(1);
        self
    }

    /// Epochs in all, those of a state that is run on included.
    pub fn epochs(mut self, epochs: u64) -> Self {
        self.epochs = epochs;
        self
    }

    /// What decides the order of the rows.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The callback is asked after so many rows, at the end of a batch.
    pub fn every(mut self, rows: u64) -> Self {
        self.every = rows.max(1);
        self
    }

    /// A penalty on the size of the coefficients. Its squares are part of the gradient; its sizes are taken off after each step, as
    /// far as the step goes (P. L. Combettes, V. R. Wajs, Multiscale Modeling and Simulation 4, 2005), so that coefficients
    /// become exactly 0: those that are after most steps of an epoch are 0 in the estimates. That takes a penalty that the noise
    /// of a batch's gradient does not outweigh: larger batches leave more zeros. Losses are told without the penalty.
    ///
    /// # Panics
    /// If lambda is below 0 or not finite, or the mix not within 0 and 1.
    #[track_caller]
    pub fn penalty(mut self, penalty: Penalty) -> Self {
        let Penalty { lambda, mix, .. } = penalty;
        if !(lambda >= 0.0 && lambda.is_finite() && (0.0..=1.0).contains(&mix)) {
            let rule = "lambda must be at least 0 and the mix lie within 0 (ridge) and 1 (lasso)";
            let error =
                OperationError::new(METHOD, rule).operand("lambda", lambda, "").operand("mix", mix, "");
            panic!("{error}");
        }
        self.penalty = Some(penalty);
        self
    }

    /// A state to begin with: looks at all rows once, for centres and units of the columns.
    ///
    /// # Errors
    /// [`Error::Data`], naming the row, if a number is not finite, a weight below 0, or a target none of the loss.
    pub fn start(&self, observations: &mut dyn Observations) -> Result<DescentState> {
        let standard = self.loss.learn(observations, METHOD)?;
        Ok(DescentState::new(&standard, self))
    }

    /// Runs on from a state until all epochs are done or `progress` stops it. The same rows and state give the same bits,
    /// whether a run was interrupted, saved and resumed or not.
    ///
    /// # Errors
    /// [`Error::Data`] if the columns, the loss, the optimizer or the penalty are others than the state's, if steps diverge; or why the rows
    /// cannot be read.
    pub fn run(
        &self,
        observations: &mut dyn Observations,
        state: &mut DescentState,
        progress: &mut dyn FnMut(&Progress) -> ControlFlow<()>,
    ) -> Result<End> {
        state.check(observations, self)?;
        let strengths = self.penalty.map_or_else(Vec::new, |penalty| penalty.strengths(state));
        let mut rows_of_run = 0;
        while state.epoch < self.epochs {
            let (mut seen, mut block_number, mut stopped) = (0_u64, 0_u64, false);
            observations.pass(&mut |block| {
                let number = block_number;
                block_number += 1;
                let end = seen + block.rows() as u64;
                if stopped || end <= state.position {
                    seen = end;
                    return Ok(());
                }
                let key = (state.epoch << 32) | number;
                let order = Generator::philox(state.seed).stream(key).permutation(block.rows());
                for batch in order.chunks(self.batch_size) {
                    seen += batch.len() as u64;
                    if stopped || seen <= state.position {
                        continue;
                    }
                    self.step(block, batch, state, &strengths)?;
                    state.position = seen;
                    let before = rows_of_run / self.every;
                    rows_of_run += batch.len() as u64;
                    if rows_of_run / self.every > before {
                        let loss = state.loss_sum / state.loss_weight.max(f64::MIN_POSITIVE);
                        let now = Progress { epoch: state.epoch, rows: seen, rows_of_run, loss };
                        stopped = progress(&now).is_break();
                    }
                }
                Ok(())
            })?;
            if stopped {
                return Ok(End::Interrupted);
            }
            state.next_epoch();
        }
        Ok(End::Epochs)
    }

    fn step(
        &self,
        block: &Block<'_>,
        batch: &[usize],
        state: &mut DescentState,
        strengths: &[Strength],
    ) -> Result<()> {
        let columns = state.names.len();
        let of = |values: Option<&[f64]>, empty: f64| -> Vec<f64> {
            batch.iter().map(|&i| values.map_or(empty, |values| values[i])).collect()
        };
        let weights = of(block.weights, 1.0);
        let total: f64 = weights.iter().sum();
        if total == 0.0 {
            return Ok(());
        }
        let x: Vec<f64> = batch
            .iter()
            .flat_map(|&i| state.scaled(&block.x[i * columns..][..columns]).collect::<Vec<f64>>())
            .collect();
        let (centre, unit) = (state.target_centre, state.target_unit);
        let y: Vec<f64> = batch.iter().map(|&i| (block.y[i] - centre) / unit).collect();
        let offset: Vec<f64> = of(block.offset, 0.0).iter().map(|offset| offset / unit).collect();
        let rows = batch.len();
        let column = |values: &[f64]| Tensor::from_slice([rows, 1], values);
        let (x, y, offset) = (Tensor::from_slice([rows, state.width()], &x), column(&y), column(&offset));
        let share = column(&weights.iter().map(|weight| weight / total).collect::<Vec<f64>>());
        let shape = [state.outputs(), state.width()];
        let parameters = Tensor::from_slice(shape, &state.parameters).attach_grad();
        let loss = autograd::record(|| {
            let predictor = x.dot(&parameters.transpose()) + &offset;
            (self.loss.of(&predictor, &y, unit) * &share).sum()
        });
        loss.backward();
        let gradient = parameters.grad().to_vec::<f64>();
        let loss = loss.item();
        let rate =
            self.learning_rate.unwrap_or_else(|| self.usual_rate(state)) / (1.0 + state.epoch as f64).sqrt();
        state.update(&gradient, rate, strengths);
        state.loss_sum += total * loss;
        state.loss_weight += total;
        if !loss.is_finite() || state.parameters.iter().any(|parameter| !parameter.is_finite()) {
            return Err(Error::Data(format!(
                "{METHOD}: the loss grew beyond all measure in epoch {} (counted from 0)\n    use a learning rate below {rate:.1e}",
                state.epoch
            )));
        }
        Ok(())
    }

    /// Columns have squares of 1 to 4.
    fn usual_rate(&self, state: &DescentState) -> f64 {
        match state.optimizer {
            Optimizer::Adam => 0.05,
            Optimizer::Sgd => {
                1.0 / (self.loss.curvature(state.target_mean) * (1.0 + 4.0 * state.width() as f64))
            }
        }
    }
}
