//! `Chunks`: text cut into pieces of whole records.

use super::input::Input;
use crate::table::{breaks, is_break};
use memchr::{memchr, memchr_iter, memrchr};
use ndgrad_array::{Error, Place, Result};
use std::io::{ErrorKind, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// A record longer than this is none: most likely a quote was left open.
const LONGEST_RECORD: usize = 1 << 28;

/// Whole records.
pub(super) struct Chunk {
    bytes: Vec<u8>,
    /// The bytes that count; what follows is left of other chunks.
    len: usize,
    /// The line at which the first byte stands, counted from 1.
    pub line: u64,
    /// The number of line breaks.
    pub breaks: u64,
    spare: Spare,
}

impl Chunk {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.spare.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

/// Buffers to be used again, so that memory is neither asked for nor cleared for every chunk.
#[derive(Clone, Default)]
struct Spare(Arc<Mutex<Vec<Vec<u8>>>>);

/// Cuts text into chunks of about `size` bytes at the ends of records. Where it is cut depends on the text and on
/// `size` alone.
pub(super) struct Chunks {
    input: Input,
    reader: Box<dyn Read + Send>,
    delimiter: u8,
    size: usize,
    line: u64,
    /// The beginning of a record whose end was not in the chunk before.
    rest: Vec<u8>,
    ended: bool,
    spare: Spare,
}

/// Which bytes stand in quotes, found by going from quote to quote. A quote opens at the beginning of a field and
/// nowhere else, closes at the next one, and two of them within stand for one.
#[derive(Default)]
struct Quotes {
    inside: bool,
    /// Where the last one closed.
    closed: Option<usize>,
    /// Up to where quotes were looked for.
    seen: usize,
    /// The end of the last line break outside of quotes.
    end: Option<usize>,
}

impl Quotes {
    /// Looks at what of `bytes` was not seen. The last byte is not cut behind unless it is `\n`, as `\r\n` is one
    /// break.
    fn look(&mut self, bytes: &[u8], delimiter: u8) {
        let mut outside = self.seen;
        while let Some(found) = memchr(b'"', &bytes[self.seen..]) {
            let at = self.seen + found;
            self.seen = at + 1;
            if self.inside {
                (self.inside, self.closed, outside) = (false, Some(at), at + 1);
                continue;
            }
            let doubled = at > 0 && self.closed == Some(at - 1);
            let opens = at == 0 || doubled || bytes[at - 1] == delimiter || is_break(bytes[at - 1]);
            if opens {
                self.find_end(bytes, outside, at);
                self.inside = true;
            }
        }
        if !self.inside {
            self.find_end(bytes, outside, bytes.len());
        }
        self.seen = bytes.len();
    }

    fn find_end(&mut self, bytes: &[u8], from: usize, to: usize) {
        let last = memrchr(b'\n', &bytes[from..to]).or_else(|| {
            let to = to.min(bytes.len() - 1).max(from);
            memrchr(b'\r', &bytes[from..to])
        });
        if let Some(last) = last {
            self.end = Some(from + last + 1);
        }
    }
}

impl Chunks {
    /// Cuts what follows the first bytes, `header`, which take up `lines` lines.
    pub fn open(input: &Input, header: &[u8], lines: u64, delimiter: u8, size: usize) -> Result<Chunks> {
        let mut reader = input.read()?;
        let mut start = Vec::new();
        let count = reader.by_ref().take(header.len() as u64).read_to_end(&mut start);
        count.map_err(|error| input.failed(error))?;
        if start != header {
            let message = "the file changed while it was being read\n    Read it again once it is complete.";
            return Err(Error::content(Place::file(&input.name), message));
        }
        let (rest, spare) = (Vec::new(), Spare::default());
        Ok(Chunks {
            input: input.clone(),
            reader,
            delimiter,
            size,
            line: lines + 1,
            rest,
            ended: false,
            spare,
        })
    }

    fn read(&mut self) -> Result<Option<Chunk>> {
        let mut bytes = self.spare.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        let mut filled = self.rest.len();
        let mut quotes = Quotes::default();
        let mut size = self.size.max(2 * filled);
        if bytes.len() < size {
            bytes.resize(size, 0);
        }
        bytes[..filled].copy_from_slice(&self.rest);
        loop {
            while filled < size && !self.ended {
                match self.reader.read(&mut bytes[filled..size]) {
                    Ok(0) => self.ended = true,
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(self.input.failed(error)),
                }
            }
            if self.ended {
                self.rest.clear();
                return Ok((filled > 0).then(|| self.chunk(bytes, filled)));
            }
            quotes.look(&bytes[..filled], self.delimiter);
            if let Some(end) = quotes.end {
                self.rest.clear();
                self.rest.extend_from_slice(&bytes[end..filled]);
                return Ok(Some(self.chunk(bytes, end)));
            }
            if size >= LONGEST_RECORD {
                let message = "the row that begins here has no end within 256 MB\n    \
                               Is a double quote left open in it?";
                return Err(Error::content(Place::file(&self.input.name).line(self.line), message));
            }
            size *= 2;
            bytes.resize(size, 0);
        }
    }

    fn chunk(&mut self, bytes: Vec<u8>, len: usize) -> Chunk {
        let text = &bytes[..len];
        let count = match memchr(b'\r', text) {
            None => memchr_iter(b'\n', text).count() as u64,
            Some(_) => breaks(text),
        };
        let line = self.line;
        self.line += count;
        Chunk { bytes, len, line, breaks: count, spare: self.spare.clone() }
    }
}

impl Iterator for Chunks {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Result<Chunk>> {
        self.read().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str, size: usize) -> Vec<(u64, String)> {
        let input = Input::copy("t", text.as_bytes()).unwrap();
        let chunks = Chunks::open(&input, b"", 0, b',', size).unwrap().map(Result::unwrap);
        chunks.map(|chunk| (chunk.line, String::from_utf8(chunk.bytes().to_vec()).unwrap())).collect()
    }

    #[test]
    fn cuts_are_at_the_ends_of_records() {
        let texts = |text: &str, size| Vec::from_iter(cut(text, size).into_iter().map(|(_, text)| text));
        assert_eq!(texts("a\nb\nc\nd", 4), ["a\nb\n", "c\nd"]);
        assert_eq!(texts("a\r\nb\r\n", 2), ["a\r\n", "b\r\n"]);
        assert_eq!(texts("a\rb\rc", 3), ["a\r", "b\r", "c"]);
        assert_eq!(texts("\"1\n2\"\n3\n", 3), ["\"1\n2\"\n", "3\n"]);
        assert_eq!(texts("\"1\"\"\n2\"\n3\n", 4), ["\"1\"\"\n2\"\n", "3\n"]);
        assert_eq!(texts("5\"\n6\"\n7\n", 4), ["5\"\n", "6\"\n", "7\n"], "quotes within a field are text");
        let lines = [(1, "a\n"), (2, "\"b\nc\"\n"), (4, "dd\n"), (5, "ee\n")];
        assert_eq!(cut("a\n\"b\nc\"\ndd\nee\n", 2), lines.map(|(line, text)| (line, text.to_string())));
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[ab,\"\n\r]{0,60}", size in 1usize..20) {
            let chunks = cut(&text, size);
            prop_assert_eq!(chunks.iter().map(|(_, text)| text.as_str()).collect::<String>(), text.clone());
            let mut line = 1;
            for (first, text) in chunks {
                prop_assert_eq!(first, line);
                line += breaks(text.as_bytes());
            }
        }
    }
}
