//! Seeded random numbers.
//!
//! The functions of this module draw from the thread's default generator, which [`seed`] starts anew: the same
//! seed gives the same bits on every machine.
//!
//! ```
//! use ndgrad_tensor::random;
//! random::seed(1);
//! let first = random::normal([3]);
//! random::seed(1);
//! assert_eq!(first.to_vec::<f32>(), random::normal([3]).to_vec::<f32>());
//! ```

mod generator;
mod mersenne;
mod mxnet;
mod normal;
mod philox;

use std::cell::RefCell;

use ndgrad_array::Shape;

use crate::Tensor;

pub use generator::Generator;

thread_local! {
    static DEFAULT: RefCell<Generator> = const { RefCell::new(Generator::philox(0)) };
}

/// Starts the thread's default generator from this seed. Without it the seed is 0.
pub fn seed(seed: u64) {
    set_generator(Generator::philox(seed));
}

/// Makes this the thread's default generator.
///
/// ```
/// use ndgrad_tensor::Style;
/// use ndgrad_tensor::random::{self, Generator};
/// random::set_generator(Generator::mxnet(1));
/// let x = random::normal([10_000, 2]).i(0);
/// assert_eq!(x.styled(Style::mxnet()).to_string(), "\n[-0.67765152  0.03629481]\n<NDArray 2 @cpu(0)>");
/// # random::seed(0);
/// ```
pub fn set_generator(generator: Generator) {
    DEFAULT.replace(generator);
}

/// Runs a closure with the thread's default generator.
pub fn with_generator<T>(body: impl FnOnce(&mut Generator) -> T) -> T {
    DEFAULT.with_borrow_mut(body)
}

/// Standard normal numbers of f32.
pub fn normal(shape: impl Into<Shape>) -> Tensor {
    with_generator(|generator| generator.normal(shape))
}

/// Numbers of f32 evenly spread over [0, 1).
pub fn uniform(shape: impl Into<Shape>) -> Tensor {
    with_generator(|generator| generator.uniform(shape))
}
