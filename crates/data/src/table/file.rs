//! Files, opened with errors that help.

use ndgrad_array::{Error, Result};
use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::Path;

/// Opens a file to read it, and tells whether it is a regular one, which can be read again.
pub(crate) fn open(path: &Path) -> Result<(File, bool)> {
    let explain = |error: io::Error| {
        let text = match error.kind() {
            ErrorKind::NotFound => "there is no such file\n    Check the spelling and the directory.",
            ErrorKind::IsADirectory => "it is a directory\n    Name one of the files in it.",
            ErrorKind::PermissionDenied => "you may not read it\n    Check the file's permissions.",
            _ => return Error::file(path, "read", error),
        };
        Error::file(path, "read", io::Error::new(error.kind(), text))
    };
    let file = File::open(path).map_err(explain)?;
    let metadata = file.metadata().map_err(explain)?;
    if metadata.is_dir() {
        return Err(explain(ErrorKind::IsADirectory.into()));
    }
    Ok((file, metadata.is_file()))
}
