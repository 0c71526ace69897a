//! `OutputDirectory`: a folder that gets all files of a run or none.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use ndgrad::{Error, Place, Result};

/// A folder that gets all files of a run or none: they are made in a hidden folder inside, and moved out
/// together at the end.
pub struct OutputDirectory {
    path: PathBuf,
    staging: PathBuf,
    names: Vec<String>,
    /// Whether the folder is this run's own, and goes with it if it stays empty.
    own: bool,
}

impl OutputDirectory {
    /// Tries whether files can be made in the folder: better now than after the work. A folder that is not there
    /// yet is made only to try; [`file`](Self::file) makes it again.
    ///
    /// # Errors
    /// If the folder cannot be made or written to.
    pub fn prepare(path: &Path) -> Result<OutputDirectory> {
        let staging = path.join(format!(".ndgrad-{}.part", std::process::id()));
        let own = !path.exists();
        let output = OutputDirectory { path: path.to_path_buf(), staging, names: Vec::new(), own };
        let missing: Vec<&Path> =
            path.ancestors().take_while(|part| !part.as_os_str().is_empty() && !part.exists()).collect();
        output.create()?;
        let probe = output.staging.join("probe");
        let tried = File::create_new(&probe).map_err(|error| output.refused(error));
        // What cannot be removed is an empty folder, and does no harm.
        let _ = fs::remove_dir_all(&output.staging);
        missing.into_iter().for_each(|part| drop(fs::remove_dir(part)));
        tried.map(|_| output)
    }

    fn create(&self) -> Result<()> {
        fs::create_dir_all(&self.path)
            .and_then(|()| fs::create_dir_all(&self.staging))
            .map_err(|e| self.refused(e))
    }

    fn refused(&self, error: io::Error) -> Error {
        let reason = match error.kind() {
            ErrorKind::AlreadyExists => {
                "there is a file of that name\n    Choose another directory with --out."
            }
            ErrorKind::NotADirectory => "a part of it is a file\n    Choose another directory with --out.",
            ErrorKind::PermissionDenied => {
                "you may not write there\n    Choose another directory with --out."
            }
            _ => return Error::file(&self.path, "write to the directory", error),
        };
        Error::file(&self.path, "write to the directory", io::Error::new(error.kind(), reason))
    }

    /// The place to write the file of this name to.
    ///
    /// # Errors
    /// If there is a directory of that name, or the folder cannot be written to.
    pub fn file(&mut self, name: &str) -> Result<PathBuf> {
        let target = self.path.join(name);
        if target.is_dir() {
            let message = "a directory stands where this file belongs\n    Move it away, or choose another directory with --out.";
            return Err(Error::content(Place::from(target.as_path()), message));
        }
        self.create()?;
        self.names.push(name.to_string());
        Ok(self.staging.join(name))
    }

    /// What the file of this name will be called once it is published.
    pub fn published(&self, name: &str) -> String {
        self.path.join(name).display().to_string()
    }

    /// Moves all files to their places, where they replace those of an earlier run.
    ///
    /// # Errors
    /// If the file system refuses.
    pub fn publish(self) -> Result<()> {
        for name in &self.names {
            let target = self.path.join(name);
            fs::rename(self.staging.join(name), &target)
                .map_err(|error| Error::file(&target, "write", error))?;
        }
        Ok(())
    }
}

/// The hidden folder goes in any case. What cannot be removed is no worse than the error that led here.
impl Drop for OutputDirectory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.staging);
        if self.own {
            // Refused where there are files in it.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together_at_the_end() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b");
        let mut output = OutputDirectory::prepare(&path).unwrap();
        assert_eq!(names(root.path()), [""; 0], "trying leaves nothing behind");
        for name in ["x", "y"] {
            fs::write(output.file(name).unwrap(), name).unwrap();
            assert!(!path.join(name).exists());
        }
        assert_eq!(output.published("x"), path.join("x").display().to_string());
        output.publish().unwrap();
        assert_eq!(names(&path), ["x", "y"]);
    }

    #[test]
    fn a_run_that_fails_leaves_earlier_files_alone() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("x"), "old").unwrap();
        let mut output = OutputDirectory::prepare(root.path()).unwrap();
        fs::write(output.file("x").unwrap(), "new").unwrap();
        drop(output);
        assert_eq!(names(root.path()), ["x"]);
        assert_eq!(fs::read_to_string(root.path().join("x")).unwrap(), "old");
    }

    #[test]
    fn what_stands_in_the_way_is_named() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        fs::write(&file, "").unwrap();
        for path in [file.clone(), file.join("below")] {
            let message = OutputDirectory::prepare(&path).err().unwrap().to_string();
            assert!(
                message.starts_with(&path.display().to_string()) && message.ends_with("--out."),
                "{message}"
            );
        }
        fs::create_dir(root.path().join("x")).unwrap();
        let message = OutputDirectory::prepare(root.path()).unwrap().file("x").unwrap_err().to_string();
        assert!(message.contains("a directory stands where this file belongs"), "{message}");
    }
}
