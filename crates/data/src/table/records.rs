//! `Records`: the records of a CSV file one by one, with their lines, their fields and their bytes.

use super::field::{excerpt, shorten};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use ndgrad_array::{Error, Place, Result};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Chain, Cursor, ErrorKind, Read};

/// Reads a header, then records that have as many fields. `csv_core` splits the fields; here is what it leaves
/// to others: exact line numbers, quotes that are never closed, and UTF-8.
pub(crate) struct Records<R> {
    file: String,
    delimiter: u8,
    input: BufReader<Chain<Cursor<Vec<u8>>, R>>,
    core: Reader,
    names: Vec<String>,
    /// Where the present record begins, and where reading stands.
    line: u64,
    position: Position,
    /// What was read since the record before: the line breaks between them, then the record itself.
    gap: Vec<u8>,
    raw: Vec<u8>,
    /// What `csv_core` writes: the unquoted bytes of all fields in a row, and the end of each.
    output: Vec<u8>,
    ends: Vec<usize>,
    fields: usize,
    text: String,
}

/// What the file begins with if it is not text in UTF-8, and what it then is.
const FOREIGN: [(&[u8], &str, &str); 3] = [
    (b"\xff\xfe", "text in UTF-16", "Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")."),
    (b"\xfe\xff", "text in UTF-16", "Save it as UTF-8 (in a spreadsheet: \"CSV UTF-8\")."),
    (b"PK\x03\x04", "a zip archive or a spreadsheet's workbook", "Save the sheet as CSV first."),
];

/// More fields than any table has; a file with more is not one, and need not fill the memory to be refused.
const MOST_FIELDS: usize = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

impl<R: Read> Records<R> {
    /// Reads the header. `file` is the name for messages.
    pub fn open(file: &str, delimiter: u8, mut reader: R) -> Result<Self> {
        let mut start = Vec::new();
        let read = reader.by_ref().take(4).read_to_end(&mut start);
        read.map_err(|error| Error::file(file, "read", error))?;
        for (signature, what, remedy) in FOREIGN {
            if start.starts_with(signature) {
                let message = format!("the file is {what}, not CSV\n    {remedy}");
                return Err(Error::content(Place::file(file), message));
            }
        }
        let mark = if start.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        let rest = start.split_off(mark);
        let mut records = Records::new(file, delimiter, 1, rest, reader);
        if !records.advance()? {
            let message = "the file is empty\n    Its first line must name the columns: height,weight";
            return Err(Error::content(Place::file(file), message));
        }
        records.names = records.header()?;
        // `start` keeps the mark, for whoever copies the file byte by byte.
        records.gap.splice(0..0, start);
        Ok(records)
    }

    /// Reads what follows the header: records that begin at `line`, with a field for each name.
    pub fn resume(file: &str, delimiter: u8, names: &[String], line: u64, reader: R) -> Self {
        Records { names: names.to_vec(), ..Records::new(file, delimiter, line, Vec::new(), reader) }
    }

    fn new(file: &str, delimiter: u8, line: u64, start: Vec<u8>, reader: R) -> Self {
        let mut core = ReaderBuilder::new().delimiter(delimiter).build();
        // A byte order mark in the first bytes that it sees would be lost, wherever they stand in the file.
        core.read_record(b"\n", &mut [0; 8], &mut [0; 8]);
        Records {
            file: file.to_string(),
            delimiter,
            input: BufReader::with_capacity(1 << 16, Cursor::new(start).chain(reader)),
            core,
            names: Vec::new(),
            line,
            position: Position { line, after_return: false },
            gap: Vec::new(),
            raw: Vec::new(),
            output: vec![0; 256],
            ends: vec![0; 16],
            fields: 0,
            text: String::new(),
        }
    }

    /// After the header: its bytes with all that stands before it and its line break, and the number of their lines.
    pub fn header_bytes(&mut self) -> Result<(Vec<u8>, u64)> {
        let mut bytes = [&self.gap[..], &self.raw].concat();
        if bytes.ends_with(b"\r") && fill(&mut self.input, &self.file)?.first() == Some(&b'\n') {
            bytes.push(b'\n');
        }
        let lines = breaks(&bytes);
        Ok((bytes, lines))
    }

    /// No text has a NUL byte; a device or a disk image has no end of them.
    fn not_text(&self) -> Error {
        let message = "a NUL byte: this file is not text\n    Name a CSV file, in UTF-8.";
        Error::content(Place::file(&self.file).line(self.line), message)
    }

