//! Automatic differentiation: record what is computed, then walk it backwards.
//!
//! Recording is a scope. Inside [`record`], operations on leaves (see [`Tensor::attach_grad`]) and on what was
//! computed from them are remembered; outside it nothing is, so updates need no special care.
//!
//! ```
//! use ndgrad_tensor::{autograd, tensor};
//! let x = tensor([1.0, 2.0]).attach_grad();
//! let y = autograd::record(|| (&x * &x).sum());
//! y.backward();
//! assert_eq!(x.grad().to_vec::<f32>(), [2.0, 4.0]);
//! ```
//!
//! [`Tensor::attach_grad`]: crate::Tensor::attach_grad

mod backward;
mod check;
mod custom;
mod derivatives;
mod leaf;
mod node;
mod scope;
mod tape;

pub use backward::{Backward, backward, grad};
pub use check::{Report, Worst, check, check_second};
pub use custom::custom;
pub use derivatives::{hessian, hessian_vector_product, jacobian, vector_jacobian_product};
pub use leaf::GradReq;
pub use scope::{Mode, is_recording, is_training, pause, predict_mode, record, record_with, train_mode};
pub use tape::{Tape, tape};

pub(crate) use leaf::{Leaf, LeafRef, Owner};
pub(crate) use node::{Edge, Key, Node, Saved};
