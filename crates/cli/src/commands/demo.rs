//! `ndgrad demo`: the tutorial *Linear regression from scratch* as a program.

use std::io::{self, Write, stdout};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ndgrad::linear::{LeastSquares, Solution};
use ndgrad::plot::{Figure, Network};
use ndgrad::prelude::*;
use ndgrad::random::Generator;
use ndgrad::{Error, Style};

use crate::failure::{Failure, Result};
use crate::interrupt;
use crate::number::{count, significant};
use crate::output::OutputDirectory;
use crate::progress::Progress;
use crate::table::Text;
use crate::values;

const EXAMPLES: &str = "\
Examples:
  ndgrad demo                                  the tutorial, number for number
  ndgrad demo --seed 7 --generator philox      other data, from the default generator
  ndgrad demo --noise 1 --out noisy            more noise; the pictures go to noisy/
  ndgrad demo --learning-rate 1                steps so large that the loss explodes";

/// Run the tutorial: make data from a known line, and learn the line back.
///
/// The data are y = 2 x0 - 3.4 x1 + 4.2 and noise. A model of two weights and a bias
/// is trained on them by stochastic gradient descent, and compared with the truth and
/// with the closed-form answer. The pictures replace those of an earlier run.
#[derive(Args)]
#[command(after_help = EXAMPLES, verbatim_doc_comment)]
pub struct Demo {
    /// The seed of all random numbers
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Where random numbers come from: mxnet draws those that the tutorial prints
    #[arg(long, default_value = "mxnet")]
    generator: Kind,
    /// Passes over the data
    #[arg(long, default_value = "2", value_name = "N", value_parser = values::count)]
    epochs: usize,
    /// Examples in a batch
    #[arg(long, default_value = "4", value_name = "N", value_parser = values::count)]
    batch_size: usize,
    /// The size of a step along the gradient
    #[arg(long, default_value = "0.001", value_name = "X", value_parser = values::positive)]
    #[arg(allow_negative_numbers = true)]
    learning_rate: f64,
    /// The standard deviation of the noise
    #[arg(long, default_value = "0.01", value_name = "X", value_parser = values::not_negative)]
    #[arg(allow_negative_numbers = true)]
    noise: f64,
    /// The number of examples
    #[arg(long, default_value = "10000", value_name = "N", value_parser = values::count)]
    examples: usize,
    /// The directory for the pictures
    #[arg(long, default_value = "ndgrad-demo", value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Mxnet,
    Philox,
}

/// What the model is to find out.
fn real_fn(x: &Tensor) -> Tensor {
    2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2
}

/// The mean squared distance between prediction and truth.
fn square_loss(yhat: &Tensor, y: &Tensor) -> Tensor {
    (yhat - y).square().mean()
}

/// A small step against the gradient, for every parameter.
fn sgd(params: &[&Tensor], lr: f64) {
    for &param in params {
        param.assign(param - lr * param.grad());
    }
}

impl Demo {
    /// Runs the tutorial.
    pub fn run(&self) -> Result<()> {
        random::set_generator(self.generator()?);
        self.check()?;
        let output = OutputDirectory::prepare(&self.out)?;
        let mut out = stdout().lock();

        // Data whose answer is known.
        let x = random::normal([self.examples, 2]);
        let y = real_fn(&x) + self.noise * random::normal([self.examples]);
        let exact = closed_form(&x, &y)?;
        let style = Style::mxnet();
        let examples = count(self.examples, "example");
        writeln!(out, "{examples} of y = 2 x0 - 3.4 x1 + 4.2 + noise. X[0] and y[0]:")?;
        writeln!(out, "{}\n{}", x.i(0).styled(style), y.i(0).styled(style))?;
        writeln!(out, "\n2 * X[0,0] - 3.4 * X[0,1] + 4.2, without the noise:")?;
        writeln!(out, "{}", real_fn(&x).i(0).styled(style))?;

        // Batches, until there are no more.
        let mut train_data = NdArrayIter::new(&x, &y, self.batch_size).shuffle(true);
        if let Some(batch) = train_data.next() {
            writeln!(out, "\nA first batch, and its labels:")?;
            writeln!(out, "{}\n{}", batch.data[0].styled(style), batch.label[0].styled(style))?;
        }
        train_data.reset();
        let batches = train_data.by_ref().count();
        writeln!(out, "\nBatches in a pass: {batches}")?;
        writeln!(out, "Batches in a second pass without reset: {}\n", train_data.by_ref().count())?;

        // The model: two weights and a bias, which start anywhere.
        let w = random::normal([2, 1]).attach_grad();
        let b = random::normal([1]).attach_grad();
        let net = |x: &Tensor| x.dot(&w) + &b;
        let few = x.i(..self.examples.min(100));
        let before = net(&few);

        let mut losses = Losses::new(batches * self.epochs);
        let mut progress = Progress::new(Some((self.epochs * batches) as u64), "batch");
        let mut moving_loss = 0.0;
        for epoch in 0..self.epochs {
            train_data.reset();
            for (i, batch) in train_data.by_ref().enumerate() {
                let (data, label) = (&batch.data[0], batch.label[0].reshape([-1, 1]));
                let loss = autograd::record(|| square_loss(&net(data), &label));
                loss.backward();
                sgd(&[&w, &b], self.learning_rate);

                moving_loss = 0.99 * moving_loss + 0.01 * loss.item();
                if (i + 1) % 500 == 0 || (i + 1 == batches && batches < 500) {
                    let shown = significant(moving_loss, 6);
                    progress
                        .aside(|| writeln!(out, "Epoch {epoch}, batch {i}. Moving avg of loss: {shown}"))?;
                }
                if !moving_loss.is_finite() {
                    return Err(self.exploded(epoch, i));
                }
                losses.push(loss.item(), moving_loss);
                progress.step(|| format!("moving average of the loss {}", significant(moving_loss, 3)));
            }
        }
        drop(progress);

        let learned = [w.i((0, 0)).item(), w.i((1, 0)).item(), b.item()];
        print_parameters(&learned, &exact, &mut out)?;
        let figures = [
            ("data", data_figure(&x, &y)),
            ("loss", losses.figure()),
            ("estimated", estimated_figure(&real_fn(&few), &before, &net(&few))),
        ];
        let network = plot::network(&["x₀", "x₁"], "ŷ").weights(&learned[..2]);
        let paths = save(output, &figures, &network)?;
        writeln!(out, "\nPictures:")?;
        paths.iter().try_for_each(|path| writeln!(out, "  {path}"))?;
        out.flush()?;
        Ok(())
    }

