//! The `ndgrad` command: fit a linear model to a file, predict with it, compare models, merge sums, draw, and run the tutorial.
//!
//! Exit codes: 0 done, 1 the data or the file system refused, 2 the command line asks for what cannot be,
//! 130 stopped by Ctrl-C.

mod commands;
mod failure;
mod interrupt;
mod number;
mod output;
mod panic;
mod pictures;
mod progress;
mod quote;
mod report;
mod row;
mod saved;
mod table;
mod units;
mod values;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{Compare, Demo, Describe, Fit, Merge, Ops, Plot, Predict};

const EXAMPLES: &str = "\
Examples:
  ndgrad demo                                  the tutorial: a line, learned from scratch
  ndgrad describe flats.csv                    the columns of a file: types, means, quantiles
  ndgrad fit                                   a model of 344 penguins that travel with the program
  ndgrad fit flats.csv --target rent           a model of your own file, saved in ndgrad-fit/
  ndgrad predict ndgrad-fit/model.safetensors new.csv -o predicted.csv
  ndgrad compare a/model.safetensors b/model.safetensors held-out.csv
  ndgrad merge a.stats b.stats                 the fit of several files, from sums of each
  ndgrad plot flats.csv --x area --y rent      a scatter plot of two columns
  ndgrad ops                                   the operations of the engine

Every command has its own help: ndgrad fit --help";

/// Linear models from files: fitted, explained, compared, and put to work.
#[derive(Parser)]
#[command(name = "ndgrad", version, after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Demo(Demo),
    Describe(Describe),
    Fit(Box<Fit>),
    Predict(Predict),
    Compare(Compare),
    Merge(Merge),
    Plot(Plot),
    Ops(Ops),
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return failure::usage(&error),
    };
    interrupt::listen();
    panic::prepare();
    let result = match &arguments.command {
        Command::Demo(demo) => demo.run(),
        Command::Describe(describe) => describe.run(),
        Command::Fit(fit) => fit.run(),
        Command::Predict(predict) => predict.run(),
        Command::Compare(compare) => compare.run(),
        Command::Merge(merge) => merge.run(),
        Command::Plot(plot) => plot.run(),
        Command::Ops(ops) => ops.run(),
    };
    match result {
        Ok(()) if interrupt::asked() => ExitCode::from(failure::INTERRUPTED),
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
