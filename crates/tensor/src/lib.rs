//! Values with history: the [`Tensor`] handle, its operations, autograd and random numbers.
//!
//! ```
//! use ndgrad_tensor::{autograd, tensor};
//!
//! let w = tensor([2.0, -3.4]).attach_grad();
//! let x = tensor([[1.0, 0.5], [0.0, 2.0]]);
//! let loss = autograd::record(|| x.dot(&w).square().mean());
//! loss.backward();
//! assert_eq!(w.grad().to_vec::<f32>(), x.transpose().dot(&x.dot(&w)).to_vec::<f32>());
//! ```

pub mod autograd;
pub mod compile;
mod create;
mod display;
mod einsum;
mod index;
mod integers;
mod leaf;
mod literal;
mod matrices;
mod operators;
pub mod ops;
pub mod optim;
mod products;
pub mod random;
mod selection;
mod shape;
mod spare;
mod tensor;
mod tensors;

pub use compile::compile;
pub use create::{Nested, tensor};
pub use display::{Style, Styled};
pub use index::{ELLIPSIS, Index, IntoIndices, NEW_AXIS};
pub use integers::Integers;
pub use literal::live_buffers;
pub use ndgrad_array::{
    Array, DType, DTypes, Device, Element, Error, Item, Layout, MAX_RANK, OperationError, Place, Result,
    Scalar, Shape, Spec, Triangle,
};
pub use ndgrad_cpu::{gram, simd, threads};
pub use operators::Operand;
pub use products::Meeting;
pub use selection::{IntoSelection, Positions, Selection, along};
pub use shape::{Pad, Sections};
pub use tensor::Tensor;
pub use tensors::Tensors;
