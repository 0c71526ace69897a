//! `Options`: what is known of a file before it is read.

use super::Kind;
use std::path::Path;

/// What is known of a file before it is read. All else is found out.
///
/// ```
/// use ndgrad_data::Options;
/// let options = Options::new().categories(["zip"]).dates(["sold"]).delimiter(b';');
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    pub(super) delimiter: Option<u8>,
    pub(super) declared: Vec<(String, Kind)>,
    pub(super) batch_bytes: Option<usize>,
}

impl Options {
    /// Nothing is known.
    pub fn new() -> Self {
        Options::default()
    }

    /// What separates the fields of a text file; by default tabs where the name ends in `.tsv` or `.tab`, commas
    /// elsewhere.
    ///
    /// # Panics
    /// If it is a double quote, a line break or not ASCII.
    #[track_caller]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        let usable = delimiter.is_ascii() && !matches!(delimiter, b'"' | b'\n' | b'\r');
        assert!(usable, "{:?} cannot separate fields", delimiter as char);
        self.delimiter = Some(delimiter);
        self
    }

    /// These columns hold categories, even if their fields look like numbers or dates.
    pub fn categories<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        self.declare(names, Kind::Category)
    }

    /// These columns hold numbers; a field that is none is an error.
    pub fn numbers<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        self.declare(names, Kind::Number)
    }

    /// These columns hold dates; a field that is none is an error.
    pub fn dates<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self {
        self.declare(names, Kind::Date)
    }

    fn declare<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>, kind: Kind) -> Self {
        self.declared.extend(names.into_iter().map(|name| (name.into(), kind)));
        self
    }

    /// About how many bytes of a text file make a batch; by default a megabyte, and more where there are thousands of
    /// columns. A batch has whole records, at least one.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_bytes(mut self, bytes: usize) -> Self {
        assert!(bytes > 0, "a batch has at least one byte");
        self.batch_bytes = Some(bytes);
        self
    }

    /// What separates the fields of a text file of this name, compressed or not.
    pub fn delimiter_for(&self, path: &Path) -> u8 {
        let ending = |path: &Path| path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let compressed = matches!(ending(path).as_deref(), Some("gz" | "zst"));
        let inner = if compressed { ending(&path.with_extension("")) } else { ending(path) };
        let tabs = matches!(inner.as_deref(), Some("tsv" | "tab"));
        self.delimiter.unwrap_or(if tabs { b'\t' } else { b',' })
    }
}
