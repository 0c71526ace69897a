//! `Input`: bytes that can be read from the start again, decompressed on the way.

use super::frames::Frames;
use crate::table::open;
use flate2::read::MultiGzDecoder;
use ndgrad_array::{Error, Result, TemporaryFile};
use std::fs::File;
use std::io::{self, BufReader, Cursor, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is not a regular file is held in memory up to this many bytes, in a temporary file beyond.
const MOST_IN_MEMORY: u64 = 1 << 26;

/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// Bytes that can be read from the start again.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// As messages call it.
    pub name: String,
    place: Place,
}

#[derive(Clone, Debug)]
enum Place {
    File(PathBuf),
    Memory(Arc<Vec<u8>>),
    /// A copy on disk, removed with the last handle.
    Copy(Arc<TemporaryFile>),
}

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compression {
    Gzip,
    Zstandard,
}

const SIGNATURES: [(&[u8], Compression); 2] =
    [(b"\x1f\x8b", Compression::Gzip), (b"\x28\xb5\x2f\xfd", Compression::Zstandard)];

impl Input {
    /// The file at `path`, or standard input for `-`. What can be read once only is copied.
    pub fn open(path: &Path) -> Result<Input> {
        if path == Path::new(STANDARD_INPUT) {
            return Input::copy("standard input", io::stdin().lock());
        }
        let name = path.display().to_string();
        match open(path)? {
            (_, true) => Ok(Input { name, place: Place::File(path.to_path_buf()) }),
            (file, false) => Input::copy(&name, file),
        }
    }

    /// Everything that `reader` gives.
    pub fn copy(name: &str, mut reader: impl Read) -> Result<Input> {
        let failed = |error| Error::file(name, "read", error);
        let mut start = Vec::new();
        let count = reader.by_ref().take(MOST_IN_MEMORY).read_to_end(&mut start).map_err(failed)?;
        if (count as u64) < MOST_IN_MEMORY {
            return Ok(Input { name: name.to_string(), place: Place::Memory(Arc::new(start)) });
        }
        let copy = TemporaryFile::new().and_then(|(copy, mut file)| {
            io::copy(&mut Cursor::new(start).chain(reader), &mut file)?;
            Ok(copy)
        });
        let copy = copy.map_err(|error| Error::file(name, "copy to a temporary file", error))?;
        Ok(Input { name: name.to_string(), place: Place::Copy(Arc::new(copy)) })
    }

    /// The bytes from the start, as they are.
    pub fn raw(&self) -> Result<Raw> {
        Ok(match &self.place {
            Place::File(path) => Raw::File(open(path)?.0),
            Place::Memory(bytes) => Raw::Memory(Cursor::new(Bytes(bytes.clone()))),
            Place::Copy(copy) => Raw::File(File::open(copy.path()).map_err(|error| self.failed(error))?),
        })
    }

    /// A file with the bytes as they are.
    #[cfg(feature = "arrow")]
    pub fn file(&self) -> Result<File> {
        match self.raw()? {
            Raw::File(file) => Ok(file),
            Raw::Memory(mut bytes) => {
                let copy = TemporaryFile::new().and_then(|(copy, mut file)| {
                    io::copy(&mut bytes, &mut file)?;
                    File::open(copy.path())
                });
                copy.map_err(|error| Error::file(&self.name, "copy to a temporary file", error))
            }
        }
    }

    /// The bytes from the start, decompressed.
    pub fn read(&self) -> Result<Box<dyn Read + Send>> {
        let mut raw = self.raw()?;
        let mut start = Vec::new();
        raw.by_ref().take(4).read_to_end(&mut start).map_err(|error| self.failed(error))?;
        let found = SIGNATURES.iter().find(|(signature, _)| start.starts_with(signature));
        let whole = Cursor::new(start).chain(raw);
        Ok(match found {
            None => Box::new(whole),
            Some((_, Compression::Gzip)) => Box::new(Decoded("gzip", MultiGzDecoder::new(whole))),
            Some((_, Compression::Zstandard)) => {
                Box::new(Decoded("zstd", Frames::new(BufReader::with_capacity(1 << 16, whole))))
            }
        })
    }

    pub fn failed(&self, error: io::Error) -> Error {
        Error::file(&self.name, "read", error)
    }
}

/// The bytes of an input as they are.
pub(crate) enum Raw {
    File(File),
    Memory(Cursor<Bytes>),
}

/// Bytes that several readers share.
pub(crate) struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Seek for Raw {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        match self {
            Raw::File(file) => file.seek(place),
            Raw::Memory(bytes) => bytes.seek(place),
        }
    }
}

impl Read for Raw {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Raw::File(file) => file.read(buffer),
            Raw::Memory(bytes) => bytes.read(buffer),
        }
    }
}

/// A decompressor whose errors say what the file should be.
struct Decoded<R>(&'static str, R);

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1.read(buffer).map_err(|error| match error.raw_os_error() {
            None if error.kind() != ErrorKind::Interrupted => io::Error::new(
                error.kind(),
                format!(
                    "its {} stream is damaged or cut short ({error})\n    Copy the file anew from where it came from.",
                    self.0
                ),
            ),
            _ => error,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let input = Input::copy("a.csv.gz", &bytes[..]).unwrap();
        let mut out = Vec::new();
        let result = input.read().unwrap().read_to_end(&mut out);
        result.map(|_| out).map_err(|error| input.failed(error).to_string())
    }

    #[test]
    fn members_of_gzip_follow_each_other() {
        let all = [gzip(b"one\n"), gzip(b"two\n")].concat();
        assert_eq!(read(all).unwrap(), b"one\ntwo\n");
    }

    #[test]
    fn frames_of_zstd_follow_each_other() {
        let frame = |text: &[u8]| {
            let compressed =
                ruzstd::encoding::compress_to_vec(text, ruzstd::encoding::CompressionLevel::Fastest);
            assert!(compressed.starts_with(b"\x28\xb5\x2f\xfd"));
            compressed
        };
        assert_eq!(read([frame(b"one\n"), frame(b"two\n")].concat()).unwrap(), b"one\ntwo\n");
        let whole = frame(&b"three,four\n".repeat(1000));
        for end in [5, whole.len() / 2, whole.len() - 1] {
            let error = read(whole[..end].to_vec()).unwrap_err();
            assert!(error.contains("its zstd stream is damaged or cut short"), "{error}");
        }
    }

    #[test]
    fn what_is_damaged_is_said_to_be() {
        let mut bytes = gzip(&b"one,two,three\n".repeat(100));
        let error = read(bytes[..bytes.len() - 9].to_vec()).unwrap_err();
        assert!(
            error.starts_with("a.csv.gz: cannot read: its gzip stream is damaged or cut short"),
            "{error}"
        );
        assert!(error.ends_with("Copy the file anew from where it came from."), "{error}");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 0xff;
        assert!(read(bytes).is_err());
    }

    #[test]
    fn what_is_large_is_copied_to_a_file() {
        let large = std::io::repeat(b'a').take(MOST_IN_MEMORY + 10);
        let input = Input::copy("pipe", large).unwrap();
        assert!(matches!(input.place, Place::Copy(_)));
        for _ in 0..2 {
            let count = io::copy(&mut input.read().unwrap(), &mut io::sink()).unwrap();
            assert_eq!(count, MOST_IN_MEMORY + 10);
        }
    }
}
