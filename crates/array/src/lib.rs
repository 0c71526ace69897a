//! Values without history: shape, layout, dtype, scalar, buffer, the backend trait, errors.

mod array;
mod backend;
mod buffer;
mod count;
mod device;
mod dtype;
mod element;
mod error;
mod file;
mod formula;
mod layout;
mod math;
mod matrices;
mod memory;
mod pool;
mod scalar;
mod shape;
mod shared;

pub use array::{Array, Spec};
pub use backend::Backend;
pub use buffer::Buffer;
pub use count::Count;
pub use device::Device;
pub use dtype::{DType, DTypes};
pub use element::{Element, Item, Truth, Wide};
pub use error::{Error, OperationError, Place, Result};
pub use file::{TemporaryFile, write_file};
pub use formula::{Binary, Change, Normalization, Predicate, Reduction, Unary};
pub use layout::{Layout, Offsets};
pub use matrices::{Breakdown, MatrixFunction, Triangle};
pub use pool::live_buffers;
pub use scalar::Scalar;
pub use shape::{MAX_RANK, Shape};
pub use shared::{Block, Lasting, Retire, Shared, Turns};