    fn generator(&self) -> Result<Generator> {
        match self.generator {
            Kind::Philox => Ok(Generator::philox(self.seed)),
            Kind::Mxnet => u32::try_from(self.seed).map(Generator::mxnet).map_err(|_| {
                Failure::Usage(format!(
                    "--seed {} is too large for the generator mxnet, whose seeds end at {}\n    \
                     Choose a smaller one, or --generator philox.",
                    self.seed,
                    u32::MAX
                ))
            }),
        }
    }

    fn check(&self) -> Result<()> {
        if self.examples < 3 {
            let message = "--examples must be at least 3: fewer do not determine two weights and a bias";
            return Err(Failure::Usage(message.to_string()));
        }
        if self.batch_size > self.examples {
            let Demo { batch_size, examples, .. } = self;
            return Err(Failure::Usage(format!(
                "--batch-size {batch_size} is more than there are examples ({examples})"
            )));
        }
        Ok(())
    }

    fn exploded(&self, epoch: usize, batch: usize) -> Failure {
        Failure::Data(Error::Data(format!(
            "the loss is no longer a number: in epoch {epoch}, batch {batch}, it grew beyond all bounds\n    \
             Steps of --learning-rate {} are too large for these data; try 0.001. No picture was written.",
            self.learning_rate
        )))
    }
}

/// The answer that needs no training.
fn closed_form(x: &Tensor, y: &Tensor) -> Result<Solution> {
    let [x, y] = [x, y].map(|tensor| tensor.to_dtype(DType::F64).to_vec::<f64>());
    Ok(LeastSquares::new().solve(&x, 2, &y)?)
}

/// The weights and the bias, beside the true ones and the closed form's.
fn print_parameters(learned: &[f64; 3], exact: &Solution, out: &mut impl Write) -> io::Result<()> {
    let exact = exact.coefficients.iter().chain([&exact.intercept]);
    let exact: Vec<f64> =
        exact.map(|estimate| estimate.map_or(f64::NAN, |estimate| estimate.value)).collect();
    let mut table = Text::new(["", "true", "learned", "closed form"]);
    table.names(&["w[0]", "w[1]", "b"]);
    [&[2.0, -3.4, 4.2][..], learned, &exact].into_iter().for_each(|numbers| table.numbers(numbers, 6));
    writeln!(out)?;
    table.print(out)
}

fn data_figure(x: &Tensor, y: &Tensor) -> Figure {
    plot::scatter(&x.i((.., 1)), y).title("Label against the second feature").x_label("x₁").y_label("y")
}

fn estimated_figure(real: &Tensor, before: &Tensor, after: &Tensor) -> Figure {
    Figure::new()
        .points("before training", real, before)
        .points("after training", real, after)
        .identity_line()
        .title("Estimated against real function")
        .x_label("real: 2 x₀ − 3.4 x₁ + 4.2")
        .y_label("estimated")
}

/// Saves the tutorial's pictures, all or none, and gives their paths.
fn save(mut output: OutputDirectory, figures: &[(&str, Figure)], network: &Network) -> Result<Vec<String>> {
    let _hold = interrupt::hold();
    let mut paths = Vec::new();
    let mut place = |name: &str, ending: &str| -> Result<PathBuf> {
        let name = format!("{name}.{ending}");
        paths.push(output.published(&name));
        Ok(output.file(&name)?)
    };
    for ending in ["svg", "png"] {
        for (name, figure) in figures {
            figure.save(place(name, ending)?)?;
        }
        network.save(place("network", ending)?)?;
    }
    if interrupt::asked() {
        return Err(Failure::Interrupted("no picture was written"));
    }
    output.publish()?;
    Ok(paths)
}

/// The losses of the batches, of all or, in a long run, of every so many.
struct Losses {
    every: usize,
    steps: usize,
    seen: usize,
    losses: [Vec<f64>; 2],
    averages: [Vec<f64>; 2],
}

impl Losses {
    fn new(steps: usize) -> Losses {
        let every = steps.div_ceil(5000);
        Losses { every, steps, seen: 0, losses: Default::default(), averages: Default::default() }
    }

    fn push(&mut self, loss: f64, average: f64) {
        if self.seen.is_multiple_of(self.every) {
            add(&mut self.losses, self.seen, loss);
            // The average starts at 0, and has forgotten that after some 200 batches.
            if self.seen >= 200.min(self.steps / 4) {
                add(&mut self.averages, self.seen, average);
            }
        }
        self.seen += 1;
    }

    fn figure(&self) -> Figure {
        Figure::new()
            .points("each batch", &self.losses[0], &self.losses[1])
            .line("moving average", &self.averages[0], &self.averages[1])
            .title("Loss during training")
            .x_label("batch")
            .y_label("mean squared error")
            .y_log()
    }
}

fn add([batches, losses]: &mut [Vec<f64>; 2], batch: usize, loss: f64) {
    batches.push(batch as f64);
    losses.push(loss);
}
