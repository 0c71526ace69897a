//! NumPy's `npy` files: one array each.
//!
//! Read are all versions of the format (1 to 3), either byte order, rows or columns first (Fortran order, which
//! becomes a view), and the dtypes that tensors have. Written is what NumPy writes, byte for byte. The format is
//! described in NumPy's documentation, `numpy.lib.format`.
//!
//! ```
//! use ndgrad_data::npy;
//! use ndgrad_tensor::tensor;
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("x.npy");
//! let x = tensor([[1.5, 2.0], [3.0, 4.0]]);
//! npy::write(&path, &x)?;
//! assert_eq!(npy::read(&path)?.to_vec::<f32>(), x.to_vec::<f32>());
//! # Ok::<(), ndgrad_array::Error>(())
//! ```

use std::io::{BufReader, Read, Write};
use std::path::Path;

use ndgrad_array::{DType, DTypes, Error, Place, Result, Shape};
use ndgrad_tensor::Tensor;

use crate::elements::{self, ReadError};
use crate::table::open;
use ndgrad_array::write_file;

const MAGIC: &[u8] = b"\x93NUMPY";
/// Headers of arrays without fields have some hundred bytes.
const LONGEST_HEADER: usize = 1 << 16;

/// Reads the array of a file. What follows it is left unread, as NumPy does: another array, perhaps.
///
/// # Errors
/// When the file cannot be read, is cut short or is no `npy` file; when its dtype is none that tensors have, or its
/// axes are more.
pub fn read(path: impl AsRef<Path>) -> Result<Tensor> {
    let path = path.as_ref();
    from_reader(&path.display().to_string(), BufReader::new(open(path)?.0))
}

/// Reads an array from anywhere; errors call it `name`. Exactly the array's bytes are taken, so that one call after
/// another reads what NumPy saved one after another.
///
/// # Errors
/// As [`read`].
pub fn from_reader(name: &str, mut reader: impl Read) -> Result<Tensor> {
    let header = Header::read(name, &mut reader)?;
    let wrong = |message: String| Error::content(Place::file(name), message);
    let dtype = header.dtype;
    let mut sizes = header.sizes;
    if header.fortran {
        // Rows of the reversed axes lie one after another.
        sizes.reverse();
    }
    let shape = elements::checked_shape(&sizes, dtype).map_err(wrong)?;
    let tensor = elements::read(reader, shape, dtype, header.big_endian).map_err(|error| match error {
        ReadError::Io(error) => Error::file(name, "read", error),
        ReadError::Short { there } => wrong(format!(
            "the file is cut short: its header claims {} elements of {dtype}, {} bytes, but {there} are there",
            shape.size(),
            shape.size() * dtype.size()
        )),
    })?;
    let backwards: Vec<usize> = (0..shape.rank()).rev().collect();
    Ok(if header.fortran { tensor.permute(&backwards[..]) } else { tensor })
}

/// Writes a tensor to a file, whole or not at all.
///
/// # Errors
/// When the file system refuses.
pub fn write(path: impl AsRef<Path>, tensor: &Tensor) -> Result<()> {
    write_file(path, |writer| to_writer(writer, tensor))
}

/// Writes a tensor to anything.
///
/// # Errors
/// When the writer fails; [`Error::File`] holds the reason.
pub fn to_writer(mut writer: impl Write, tensor: &Tensor) -> Result<()> {
    let header = header(tensor.shape(), tensor.dtype());
    writer.write_all(&header).map_err(Error::output)?;
    elements::write(&mut writer, tensor).map_err(Error::output)
}

const DESCRIPTIONS: [(DType, &str); 6] = [
    (DType::F32, "f4"),
    (DType::F64, "f8"),
    (DType::I32, "i4"),
    (DType::I64, "i8"),
    (DType::U8, "u1"),
    (DType::Bool, "b1"),
];

/// Magic string, version, length and dictionary, padded as NumPy pads them: with room for the first size to grow,
/// to a multiple of 64 bytes.
pub(crate) fn header(shape: Shape, dtype: DType) -> Vec<u8> {
    let order = if dtype.size() == 1 { '|' } else { '<' };
    let (_, description) = DESCRIPTIONS.iter().find(|(other, _)| *other == dtype).expect("every dtype");
    let sizes: String = shape.iter().map(|size| format!("{size}, ")).collect();
    let sizes = if shape.rank() == 1 { sizes.trim_end() } else { sizes.trim_end_matches(", ") };
    let mut text =
        format!("{{'descr': '{order}{description}', 'fortran_order': False, 'shape': ({sizes}), }}");
    if let Some(first) = shape.first() {
        text.push_str(&" ".repeat(21 - first.to_string().len()));
    }
    // At least one space and the line break.
    let length = (MAGIC.len() + 4 + text.len() + 2).next_multiple_of(64) - MAGIC.len() - 4;
    text.push_str(&" ".repeat(length - 1 - text.len()));
    text.push('\n');
    [MAGIC, &[1, 0], &(length as u16).to_le_bytes(), text.as_bytes()].concat()
}

/// What stands before the elements.
struct Header {
    dtype: DType,
    big_endian: bool,
    fortran: bool,
    sizes: Vec<usize>,
}

impl Header {
    fn read(name: &str, reader: &mut impl Read) -> Result<Header> {
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
        Header::parse(&text).map_err(wrong)
    }

    /// Reads the dictionary, a Python literal.
    fn parse(text: &str) -> Result<Header, String> {
        let mut literal = Literal { text, rest: text };
        let (mut kind, mut fortran, mut sizes) = (None, None, None);
        literal.expect('{')?;
        while !literal.skip('}') {
            let key = literal.string()?;
            literal.expect(':')?;
            let twice = match key {
                "descr" => kind.replace(literal.description()?).is_some(),
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
        let (dtype, big_endian) = kind.ok_or_else(|| missing("descr"))?;
        let fortran = fortran.ok_or_else(|| missing("fortran_order"))?;
        let sizes = sizes.ok_or_else(|| missing("shape"))?;
        Ok(Header { dtype, big_endian, fortran, sizes })
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

    /// A dtype, and whether the high byte comes first.
    fn description(&mut self) -> Result<(DType, bool), String> {
        if self.rest.trim_start().starts_with('[') {
            return Err(
                "the array has fields, a table of records\n    Save its columns as arrays of their own."
                    .into(),
            );
        }
        let text = self.string()?;
        let (order, kind) = match text.chars().next() {
            Some(order @ ('<' | '>' | '|' | '=')) => (order, &text[1..]),
            _ => ('=', text),
        };
        let Some((dtype, _)) = DESCRIPTIONS.iter().find(|(_, description)| *description == kind) else {
            return Err(format!(
                "the dtype {text:?} is none of those that tensors have ({})\n    \
                 Convert it in NumPy: numpy.save(path, x.astype('float32'))",
                DTypes::ALL
            ));
        };
        Ok((*dtype, order == '>' || order == '=' && cfg!(target_endian = "big")))
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