    /// Reads the next record; `false` at the end of the file.
    pub fn advance_row(&mut self) -> Result<bool> {
        let found = self.advance()?;
        if found && self.fields != self.names.len() {
            return Err(self.ragged());
        }
        Ok(found)
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn into_names(self) -> Vec<String> {
        self.names
    }

    /// What separates the fields.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The file's name, as messages show it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Where the record begins.
    pub fn here(&self) -> Place {
        Place::file(&self.file).line(self.line)
    }

    /// The line at which the record begins, counted from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The text of the record's field, without its quotes.
    pub fn field(&self, index: usize) -> &str {
        &self.text[self.start(index)..self.ends[index]]
    }

    /// The bytes of the file since the record before: line breaks (and the byte order mark), then the record
    /// up to and including the first byte of its line break.
    pub fn bytes(&self) -> (&[u8], &[u8]) {
        (&self.gap, &self.raw)
    }

    fn start(&self, index: usize) -> usize {
        if index == 0 { 0 } else { self.ends[index - 1] }
    }

    fn advance(&mut self) -> Result<bool> {
        self.gap.clear();
        self.raw.clear();
        loop {
            let input = fill(&mut self.input, &self.file)?;
            if input.is_empty() {
                return Ok(false);
            }
            let breaks = input.iter().take_while(|byte| is_break(**byte)).count();
            let done = breaks < input.len();
            self.gap.extend_from_slice(&input[..breaks]);
            self.input.consume(breaks);
            if done {
                break;
            }
        }
        self.position.pass(&self.gap);
        self.line = self.position.line;

        let mut written = 0;
        self.fields = 0;
        loop {
            let input = fill(&mut self.input, &self.file)?;
            // The last line may lack its break. With one supplied, only an open quote asks for more.
            let at_end = input.is_empty();
            let (result, read, bytes, fields) = self.core.read_record(
                if at_end { b"\n" } else { input },
                &mut self.output[written..],
                &mut self.ends[self.fields..],
            );
            if !at_end {
                if input[..read].contains(&0) {
                    return Err(self.not_text());
                }
                self.raw.extend_from_slice(&input[..read]);
                self.input.consume(read);
            }
            written += bytes;
            self.fields += fields;
            match result {
                ReadRecordResult::Record => break,
                ReadRecordResult::InputEmpty if at_end => return Err(self.open_quote()),
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => self.output.resize(2 * self.output.len(), 0),
                ReadRecordResult::OutputEndsFull if self.fields >= MOST_FIELDS => {
                    let message = format!(
                        "this row has more than {MOST_FIELDS} fields\n    Is it a table with one row per line, and is {:?} what separates its fields?",
                        self.delimiter as char
                    );
                    return Err(self.error(message));
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(2 * self.ends.len(), 0),
                ReadRecordResult::End => return Ok(false),
            }
        }
        self.position.pass(&self.raw);
        self.decode(written)?;
        Ok(true)
    }

    /// Checks that every field is UTF-8: that all of them together are, and that none ends inside a character.
    fn decode(&mut self, written: usize) -> Result<()> {
        self.text.clear();
        let valid = match std::str::from_utf8(&self.output[..written]) {
            Ok(text) => {
                self.text.push_str(text);
                text.len()
            }
            Err(error) => error.valid_up_to(),
        };
        let ends = &self.ends[..self.fields];
        let bad = match valid == written {
            true => ends.iter().position(|&end| !self.text.is_char_boundary(end)),
            false => Some(ends.partition_point(|&end| end <= valid)),
        };
        let Some(field) = bad else { return Ok(()) };
        let start = self.start(field);
        let broken = std::str::from_utf8(&self.output[start..self.ends[field]]);
        let byte = self.output[start + broken.err().map_or(0, |error| error.valid_up_to())];
        let line = self.line + breaks(&self.output[..start]);
        let message = format!(
            "the text is not UTF-8 (byte 0x{byte:02X})\n    Save the file as UTF-8 (in a spreadsheet: \"CSV UTF-8\")."
        );
        Err(Error::content(self.place(line, field), message))
    }

    /// The names of the columns: all there, all different.
    fn header(&self) -> Result<Vec<String>> {
        let names: Vec<String> = (0..self.fields).map(|index| self.field(index).trim().to_string()).collect();
        let mut seen = HashMap::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            if name.is_empty() {
                let message = format!(
                    "column {} of {} has no name\n    Name it in the header. If it holds row numbers, write the file without them\n    (R: row.names = FALSE, pandas: index=False).",
                    index + 1,
                    names.len()
                );
                return Err(self.error(message));
            }
            if let Some(first) = seen.insert(name.as_str(), index) {
                let message = format!(
                    "columns {} and {} have the same name, {}\n    The first line must be a header that gives each column a name of its own.",
                    first + 1,
                    index + 1,
                    excerpt(name)
                );
                return Err(self.error(message));
            }
        }
        Ok(names)
    }

    fn ragged(&self) -> Error {
        let (found, expected) = (self.fields, self.names.len());
        let count = |n: usize| if n == 1 { "1 field".to_string() } else { format!("{n} fields") };
        let mut message = format!("this row has {}, but the header has {expected}", count(found));
        let last = self.line + breaks(self.raw.trim_ascii_end());
        if last > self.line {
            message += &format!(
                "\n    It reaches from line {} to line {last}: is a double quote left open there?",
                self.line
            );
        } else if let Some(hint) = delimiter_hint(&self.names) {
            message += &format!("\n    {hint}");
        } else if found < expected {
            message += "\n    Every row needs the same number of fields; leave a field empty where a value is missing.";
        } else {
            message += &format!(
                "\n    A field that contains {:?} must stand in double quotes.",
                self.delimiter as char
            );
        }
        self.error(message)
    }

    fn open_quote(&self) -> Error {
        let line = self.line + breaks(&self.output[..self.start(self.fields)]);
        let message = "a double quote opens here and is never closed\n    Add the closing quote, or write \"\" for a quote that is part of the text.";
        Error::content(self.place(line, self.fields), message)
    }

    /// An error at the line of the present record.
    fn error(&self, message: impl Into<String>) -> Error {
        Error::content(Place::file(&self.file).line(self.line), message)
    }

    fn place(&self, line: u64, field: usize) -> Place {
        let place = Place::file(&self.file).line(line);
        match self.names.get(field) {
            Some(name) => place.column(shorten(name)),
            None => place,
        }
    }
}

/// What to say when the header looks like several columns read as one.
pub(super) fn delimiter_hint<S: AsRef<str>>(names: &[S]) -> Option<String> {
    let [name] = names else { return None };
    let found = [';', '\t', '|', ','].into_iter().find(|&mark| name.as_ref().contains(mark))?;
    Some(format!(
        "The header is one column, {}: are the fields separated by {found:?}?",
        excerpt(name.as_ref())
    ))
}

fn fill<'a>(input: &'a mut impl BufRead, file: &str) -> Result<&'a [u8]> {
    // Not one loop that returns the buffer: the borrow would outlive the retry.
    while let Err(error) = input.fill_buf() {
        if error.kind() != ErrorKind::Interrupted {
            return Err(Error::file(file, "read", error));
        }
    }
    input.fill_buf().map_err(|error| Error::file(file, "read", error))
}

