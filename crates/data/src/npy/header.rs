//! What stands before the elements of an npy file: a Python literal.

use std::io::Read;

use ndgrad_array::{DType, DTypes, Error, Place, Result};

use crate::elements;

pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// Headers of arrays of numbers have some hundred bytes, those of thousands of fields more.
const LONGEST_HEADER: usize = 1 << 20;

/// How NumPy writes the dtypes that tensors have.
pub(super) const DESCRIPTIONS: [(DType, &str); 6] = [
    (DType::F32, "f4"),
    (DType::F64, "f8"),
    (DType::I32, "i4"),
    (DType::I64, "i8"),
    (DType::U8, "u1"),
    (DType::Bool, "b1"),
];

/// What an array is made of, as dtypes of NumPy: `<f8`.
pub(crate) enum Elements {
    One(String),
    /// Named fields of a record, one after another.
    Fields(Vec<(String, String)>),
}

/// What stands before the elements.
pub(crate) struct Header {
    pub elements: Elements,
    pub fortran: bool,
    pub sizes: Vec<usize>,
    /// The bytes that it takes.
    pub length: u64,
}

impl Header {
    pub fn read(name: &str, reader: &mut impl Read) -> Result<Header> {
        let wrong = |message: String| Error::content(Place::file(name), message);
        let mut take = |count: usize| -> Result<Vec<u8>> {
            let mut bytes = vec![0; count];
            let filled =
                elements::fill(reader, &mut bytes).map_err(|error| Error::file(name, "read", error))?;
            if filled < count {
                return Err(wrong("the file is cut short: it ends within the header".into()));
            }
            Ok(bytes)
        };
        let start = take(MAGIC.len())?;
        if start != MAGIC {
            return Err(wrong(format!(
                "this is no npy file: it does not start with \\x93NUMPY but with {:?}",
                start.escape_ascii().to_string()
            )));
        }
        let version = take(2)?;
        let length = match version[0] {
            1 => take(2)?.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte)),
            2 | 3 => take(4)?.iter().rev().fold(0, |length, &byte| length << 8 | usize::from(byte)),
            _ => {
                let [major, minor] = [version[0], version[1]];
                return Err(wrong(format!("npy version {major}.{minor} is unknown; those read are 1 to 3")));
            }
        };
        if length > LONGEST_HEADER {
            return Err(wrong(format!(
                "the header claims {length} bytes; that of an array of numbers has less than {LONGEST_HEADER}"
            )));
        }
        let text = String::from_utf8_lossy(&take(length)?).into_owned();
        let before = MAGIC.len() + 2 + if version[0] == 1 { 2 } else { 4 };
        Ok(Header { length: (before + length) as u64, ..Header::parse(&text).map_err(wrong)? })
    }

    /// The dtype of a tensor, and whether the high byte comes first.
    pub fn dtype(&self) -> Result<(DType, bool), String> {
        let text = match &self.elements {
            Elements::One(text) => text,
            Elements::Fields(_) => {
                return Err(
                    "the array has fields, a table of records\n    Save its columns as arrays of their own."
                        .into(),
                );
            }
        };
        let (big_endian, kind) = byte_order(text);
        let Some((dtype, _)) = DESCRIPTIONS.iter().find(|(_, description)| *description == kind) else {
            return Err(format!(
                "the dtype {text:?} is none of those that tensors have ({})\n    \
                 Convert it in NumPy: numpy.save(path, x.astype('float32'))",
                DTypes::ALL
            ));
        };
        Ok((*dtype, big_endian))
    }

    /// Reads the dictionary, a Python literal.
    fn parse(text: &str) -> Result<Header, String> {
        let mut literal = Literal { text, rest: text };
        let (mut elements, mut fortran, mut sizes) = (None, None, None);
        literal.expect('{')?;
        while !literal.skip('}') {
            let key = literal.string()?;
            literal.expect(':')?;
            let twice = match key {
                "descr" => elements.replace(literal.elements()?).is_some(),
                "fortran_order" => fortran.replace(literal.truth()?).is_some(),
                "shape" => sizes.replace(literal.sizes()?).is_some(),
                _ => return Err(format!("the header has an unknown entry {key:?}")),
            };
            if twice {
                return Err(format!("the header has the entry {key:?} twice"));
            }
            if !literal.skip(',') {
                literal.expect('}')?;
                break;
            }
        }
        if !literal.rest.trim().is_empty() {
            return Err(literal.wrong("the end"));
        }
        let missing = |key: &str| format!("the header has no entry {key:?}");
        let elements = elements.ok_or_else(|| missing("descr"))?;
        let fortran = fortran.ok_or_else(|| missing("fortran_order"))?;
        let sizes = sizes.ok_or_else(|| missing("shape"))?;
        Ok(Header { elements, fortran, sizes, length: 0 })
    }
}

