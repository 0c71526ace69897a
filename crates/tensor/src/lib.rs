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
mod create;
mod display;
mod index;
mod integers;
mod operators;
pub mod ops;
pub mod random;
mod tensor;
mod tensors;

pub use create::{Nested, tensor};
pub use display::{Style, Styled};
pub use index::{Index, IntoIndices};
pub use integers::Integers;
pub use ndgrad_array::{
    Array, DType, DTypes, Device, Element, Error, Item, Layout, MAX_RANK, OperationError, Place, Result,
    Scalar, Shape, Spec, live_buffers,
};
pub use ndgrad_cpu::{simd, threads};
pub use operators::Operand;
pub use tensor::Tensor;
pub use tensors::Tensors;
