//! `Failure`: why a command ends before its work is done, and the exit code that says so.

use std::io::{self, ErrorKind, Write};
use std::path::Path;
use std::process::ExitCode;

use ndgrad::Error;

/// The exit code where the data or the file system refuses.
pub const DATA: u8 = 1;

/// The exit code after Ctrl-C, as shells expect it.
pub const INTERRUPTED: u8 = 130;

/// What a command returns.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why a command ends before its work is done.
#[derive(Debug)]
pub enum Failure {
    /// The command line asks for what cannot be.
    Usage(String),
    /// A file, its contents or the file system.
    Data(Error),
    /// Whoever reads the output has read enough: `ndgrad demo | head`.
    ClosedPipe,
    /// Ctrl-C; the text says what has become of the work.
    Interrupted(&'static str),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match &error {
            Error::File { source, .. } if source.kind() == ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Data(error),
        }
    }
}

/// Commands meet bare `io::Error`s only when they print.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Error::file("standard output", "write", error).into()
    }
}

impl Failure {
    /// The same; what is said of data is said of those in this file.
    pub fn within(self, file: &str) -> Failure {
        match self {
            Failure::Data(Error::Data(message)) => Failure::Data(Error::content(Path::new(file), message)),
            other => other,
        }
    }

    /// Says on standard error what went wrong, and gives the exit code.
    pub fn report(self) -> ExitCode {
        let (message, code) = match self {
            Failure::Usage(message) => (format!("error: {message}"), 2),
            Failure::Data(error) => (format!("error: {error}"), DATA),
            Failure::ClosedPipe => return ExitCode::SUCCESS,
            Failure::Interrupted(outcome) => (format!("interrupted: {outcome}"), INTERRUPTED),
        };
        say(&message);
        ExitCode::from(code)
    }
}

/// Prints a line on standard error; where that is closed, nobody is listening.
pub fn say(message: &str) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// What clap has to say: help and version on standard output, mistakes on standard error without blank lines.
pub fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() || error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    {
        let _ = error.print();
        return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
    }
    let text = error.render().to_string();
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    say(&lines.join("\n"));
    ExitCode::from(2)
}