#[inline]
pub(crate) fn is_break(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// The number of line breaks in `bytes`.
pub(crate) fn breaks(bytes: &[u8]) -> u64 {
    let mut position = Position { line: 0, after_return: false };
    position.pass(bytes);
    position.line
}

/// The line that reading has come to. A break is `\n`, `\r\n` or a lone `\r`.
struct Position {
    line: u64,
    after_return: bool,
}

impl Position {
    fn pass(&mut self, bytes: &[u8]) {
        let Some(&last) = bytes.last() else { return };
        // Nearly every record holds one break, its last byte: count first, which the compiler turns into SIMD.
        let count = bytes.iter().filter(|byte| is_break(**byte)).count();
        if count <= 1 && is_break(last) && !(bytes == b"\n" && self.after_return) {
            self.line += count as u64;
        } else if count > 0 {
            let mut before = if self.after_return { b'\r' } else { 0 };
            for &byte in bytes {
                self.line += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
                before = byte;
            }
        }
        self.after_return = last == b'\r';
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn breaks_are_counted_as_an_editor_does() {
        for (text, lines) in [("", 0), ("a", 0), ("a\n", 1), ("\r\n", 1), ("\n\r", 2), ("a\rb\r\n\n", 3)] {
            assert_eq!(breaks(text.as_bytes()), lines, "{text:?}");
            let mut position = Position { line: 0, after_return: false };
            text.bytes().for_each(|byte| position.pass(&[byte]));
            assert_eq!(position.line, lines, "{text:?} byte by byte");
        }
    }

    #[test]
    fn records_know_their_line_and_bytes() {
        let text = "\u{feff}a,b\r\n\r\n\"1\r\nx\",2\r\n3,\"4\"\"\"";
        let mut records = Records::open("t.csv", b',', text.as_bytes()).unwrap();
        assert_eq!((records.line(), records.names().to_vec()), (1, vec!["a".to_string(), "b".to_string()]));
        assert_eq!(records.bytes(), ("\u{feff}".as_bytes(), "a,b\r".as_bytes()));
        assert!(records.advance_row().unwrap());
        assert_eq!((records.line(), records.field(0), records.field(1)), (3, "1\r\nx", "2"));
        assert_eq!(records.bytes(), ("\n\r\n".as_bytes(), "\"1\r\nx\",2\r".as_bytes()));
        assert!(records.advance_row().unwrap());
        assert_eq!((records.line(), records.field(1)), (5, "4\""));
        assert!(!records.advance_row().unwrap());
    }

    /// Reading `/dev/zero` once filled the memory.
    #[test]
    fn an_endless_stream_of_nul_bytes_is_refused_at_once() {
        let error = Records::open("zero", b',', std::io::repeat(0)).err().unwrap();
        assert_eq!(
            error.to_string(),
            "zero:1: a NUL byte: this file is not text\n    Name a CSV file, in UTF-8."
        );
    }
}
