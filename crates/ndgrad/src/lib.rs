//! NDArray and autograd in Rust: from a straight line to a neural network, in one small engine.
//!
//! Arrays that know how to differentiate themselves, seeded random numbers, loaders, linear models and pictures.
//! Begin with [`prelude`] and the examples, in the order of their numbers; the first is the tutorial *Linear
//! regression from scratch*:
//!
//! ```
//! use ndgrad::prelude::*;
//!
//! random::seed(1);
//! let x = random::normal([1000, 2]);
//! let y = 2.0 * x.i((.., 0)) - 3.4 * x.i((.., 1)) + 4.2 + 0.01 * random::normal([1000]);
//!
//! let w = random::normal([2, 1]).attach_grad();
//! let b = random::normal([1]).attach_grad();
//! let train = DataLoader::new(ArrayDataset::new(&x, &y)).batch_size(10).shuffle(true);
//! for _ in 0..3 {
//!     for (data, label) in train.iter() {
//!         let loss = autograd::record(|| (data.dot(&w) + &b - label.reshape([-1, 1])).square().mean());
//!         loss.backward();
//!         for param in [&w, &b] {
//!             param.assign(param - 0.05 * param.grad());
//!         }
//!     }
//! }
//! assert!((w.i((0, 0)).item() - 2.0).abs() < 0.01);
//! ```

pub use ndgrad_data as data;
pub use ndgrad_linear as linear;
pub use ndgrad_plot as plot;
pub use ndgrad_tensor::*;

/// What a program usually needs: `use ndgrad::prelude::*;`
pub mod prelude {
    pub use crate::data::{ArrayDataset, DataLoader, NdArrayIter};
    pub use crate::{
        DType, Device, ELLIPSIS, Index, NEW_AXIS, Pad, Result, Shape, Tensor, along, autograd, compile, plot,
        random, tensor,
    };
}
