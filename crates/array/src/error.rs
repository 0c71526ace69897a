//! `Error`: what can go wrong, in words that name the thing, the rule and the way out.

use std::fmt;
use std::path::{Path, PathBuf};

/// What every fallible function of ndgrad returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A fact about the world, or a broken rule reported to a caller that asked for it.
///
/// Operators and methods of a tensor panic with the text of an [`Error::Operation`]; files, devices and
/// parsers return the others.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A rule of an operation is broken: shapes, dtypes, axes, recording.
    Operation(OperationError),
    /// The file system refused.
    File {
        /// The file or directory.
        path: PathBuf,
        /// What was attempted: `read`, `write`, `create`.
        action: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file was read, and what stands in it is not what was asked for.
    Content {
        /// Where: file and, where there is one, line and column.
        place: Place,
        /// What is wrong with it, what was expected, and the remedy.
        message: String,
    },
    /// A device that this machine or this build does not have.
    Device {
        /// The device as written, for example `cuda(0)`.
        device: String,
        /// Why it cannot be used, and the remedy.
        message: String,
    },
    /// A question that the given data cannot answer: too few rows, no such column, nothing left.
    Data(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Operation(error) => error.fmt(f),
            Error::File { path, action, source } => {
                write!(f, "{}: cannot {action}: {source}", path.display())
            }
            Error::Content { place, message } => write!(f, "{place}: {message}"),
            Error::Device { device, message } => write!(f, "device {device}: {message}"),
            Error::Data(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::File { source, .. } => Some(source),
            // The text is its own.
            _ => None,
        }
    }
}

impl From<OperationError> for Error {
    fn from(error: OperationError) -> Self {
        Error::Operation(error)
    }
}

impl Error {
    /// The file system refused to `action` ("read", "write", "create") the file at `path`.
    pub fn file(path: impl AsRef<Path>, action: &'static str, source: std::io::Error) -> Self {
        Error::File { path: path.as_ref().to_path_buf(), action, source }
    }

    /// Stands for the file in an error of writing to what has no name.
    pub(crate) const OUTPUT: &str = "output";

    /// Writing to what has no name, a stream or a buffer, failed.
    pub fn output(source: std::io::Error) -> Self {
        Error::file(Error::OUTPUT, "write", source)
    }

    /// What stands at `place` is wrong, as `message` says.
    pub fn content(place: impl Into<Place>, message: impl Into<String>) -> Self {
        Error::Content { place: place.into(), message: message.into() }
    }
}

/// A place in a file, printed `file:line: column "name"` as far as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// The line, counted from 1.
    pub line: Option<u64>,
    /// The name of the column.
    pub column: Option<String>,
}

impl Place {
    /// The file as a whole.
    pub fn file(file: impl Into<String>) -> Self {
        Place { file: file.into(), line: None, column: None }
    }

    /// The same file, at this line (counted from 1).
    pub fn line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// The same line, in the column of this name.
    pub fn column(mut self, name: impl Into<String>) -> Self {
        self.column = Some(name.into());
        self
    }
}

impl From<&Path> for Place {
    fn from(path: &Path) -> Self {
        Place::file(path.display().to_string())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ": column {column:?}")?;
        }
        Ok(())
    }
}

/// A broken rule of one operation: its name, the rule, the operands, and notes beside them.
///
/// ```
/// use ndgrad_array::OperationError;
/// let error = OperationError::new("matmul", "inner sizes differ")
///     .operand("left", "[64, 3]", "")
///     .operand("right", "[2, 1]", "its rows (2) must equal left's columns (3)");
/// assert_eq!(
///     error.to_string(),
///     "matmul: inner sizes differ\n    left   [64, 3]\n    right  [2, 1]    its rows (2) must equal left's columns (3)"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationError(Box<Parts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    operation: String,
    rule: String,
    operands: Vec<[String; 3]>,
    remedy: String,
}

impl OperationError {
    /// `operation` was refused because of `rule`.
    pub fn new(operation: impl Into<String>, rule: impl Into<String>) -> Self {
        let (operation, rule) = (operation.into(), rule.into());
        OperationError(Box::new(Parts { operation, rule, operands: Vec::new(), remedy: String::new() }))
    }

    /// Adds a line with an operand's name, its shape, dtype or value, and a note (or an empty one).
    pub fn operand(mut self, name: &str, value: impl fmt::Display, note: impl Into<String>) -> Self {
        self.0.operands.push([name.to_string(), value.to_string(), note.into()]);
        self
    }

    /// Adds the last line: what to write instead.
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.0.remedy = remedy.into();
        self
    }
}

impl std::error::Error for OperationError {}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { operation, rule, operands, remedy } = &*self.0;
        write!(f, "{operation}: {rule}")?;
        let width = |column: usize| operands.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let (name_width, value_width) = (width(0), width(1));
        for [name, value, note] in operands {
            let line = format!("    {name:<name_width$}  {value:<value_width$}   {note}");
            write!(f, "\n{}", line.trim_end())?;
        }
        if !remedy.is_empty() {
            write!(f, "\n    {remedy}")?;
        }
        Ok(())
    }
}
