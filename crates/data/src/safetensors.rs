//! Safetensors files: named tensors and a few words about them.
//!
//! The format is Hugging Face's: the length of a header, the header in JSON, the elements. Read and written are the
//! dtypes F32, F64, I32, I64, U8 and BOOL. Names and tensors are written in one order, so that the same tensors are the
//! same bytes.
//!
//! ```
//! use ndgrad_data::safetensors;
//! use ndgrad_tensor::tensor;
//! # let directory = tempfile::tempdir().unwrap();
//! # let path = directory.path().join("model.safetensors");
//! safetensors::write(&path, [("w", &tensor([1.5, 2.0]))], [("trained", "10 epochs")])?;
//! let file = safetensors::read(&path)?;
//! assert_eq!(file.tensors["w"].to_vec::<f32>(), [1.5, 2.0]);
//! assert_eq!(file.metadata["trained"], "10 epochs");
//! # Ok::<(), ndgrad_array::Error>(())
//! ```

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use ::safetensors::{Dtype, SafeTensors};
use ndgrad_array::{DType, DTypes, Error, Place, Result};
use ndgrad_tensor::Tensor;

use crate::elements;
use crate::table::open;
use ndgrad_array::write_file;

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The tensors by name.
    pub tensors: BTreeMap<String, Tensor>,
    /// Texts by name, as whoever wrote the file chose them.
    pub metadata: BTreeMap<String, String>,
}

const DTYPES: [(DType, Dtype, &str); 6] = [
    (DType::F32, Dtype::F32, "F32"),
    (DType::F64, Dtype::F64, "F64"),
    (DType::I32, Dtype::I32, "I32"),
    (DType::I64, Dtype::I64, "I64"),
    (DType::U8, Dtype::U8, "U8"),
    (DType::Bool, Dtype::BOOL, "BOOL"),
];

/// The name under which the header keeps the texts.
const METADATA: &str = "__metadata__";

/// Reads a file.
///
/// # Errors
/// When the file cannot be read, is cut short or malformed; when a tensor's dtype is none that tensors have, or its
/// axes are more.
pub fn read(path: impl AsRef<Path>) -> Result<Contents> {
    let path = path.as_ref();
    let mut bytes = Vec::new();
    open(path)?.0.read_to_end(&mut bytes).map_err(|error| Error::file(path, "read", error))?;
    from_bytes(&path.display().to_string(), &bytes)
}

/// Reads the bytes of a file; errors call it `name`.
///
/// # Errors
/// As [`read`].
pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Contents> {
    let wrong = |message: String| Error::content(Place::file(name), message);
    let malformed = |error| {
        wrong(format!(
            "this is not a whole safetensors file ({error})\n    \
             Name another file, or copy it again if it was cut off."
        ))
    };
    let (_, header) = SafeTensors::read_metadata(bytes).map_err(malformed)?;
    let file = SafeTensors::deserialize(bytes).map_err(malformed)?;
    let mut contents = Contents::default();
    contents.metadata.extend(header.metadata().clone().unwrap_or_default());
    for (key, view) in file.iter() {
        let wrong = |message: String| wrong(format!("tensor {key:?}: {message}"));
        let Some((dtype, ..)) = DTYPES.iter().find(|(_, other, _)| *other == view.dtype()) else {
            return Err(wrong(format!(
                "the dtype {} is none of those that tensors have ({})",
                view.dtype(),
                DTypes::ALL
            )));
        };
        let shape = elements::checked_shape(view.shape(), *dtype).map_err(wrong)?;
        let tensor = elements::read(view.data(), shape, *dtype, false)
            .map_err(|_| wrong(format!("{} bytes are too few for {shape}", view.data().len())))?;
        contents.tensors.insert(key.to_string(), tensor);
    }
    Ok(contents)
}

/// Writes named tensors and texts to a file, whole or not at all.
///
/// # Errors
/// When two tensors have the same name, or one is named `__metadata__`; when the file system refuses.
pub fn write(
    path: impl AsRef<Path>,
    tensors: impl IntoIterator<Item = (impl AsRef<str>, impl Borrow<Tensor>)>,
    metadata: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> Result<()> {
    write_file(path, |writer| to_writer(writer, tensors, metadata))
}

/// Writes named tensors and texts to anything.
///
/// # Errors
/// When two tensors have the same name, or one is named `__metadata__`; when the writer fails.
pub fn to_writer(
    mut writer: impl Write,
    tensors: impl IntoIterator<Item = (impl AsRef<str>, impl Borrow<Tensor>)>,
    metadata: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> Result<()> {
    let mut sorted: Vec<(String, Tensor)> =
        tensors.into_iter().map(|(name, x)| (name.as_ref().to_string(), x.borrow().clone())).collect();
    sorted.sort_by(|(a, _), (b, _)| a.cmp(b));
    let twice = sorted.windows(2).find(|pair| pair[0].0 == pair[1].0).map(|pair| &pair[0].0);
    if let Some(name) = twice {
        return Err(Error::Data(format!("safetensors: two tensors are named {name:?}")));
    }
    if sorted.iter().any(|(name, _)| name == METADATA) {
        return Err(Error::Data(format!("safetensors: a tensor cannot be named {METADATA:?}")));
    }
    // Large elements first, so that all lie at multiples of their size.
    sorted.sort_by_key(|(_, x)| std::cmp::Reverse(x.dtype().size()));
    let header = header(&sorted, metadata);
    writer.write_all(&(header.len() as u64).to_le_bytes()).map_err(Error::output)?;
    writer.write_all(header.as_bytes()).map_err(Error::output)?;
    sorted.iter().try_for_each(|(_, x)| elements::write(&mut writer, x)).map_err(Error::output)
}

/// The header in JSON, padded to a multiple of 8 bytes.
fn header(
    tensors: &[(String, Tensor)],
    metadata: impl IntoIterator<Item = (impl AsRef<str>, impl AsRef<str>)>,
) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let texts: BTreeMap<String, String> =
        metadata.into_iter().map(|(name, text)| (quoted(name.as_ref()), quoted(text.as_ref()))).collect();
    let mut entries = Vec::new();
    if !texts.is_empty() {
        let texts: Vec<String> = texts.iter().map(|(name, text)| format!("{name}:{text}")).collect();
        entries.push(format!("{}:{{{}}}", quoted(METADATA), texts.join(",")));
    }
    let mut start = 0;
    for (name, x) in tensors {
        let (.., dtype) = DTYPES.iter().find(|(dtype, ..)| *dtype == x.dtype()).expect("every dtype");
        let sizes: Vec<String> = x.shape().iter().map(usize::to_string).collect();
        let end = start + elements::bytes(x);
        entries.push(format!(
            "{}:{{\"dtype\":\"{dtype}\",\"shape\":[{}],\"data_offsets\":[{start},{end}]}}",
            quoted(name),
            sizes.join(",")
        ));
        start = end;
    }
    let header = format!("{{{}}}", entries.join(","));
    let gap = header.len().next_multiple_of(8) - header.len();
    header + &" ".repeat(gap)
}
