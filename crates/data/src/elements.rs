//! Elements of tensors as bytes.

use std::io::{self, ErrorKind, Read, Write};

use ndgrad_array::{DType, Item, MAX_RANK, Shape};
use ndgrad_tensor::Tensor;

/// An item as bytes.
trait Bytes: Item {
    fn decode(bytes: &[u8], big_endian: bool) -> Self;
    fn encode(self, out: &mut Vec<u8>);
}

macro_rules! bytes {
    ($($number:ty),*) => {$(
        impl Bytes for $number {
            fn decode(bytes: &[u8], big_endian: bool) -> Self {
                let bytes = bytes.try_into().expect("as many bytes as the number has");
                if big_endian { <$number>::from_be_bytes(bytes) } else { <$number>::from_le_bytes(bytes) }
            }

            fn encode(self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.to_le_bytes());
            }
        }
    )*};
}

bytes!(f32, f64, i32, i64, u8);

impl Bytes for bool {
    fn decode(bytes: &[u8], _: bool) -> bool {
        bytes[0] != 0
    }

    fn encode(self, out: &mut Vec<u8>) {
        out.push(self.into());
    }
}

/// Runs an expression with `$T` standing for the Rust type of a dtype.
macro_rules! with_item {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            DType::F32 => with_item!(@ f32, $T => $body),
            DType::F64 => with_item!(@ f64, $T => $body),
            DType::I32 => with_item!(@ i32, $T => $body),
            DType::I64 => with_item!(@ i64, $T => $body),
            DType::U8 => with_item!(@ u8, $T => $body),
            DType::Bool => with_item!(@ bool, $T => $body),
        }
    };
    (@ $type:ty, $T:ident => $body:expr) => {{
        type $T = $type;
        $body
    }};
}

/// The shape with these sizes, if a tensor of this dtype may have it: or else why not.
pub fn checked_shape(sizes: &[usize], dtype: DType) -> Result<Shape, String> {
    if sizes.len() > MAX_RANK {
        return Err(format!("the array has {} axes; a tensor has at most {MAX_RANK}", sizes.len()));
    }
    // Strides must be numbers too, even if another axis is empty.
    let bytes = sizes.iter().try_fold(dtype.size(), |bytes, &size| bytes.checked_mul(size.max(1)));
    match bytes {
        Some(bytes) if isize::try_from(bytes).is_ok() => Ok(Shape::new(sizes)),
        _ => Err(format!("no memory holds an array of shape {sizes:?}")),
    }
}

/// Reads a tensor whose elements are stored in row-major order. Memory grows with what is there, whatever the shape
/// claims.
pub fn read(
    mut reader: impl Read,
    shape: Shape,
    dtype: DType,
    big_endian: bool,
) -> Result<Tensor, ReadError> {
    with_item!(dtype, T => {
        let mut numbers: Vec<T> = Vec::new();
        let mut rest = shape.size() * dtype.size();
        let mut chunk = [0; 1 << 13];
        while rest > 0 {
            let chunk = &mut chunk[..rest.min(1 << 13)];
            let filled = fill(&mut reader, chunk).map_err(ReadError::Io)?;
            if filled < chunk.len() {
                let there = shape.size() * dtype.size() - rest + filled;
                return Err(ReadError::Short { there });
            }
            numbers.extend(chunk.chunks_exact(dtype.size()).map(|bytes| T::decode(bytes, big_endian)));
            rest -= chunk.len();
        }
        Ok(Tensor::from_slice(shape, &numbers))
    })
}

/// Why elements could not be read.
pub enum ReadError {
    Io(io::Error),
    /// The bytes that are there.
    Short {
        there: usize,
    },
}

/// Reads until `out` is full or there is no more.
pub fn fill(reader: &mut impl Read, out: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < out.len() {
        match reader.read(&mut out[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Writes the elements in row-major order, low bytes first.
pub fn write(writer: &mut dyn Write, tensor: &Tensor) -> io::Result<()> {
    with_item!(tensor.dtype(), T => {
        let mut bytes = Vec::new();
        for numbers in tensor.to_vec::<T>().chunks(1 << 12) {
            bytes.clear();
            numbers.iter().for_each(|&number| Bytes::encode(number, &mut bytes));
            writer.write_all(&bytes)?;
        }
        Ok(())
    })
}

/// The number of bytes that [`write`] writes.
pub fn bytes(tensor: &Tensor) -> usize {
    tensor.size() * tensor.dtype().size()
}
