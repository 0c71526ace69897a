//! `compile`: run a function once, and again without its overhead.

mod bundle;
mod compute;
mod plan;
mod print;
mod program;
mod through;
pub(crate) mod trace;
mod turn;

use std::marker::PhantomData;
use std::sync::{Mutex, PoisonError};

use ndgrad_array::{OperationError, Spec};
use ndgrad_cpu::copied;

use crate::Tensor;
use crate::autograd;
use crate::ops::refuse;

pub use bundle::Bundle;
pub use program::Program;
pub use through::Feed;
pub use trace::{check_is_not_tracing, is_tracing};

use program::Replay;
use through::Through;

/// A function that is remembered when it is first called and then done again from memory.
///
/// The function takes tensors and gives tensors, each one, a tuple, an array or a vector of them ([`Bundle`]). It may
/// hold the whole training step: the forward pass, `backward`, and the update of parameters that it captures, by any
/// optimizer. The first call with inputs of certain shapes and dtypes runs the function as it is and remembers the
/// operations; later ones do the same operations, with the same bits, and nothing else: no tape, no allocation, chains
/// of elementwise operations in one pass over memory.
///
/// ```
/// use ndgrad_tensor::{Tensor, autograd, compile, random, tensor};
///
/// let w = tensor([[0.0], [0.0]]).attach_grad();
/// let step = compile(|(x, y): (Tensor, Tensor)| {
///     let loss = autograd::record(|| (x.dot(&w) - &y).square().mean());
///     loss.backward();
///     w.assign(&w - 0.1 * w.grad());
///     loss
/// });
/// for _ in 0..100 {
///     let x = random::normal([4, 2]);
///     let y = x.dot(&tensor([[2.0], [-3.4]]));
///     step.call((x, y));
/// }
/// assert!((w.i((0, 0)).item() - 2.0).abs() < 1e-3);
/// ```
///
/// # What is remembered
///
/// Operations on tensors, changes of leaves (their values and gradients), and draws from the thread's default
/// generator are done at each call. All else happens only when the function is remembered: a number of Rust's that the
/// function captures is a constant from then on, as is a tensor that is neither an input nor a leaf. What must change
/// from call to call (a learning rate) is an input, or a leaf that is assigned to.
///
/// Reading an element (`item`, `to_vec`, printing) would freeze what hangs on it, and is refused with the line at which
/// it stands; so are what depends on elements in its shape (selection by a mask, `unique`), drawing from a generator of
/// one's own, `set` in place (take `with`), and taking batches from a loader.
///
/// A call with another shape or dtype of an input, in another mode (training or predicting), or after a change of a
/// leaf's `grad_req` is remembered as well, beside the others. Within `record`, the function is run as it is.
pub fn compile<In, Out, F>(function: F) -> Compiled<In, Out, F>
where
    In: Bundle,
    Out: Bundle,
    F: Fn(In) -> Out,
{
    Compiled { function, replays: Mutex::new(Vec::new()), inputs: PhantomData }
}

/// What [`compile`] gives.
pub struct Compiled<In, Out, F> {
    function: F,
    replays: Mutex<Vec<Remembered<Out>>>,
    inputs: PhantomData<fn(In)>,
}

/// The function as it went for certain inputs.
struct Remembered<Out> {
    inputs: Vec<Spec>,
    is_training: bool,
    replay: Replay,
    /// The arrangement of what comes out.
    output: Out,
}

impl<Out> Remembered<Out> {
    /// Whether this is how the function goes now for such inputs.
    fn is_for(&self, inputs: &[Spec]) -> bool {
        self.is_training == autograd::is_training() && self.inputs == inputs && self.replay.still_holds()
    }
}

