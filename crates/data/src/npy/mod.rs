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

mod header;

use std::io::{BufReader, Read, Write};
use std::path::Path;

use ndgrad_array::{DType, Error, Place, Result, Shape};
use ndgrad_tensor::Tensor;

use crate::elements::{self, ReadError};
use crate::table::open;
use header::DESCRIPTIONS;
pub(crate) use header::{Elements, Header, MAGIC, byte_order};
use ndgrad_array::write_file;

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
    let (dtype, big_endian) = header.dtype().map_err(wrong)?;
    let mut sizes = header.sizes;
    if header.fortran {
        // Rows of the reversed axes lie one after another.
        sizes.reverse();
    }
    let shape = elements::checked_shape(&sizes, dtype).map_err(wrong)?;
    let tensor = elements::read(reader, shape, dtype, big_endian).map_err(|error| match error {
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