/// A Python literal, and what of it is still to be read.
struct Literal<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Literal<'a> {
    fn wrong(&self, wanted: &str) -> String {
        let place = self.text[..self.text.len() - self.rest.len()].chars().count();
        let found: String = self.rest.chars().take(20).collect();
        format!("the header is malformed: at character {place}, {wanted} is expected, not {found:?}")
    }

    fn skip(&mut self, wanted: char) -> bool {
        self.rest = self.rest.trim_start();
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn expect(&mut self, wanted: char) -> Result<(), String> {
        if self.skip(wanted) { Ok(()) } else { Err(self.wrong(&format!("{wanted:?}"))) }
    }

    /// Text in quotes, without escapes.
    fn string(&mut self) -> Result<&'a str, String> {
        self.rest = self.rest.trim_start();
        let quote = self.rest.chars().next().filter(|quote| ['\'', '"'].contains(quote));
        let inside = quote.and_then(|quote| self.rest[1..].split_once(quote));
        let (inside, rest) = inside.ok_or_else(|| self.wrong("text in quotes"))?;
        self.rest = rest;
        Ok(inside)
    }

    fn truth(&mut self) -> Result<bool, String> {
        self.rest = self.rest.trim_start();
        for (text, truth) in [("True", true), ("False", false)] {
            if let Some(rest) = self.rest.strip_prefix(text) {
                self.rest = rest;
                return Ok(truth);
            }
        }
        Err(self.wrong("True or False"))
    }

    /// A dtype, or a list of pairs of a name and one.
    fn elements(&mut self) -> Result<Elements, String> {
        if !self.skip('[') {
            return Ok(Elements::One(self.string()?.to_string()));
        }
        let mut fields = Vec::new();
        while !self.skip(']') {
            self.expect('(')?;
            let name = self.string()?.to_string();
            self.expect(',')?;
            if ['[', '('].iter().any(|open| self.rest.trim_start().starts_with(*open)) {
                return Err(format!(
                    "the field {name:?} has fields itself\n    Save its columns as arrays of their own."
                ));
            }
            fields.push((name, self.string()?.to_string()));
            if self.skip(',') && !self.rest.trim_start().starts_with(')') {
                let (name, _) = &fields[fields.len() - 1];
                return Err(format!(
                    "the field {name:?} has several numbers in a record\n    Save its columns as arrays of their own."
                ));
            }
            self.expect(')')?;
            if !self.skip(',') {
                self.expect(']')?;
                break;
            }
        }
        Ok(Elements::Fields(fields))
    }

    /// A tuple of sizes.
    fn sizes(&mut self) -> Result<Vec<usize>, String> {
        self.expect('(')?;
        let mut sizes = Vec::new();
        while !self.skip(')') {
            self.rest = self.rest.trim_start();
            let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
            let size = self.rest[..end].parse().map_err(|_| self.wrong("a size"))?;
            // Python 2 wrote an L behind large ones.
            self.rest = self.rest[end..].strip_prefix('L').unwrap_or(&self.rest[end..]);
            sizes.push(size);
            if !self.skip(',') {
                self.expect(')')?;
                break;
            }
        }
        Ok(sizes)
    }
}

/// Whether the high byte comes first in numbers of this dtype, and the dtype without that.
pub(crate) fn byte_order(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'>') => (true, &text[1..]),
        Some(b'<' | b'|') => (false, &text[1..]),
        Some(b'=') => (cfg!(target_endian = "big"), &text[1..]),
        _ => (cfg!(target_endian = "big"), text),
    }
}
