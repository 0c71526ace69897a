//! NumPy's `npz` files: named arrays in a ZIP archive.
//!
//! Read is what `numpy.savez` and `numpy.savez_compressed` write. Written is the former's form: not compressed, and
//! without times, so that the same tensors are the same bytes.
//!
//! ```
//! use ndgrad_data::npz;
//! use ndgrad_tensor::tensor;
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("model.npz");
//! npz::write(&path, [("w", &tensor([1.5, 2.0])), ("b", &tensor([0.5]))])?;
//! let tensors = npz::read(&path)?;
//! assert_eq!(tensors.keys().collect::<Vec<_>>(), ["b", "w"]);
//! assert_eq!(tensors["w"].to_vec::<f32>(), [1.5, 2.0]);
//! # Ok::<(), ndgrad_array::Error>(())
//! ```

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::path::Path;

use ndgrad_array::{Error, Place, Result};
use ndgrad_tensor::Tensor;

use crate::npy;
use crate::table::open;
use crate::zip::{self, Writer};
use ndgrad_array::write_file;

/// Reads all arrays of a file, by name.
///
/// # Errors
/// When the file cannot be read, is cut short, damaged, or no `npz` file; when a member is no array that
/// [`npy::read`] reads.
pub fn read(path: impl AsRef<Path>) -> Result<BTreeMap<String, Tensor>> {
    let path = path.as_ref();
    let mut bytes = Vec::new();
    open(path)?.0.read_to_end(&mut bytes).map_err(|error| Error::file(path, "read", error))?;
    from_bytes(&path.display().to_string(), &bytes)
}

/// Reads all arrays from the bytes of a file; errors call it `name`.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Tensor>> {
    let wrong = |message: String| Error::content(Place::file(name), message);
    let mut tensors = BTreeMap::new();
    for member in zip::members(bytes).map_err(wrong)? {
        let Some(key) = member.name.strip_suffix(".npy") else {
            return Err(wrong(format!(
                "member {:?} is no array: its name does not end in .npy",
                member.name
            )));
        };
        let place = format!("{name}: member {:?}", member.name);
        let mut reader = member.reader();
        let tensor = npy::from_reader(&place, &mut reader)?;
        reader.finish().map_err(|message| Error::content(Place::file(place), message))?;
        if tensors.insert(key.to_string(), tensor).is_some() {
            return Err(wrong(format!("there are two members {:?}", member.name)));
        }
    }
    Ok(tensors)
}

/// Writes named tensors to a file, whole or not at all.
///
/// # Errors
/// When two have the same name; when the file system refuses.
pub fn write(
    path: impl AsRef<Path>,
    tensors: impl IntoIterator<Item = (impl AsRef<str>, impl Borrow<Tensor>)>,
) -> Result<()> {
    write_file(path, |writer| to_writer(writer, tensors))
}

/// Writes named tensors to anything.
///
/// # Errors
/// When two have the same name; when the writer fails.
pub fn to_writer(
    writer: impl Write,
    tensors: impl IntoIterator<Item = (impl AsRef<str>, impl Borrow<Tensor>)>,
) -> Result<()> {
    let mut archive = Writer::new(writer);
    let mut names = BTreeSet::new();
    for (name, tensor) in tensors {
        let name = name.as_ref();
        if !names.insert(name.to_string()) {
            return Err(Error::Data(format!("npz: two tensors are named {name:?}")));
        }
        let mut bytes = Vec::new();
        npy::to_writer(&mut bytes, tensor.borrow())?;
        archive.member(&format!("{name}.npy"), &bytes).map_err(Error::output)?;
    }
    archive.finish().map_err(Error::output)
}