impl<In, Out, F> Compiled<In, Out, F>
where
    In: Bundle,
    Out: Bundle,
    F: Fn(In) -> Out,
{
    /// The function's result for these inputs. Inputs are values: no gradient flows to them.
    ///
    /// # Panics
    /// When the function does; when an operation refuses its inputs; when the function does what cannot be done again,
    /// an input is a leaf or was recorded, or an output can still go backward.
    #[track_caller]
    pub fn call(&self, mut input: In) -> Out {
        if is_tracing() || autograd::is_recording() {
            return (self.function)(input);
        }
        let mut inputs = smallvec::SmallVec::<[Tensor; 4]>::new();
        input.visit(&mut |tensor| inputs.push(tensor.clone()));
        let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        let specs: smallvec::SmallVec<[Spec; 4]> = inputs.iter().map(Tensor::spec).collect();
        let found = replays.iter_mut().find(|known| known.is_for(&specs));
        let Some(known) = found else {
            drop(replays);
            return self.remember(input, &inputs);
        };
        match known.replay.run(&inputs) {
            Ok(mut results) => {
                let mut output = known.output.clone();
                output.visit(&mut |tensor| *tensor = results.next().expect("as many as were remembered"));
                output
            }
            Err(error) => refuse(error),
        }
    }

    /// Calls the function with batch after batch, and returns the result for the last: a whole epoch as one call.
    ///
    /// Where batches are rows of tensors (those of `ndgrad`'s loader over an `ArrayDataset` are), nothing comes between one step
    /// and the next: rows are copied to where the program reads them, and what leaves hold stays within it until the last
    /// batch is done. Meanwhile others see leaves as they were before. What is to be known of each step (a moving loss)
    /// is kept in a leaf.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, compile, tensor};
    /// use ndgrad_tensor::compile::Feed;
    ///
    /// /// Pairs of rows, one after the other.
    /// struct Pairs(Tensor, Vec<[usize; 2]>);
    ///
    /// impl Feed<Tensor> for Pairs {
    ///     fn next(&mut self) -> Option<Tensor> {
    ///         Some(self.0.take(&self.1.pop()?))
    ///     }
    ///     fn tables(&self) -> Vec<Tensor> {
    ///         vec![self.0.clone()]
    ///     }
    ///     fn rows(&self) -> Option<(usize, &[usize])> {
    ///         self.1.last().map(|rows| (2, &rows[..]))
    ///     }
    ///     fn skip(&mut self) {
    ///         self.1.pop();
    ///     }
    /// }
    ///
    /// let sum = tensor(0.0).attach_grad();
    /// let add = compile(|x: Tensor| sum.assign(&sum + x.sum()));
    /// add.over(Pairs(tensor([1.0, 20.0, 300.0]), vec![[0, 1], [2, 2], [1, 1]]));
    /// assert_eq!(sum.item(), 661.0);
    /// ```
    ///
    /// # Panics
    /// As [`call`](Compiled::call). Leaves then hold what the step before left, gradients perhaps what the last step left.
    #[track_caller]
    pub fn over(&self, mut feed: impl Feed<In>) -> Option<Out> {
        let mut last = None;
        while let Some(batch) = feed.next() {
            last = Some(self.call(batch));
            if let Some(output) = self.through(&mut feed) {
                last = Some(output);
            }
        }
        last
    }

    /// Runs the program for as many batches of rows as are alike, if it is known already.
    #[track_caller]
    fn through(&self, feed: &mut impl Feed<In>) -> Option<Out> {
        let (tables, (count, _)) = (feed.tables(), feed.rows()?);
        if tables.is_empty() || is_tracing() || autograd::is_recording() {
            return None;
        }
        let row_specs = tables.iter().map(|table| {
            let shape = table.shape();
            table.spec().with_shape([count].iter().chain(&shape[1..]).copied().collect())
        });
        let inputs: Vec<Spec> = row_specs.collect();
        let mut replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        let known = replays.iter_mut().find(|known| known.is_for(&inputs))?;
        let mut through = Through::new(&mut known.replay, &tables)?;
        while let Some((_, rows)) = feed.rows().filter(|&(rows, _)| rows == count) {
            if let Err(error) = through.run(rows) {
                drop(through);
                drop(replays);
                refuse(error);
            }
            feed.skip();
        }
        let results = through.results();
        let mut output = known.output.clone();
        let mut results = results.into_iter();
        output.visit(&mut |tensor| *tensor = results.next().expect("as many as were remembered"));
        Some(output)
    }

    /// What is done at a call, for each of the kinds of inputs that there were.
    pub fn programs(&self) -> Vec<Program> {
        let replays = self.replays.lock().unwrap_or_else(PoisonError::into_inner);
        replays.iter().map(|known| known.replay.program().clone()).collect()
    }

    /// Runs the function as it is and remembers it.
    #[track_caller]
    fn remember(&self, mut input: In, inputs: &[Tensor]) -> Out {
        if let Some(tensor) = inputs.iter().find(|input| input.requires_grad()) {
            refuse(
                OperationError::new(
                    "compile",
                    "inputs of a compiled function are values, to which no gradient flows",
                )
                .operand("input", format!("{} {}", tensor.shape(), tensor.dtype()), "a leaf, or recorded")
                .remedy("let the function capture a leaf instead, or give the value: x.detach()"),
            );
        }
        let specs: Vec<Spec> = inputs.iter().map(Tensor::spec).collect();
        let arrays: Vec<_> = inputs.iter().map(|input| copied(input.value().elements())).collect();
        let mut own = arrays.iter();
        input.visit(&mut |tensor| *tensor = Tensor::from_array(own.next().expect("as many").clone()));
        let is_training = autograd::is_training();
        let (mut output, trace) = trace::watch(&arrays, || (self.function)(input));
        let mut outputs = Vec::new();
        output.visit(&mut |tensor| outputs.push(tensor.clone()));
        if let Some(tensor) = outputs.iter().find(|output| output.can_go_backward()) {
            refuse(
                OperationError::new("compile", "what a compiled function gives has no history")
                    .operand("output", format!("{} {}", tensor.shape(), tensor.dtype()), "recorded")
                    .remedy("go backward within the function, or return the value: y.detach()"),
            );
        }
        let replay = Replay::new(trace, &outputs);
        let mut arrangement = output.clone();
        let nothing = Tensor::zeros([]);
        arrangement.visit(&mut |tensor| *tensor = nothing.clone());
        let known = Remembered { inputs: specs, is_training, replay, output: arrangement };
        self.replays.lock().unwrap_or_else(PoisonError::into_inner).push(known);
        output
    }
}
