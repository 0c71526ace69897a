//! The fields of a chunk of text, given to the builders of their columns.

use super::Kind;
use super::builder::Builder;
use super::chunks::Chunk;
use crate::table::{Lines, is_break, prefix};
use memchr::{memchr, memchr3};

/// Why a chunk is not read to its end.
pub(super) enum Stop {
    /// A field is not of the kind that its column is to be: the line, the builder, the text.
    Other { line: u64, builder: usize, wanted: Kind, text: String },
    /// It is not as regular as what is read here: [`Records`](crate::table::Records) reads it, or says what is wrong.
    Irregular,
}

/// Bytes of a chunk, and how far they are read.
struct Fields<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    delimiter: u8,
    /// The text of a quoted field with quotes in it.
    unquoted: String,
}

/// Gives the fields of every record to their builders: those of column `i` to builder `slots[i]`.
pub(super) fn scan(
    chunk: &Chunk,
    delimiter: u8,
    slots: &[Option<usize>],
    builders: &mut [Builder],
) -> Result<Lines, Stop> {
    let bytes = chunk.bytes();
    let text = std::str::from_utf8(bytes).map_err(|_| Stop::Irregular)?;
    if memchr(0, bytes).is_some() {
        return Err(Stop::Irregular);
    }
    let mut fields = Fields { text, bytes, at: 0, delimiter, unquoted: String::new() };
    let (mut lines, mut line) = (Lines::default(), chunk.line);
    loop {
        line += fields.skip_breaks();
        if fields.at == bytes.len() {
            return Ok(lines);
        }
        let (row, first) = (lines.rows(), line);
        for (column, slot) in slots.iter().enumerate() {
            if column > 0 && !fields.skip_delimiter() {
                return Err(Stop::Irregular);
            }
            match slot {
                None => line += fields.skip()?,
                Some(slot) => {
                    let builder = &mut builders[*slot];
                    if fields.number(builder) {
                        continue;
                    }
                    let (field, breaks) = fields.field()?;
                    builder.push(row, field).map_err(|wanted| Stop::Other {
                        line: first,
                        builder: *slot,
                        wanted,
                        text: field.trim().to_string(),
                    })?;
                    line += breaks;
                }
            }
        }
        if !fields.is_end() {
            return Err(Stop::Irregular);
        }
        lines.push(first);
    }
}

impl<'a> Fields<'a> {
    /// Skips line breaks and counts them.
    #[inline]
    fn skip_breaks(&mut self) -> u64 {
        let mut count = 0;
        while let Some(byte @ (b'\n' | b'\r')) = self.bytes.get(self.at) {
            self.at += if *byte == b'\r' && self.bytes.get(self.at + 1) == Some(&b'\n') { 2 } else { 1 };
            count += 1;
        }
        count
    }

    #[inline]
    fn skip_delimiter(&mut self) -> bool {
        let found = self.bytes.get(self.at) == Some(&self.delimiter);
        self.at += usize::from(found);
        found
    }

    /// Whether the record ends here.
    #[inline]
    fn is_end(&self) -> bool {
        self.bytes.get(self.at).is_none_or(|byte| is_break(*byte))
    }

    /// Reads a number that fills its field, the common case: without looking for the field's end first.
    #[inline]
    fn number(&mut self, builder: &mut Builder) -> bool {
        if !matches!(builder, Builder::Number(_) | Builder::Survey(_)) {
            return false;
        }
        let Some((number, length)) = prefix(&self.bytes[self.at..]) else { return false };
        let end = self.bytes.get(self.at + length);
        if end.is_some_and(|byte| *byte != self.delimiter && !is_break(*byte)) {
            return false;
        }
        self.at += length;
        match builder {
            Builder::Number(numbers) => numbers.push(number),
            Builder::Survey(survey) => survey.numbers += 1,
            Builder::Date(_) | Builder::Category(..) => return false,
        }
        true
    }

    /// The end of a field without quotes.
    #[inline]
    fn end(&self) -> usize {
        memchr3(self.delimiter, b'\n', b'\r', &self.bytes[self.at..])
            .map_or(self.bytes.len(), |end| self.at + end)
    }

    /// Skips a field; gives the number of line breaks in it.
    #[inline]
    fn skip(&mut self) -> Result<u64, Stop> {
        if self.bytes.get(self.at) == Some(&b'"') {
            return Ok(self.field()?.1);
        }
        self.at = self.end();
        Ok(0)
    }

    /// The text of the field, without its quotes, and the number of line breaks in it.
    fn field(&mut self) -> Result<(&str, u64), Stop> {
        if self.bytes.get(self.at) != Some(&b'"') {
            let start = self.at;
            self.at = self.end();
            return Ok((&self.text[start..self.at], 0));
        }
        let start = self.at + 1;
        let mut from = start;
        self.unquoted.clear();
        loop {
            let quote = from + memchr(b'"', &self.bytes[from..]).ok_or(Stop::Irregular)?;
            self.at = quote + 1;
            if self.bytes.get(self.at) == Some(&b'"') {
                self.unquoted.push_str(&self.text[from..self.at]);
                from = self.at + 1;
                continue;
            }
            if self.bytes.get(self.at).is_some_and(|byte| *byte != self.delimiter && !is_break(*byte)) {
                return Err(Stop::Irregular);
            }
            let breaks = crate::table::breaks(&self.bytes[start..quote]);
            if from == start {
                return Ok((&self.text[start..quote], breaks));
            }
            self.unquoted.push_str(&self.text[from..quote]);
            return Ok((&self.unquoted, breaks));
        }
    }
}
