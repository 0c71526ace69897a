//! `write_file`: files written whole or not at all; `TemporaryFile`: files that go again.

use std::fs::{self, File};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Error, Result};

/// Writes a file whole or not at all: `write` fills a temporary file in the same directory, which then takes the
/// place of `path`. After an error the file is as it was before, or still not there.
///
/// A link is followed and a file's permissions are kept. What is not a regular file, `/dev/stdout` for example,
/// is written directly.
///
/// ```
/// # let directory = tempfile::tempdir().unwrap();
/// # let path = directory.path().join("note.txt");
/// ndgrad_array::write_file(&path, |writer| {
///     writer.write_all(b"done\n").map_err(ndgrad_array::Error::output)
/// })?;
/// assert_eq!(std::fs::read_to_string(&path).unwrap(), "done\n");
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
///
/// # Errors
/// What `write` returns, and what the file system refuses.
pub fn write_file(path: impl AsRef<Path>, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let path = path.as_ref();
    let named = |error| match error {
        Error::File { path: unnamed, action, source } if unnamed == Path::new(Error::OUTPUT) => {
            Error::file(path, action, source)
        }
        error => error,
    };
    let failed = |error| Error::file(path, "write", error);
    let existing = fs::metadata(path).ok();
    if existing.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        let mut file = BufWriter::new(File::create(path).map_err(failed)?);
        write(&mut file).map_err(named)?;
        return file.flush().map_err(failed);
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let (temporary, file) =
        TemporaryFile::beside(&target).map_err(|error| Error::file(path, "create", error))?;
    let mut file = BufWriter::new(file);
    write(&mut file).map_err(named)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    if let Some(metadata) = existing {
        file.set_permissions(metadata.permissions()).map_err(failed)?;
    }
    file.sync_all().map_err(failed)?;
    drop(file);
    temporary.rename(&target).map_err(failed)
}

/// Those that are there, for a program that ends without dropping them.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// No list is left half changed by a panic.
fn temporary() -> MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A file of a name of its own that is removed when this is dropped.
///
/// ```
/// let (temporary, _) = ndgrad_array::TemporaryFile::new()?;
/// let path = temporary.path().to_path_buf();
/// assert!(path.exists());
/// drop(temporary);
/// assert!(!path.exists());
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TemporaryFile(PathBuf);

impl TemporaryFile {
    /// A new file in the system's directory for temporary ones, which no one else may read, open for writing.
    ///
    /// # Errors
    /// What the file system refuses.
    pub fn new() -> io::Result<(Self, File)> {
        let (temporary, file) = TemporaryFile::beside(&std::env::temp_dir().join("file"))?;
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        Ok((temporary, file))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// A new file in the directory of `target`.
    fn beside(target: &Path) -> io::Result<(Self, File)> {
        let mut attempt = 0;
        loop {
            let path = target.with_file_name(format!(".ndgrad-{}-{attempt}.tmp", std::process::id()));
            match File::create_new(&path) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < 1000 => attempt += 1,
                result => {
                    let file = result?;
                    temporary().push(path.clone());
                    return Ok((TemporaryFile(path), file));
                }
            }
        }
    }

    /// Gives the file a name that it keeps.
    fn rename(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.0, target)?;
        self.forget();
        self.0 = PathBuf::new();
        Ok(())
    }

    fn forget(&self) {
        temporary().retain(|path| *path != self.0);
    }

    /// Removes all there are, also those of files half written: for a program that is about to end without dropping
    /// them, because it panics and panics end it at once.
    pub fn remove_all() {
        for path in temporary().drain(..) {
            let _ = fs::remove_file(path);
        }
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            // Nothing to be done if even this fails; the error that led here is the one to report.
            let _ = fs::remove_file(&self.0);
            self.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.txt");
        write_file(&path, |writer| writer.write_all(b"old").map_err(Error::output)).unwrap();
        let error = write_file(&path, |writer| {
            writer.write_all(b"new").map_err(Error::output)?;
            Err(Error::output(ErrorKind::StorageFull.into()))
        });
        let text = error.unwrap_err().to_string();
        assert_eq!(text, format!("{}: cannot write: no storage space", path.display()));
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("no/a.txt");
        let text = write_file(&path, |_| Ok(())).unwrap_err().to_string();
        assert!(text.starts_with(&format!("{}: cannot create: ", path.display())), "{text}");
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_and_permissions_kept() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (path, link) = (directory.path().join("a.txt"), directory.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&path, &link).unwrap();
        write_file(&link, |writer| writer.write_all(b"new").map_err(Error::output)).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
