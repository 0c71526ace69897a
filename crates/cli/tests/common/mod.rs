//! Runs the command in a directory of its own.

#![allow(dead_code)] // No test file uses all of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a run left behind.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// A directory to run the command in, with the sample files beside the files that a test writes.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Place {
        Place(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub fn file(&self, name: &str, text: impl AsRef<[u8]>) -> &Place {
        fs::write(self.path(name), text).unwrap();
        self
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The command, to be spawned with these words as arguments.
    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ndgrad"));
        command.current_dir(self.0.path()).args(words.split_whitespace()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &str) -> Run {
        Run::from(self.command(words).output().unwrap())
    }

    /// As [`run`](Self::run), for what must succeed.
    pub fn ok(&self, words: &str) -> Run {
        let run = self.run(words);
        assert_eq!(run.code, Some(0), "ndgrad {words}\n{}", run.err);
        run
    }

    /// The names of all files and directories, hidden ones too, sorted.
    pub fn names(&self) -> Vec<String> {
        names(self.0.path())
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Run {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Run { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

pub fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// A CSV file that travels with the project.
pub fn sample(name: &str) -> String {
    format!("{}/../data/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Rows of a noisy line in three columns of numbers and one of categories, the same on every run.
pub fn rows(count: usize) -> String {
    let mut text = "a,b,kind,y\n".to_string();
    let mut state = 1u64;
    let mut uniform = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 40) as f64 / (1 << 24) as f64
    };
    for i in 0..count {
        let (a, b, noise) = (10.0 * uniform(), uniform() - 0.5, uniform());
        let kind = ["x", "y", "z"][i % 3];
        text += &format!("{a},{b},{kind},{}\n", 3.0 * a - 7.0 * b + (i % 3) as f64 + noise);
    }
    text
}
