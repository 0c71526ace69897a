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
//!
//! What has a fraction is f32 here. The methods of a [`Generator`] take the dtype, and there are more of them:
//!
//! ```
//! use ndgrad_tensor::{DType, random};
//! let x = random::with_generator(|generator| generator.normal_with([3], 0.0, 1.0, DType::F64));
//! assert_eq!(x.dtype(), DType::F64);
//! ```

mod choice;
mod continuous;
mod discrete;
mod dropout;
mod gamma;
mod generator;
mod mersenne;
mod mxnet;
mod normal;
mod philox;
mod poisson;
mod state;
mod words;

use std::cell::RefCell;
use std::mem;
use std::ops::Range;

use ndgrad_array::{DType, Shape};

use crate::Tensor;
use crate::compile::{is_tracing, trace};

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
#[track_caller]
pub fn with_generator<T>(body: impl FnOnce(&mut Generator) -> T) -> T {
    if is_tracing() {
        trace::refuse_to_replay(
            "with_generator",
            "draw tensors by the functions of random, which are drawn at each call",
        );
    }
    DEFAULT.with_borrow_mut(body)
}

/// The thread's default generator, taken out for a moment: a closure that is given it could not report a refusal at
/// its caller's line.
struct Lent(Generator);

impl Lent {
    #[track_caller]
    fn take() -> Lent {
        Lent(DEFAULT.with_borrow_mut(|generator| mem::replace(generator, Generator::philox(0))))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        set_generator(mem::replace(&mut self.0, Generator::philox(0)));
    }
}

/// Draws a tensor from the thread's default generator; in a compiled function, at each call. Not a function, since a
/// closure could not report a refusal at its caller's line.
macro_rules! drawn {
    ($name:ident($($argument:expr),*)) => {
        if is_tracing() {
            trace::drawn(stringify!($name), move |generator| generator.$name($($argument),*))
        } else {
            Lent::take().0.$name($($argument),*)
        }
    };
}

/// Standard normal numbers of f32.
#[track_caller]
pub fn normal(shape: impl Into<Shape>) -> Tensor {
    let shape = shape.into();
    drawn!(normal(shape))
}

/// Numbers of f32 evenly spread over [0, 1).
#[track_caller]
pub fn uniform(shape: impl Into<Shape>) -> Tensor {
    let shape = shape.into();
    drawn!(uniform(shape))
}

macro_rules! of_the_default_generator {
    ($($name:ident($($parameter:ident: $type:ty),*) $(+ $dtype:expr)?, $summary:literal;)*) => {$(
        #[doc = $summary]
        #[doc = concat!(
            " From the thread's default generator.\n\n# Panics\nAs [`Generator::", stringify!($name), "`]."
        )]
        #[track_caller]
        pub fn $name(shape: impl Into<Shape>, $($parameter: $type),*) -> Tensor {
            let shape = shape.into();
            drawn!($name(shape, $($parameter.clone()),* $(, $dtype)?))
        }
    )*};
}

of_the_default_generator! {
    uniform_in(range: Range<f64>) + DType::F32, "Numbers of f32 evenly spread over a range, its end excluded.";
    normal_with(mean: f64, deviation: f64) + DType::F32, "Normal numbers of f32 with this mean and deviation.";
    exponential(rate: f64) + DType::F32, "Waiting times of f32 between events that come at this rate.";
    gamma(gamma_shape: f64, scale: f64) + DType::F32, "Gamma numbers of f32 of this shape and scale.";
    poisson(rate: f64), "Numbers of events, of i64, where `rate` are expected.";
    bernoulli(probability: f64), "True with this probability, as bool.";
    integers(range: Range<i64>), "Whole numbers of a range, its end excluded, of i64.";
}

/// Numbers of classes, of i64, in proportion to weights along the last axis. From the thread's default generator.
///
/// # Panics
/// As [`Generator::categorical`].
#[track_caller]
pub fn categorical(shape: impl Into<Shape>, weights: &Tensor) -> Tensor {
    let (shape, weights) = (shape.into(), weights.clone());
    drawn!(categorical(shape, &weights))
}

/// The numbers from 0 to `count - 1` in random order, all orders equally likely.
pub fn permutation(count: usize) -> Vec<usize> {
    Lent::take().0.permutation(count)
}

/// The rows of a tensor in random order. See [`Generator::shuffle`].
///
/// # Panics
/// When the tensor is a scalar.
#[track_caller]
pub fn shuffle(x: &Tensor) -> Tensor {
    Lent::take().0.shuffle(x)
}

/// `count` rows of a tensor, drawn at random. See [`Generator::choice`].
///
/// # Panics
/// As [`Generator::choice`].
#[track_caller]
pub fn choice(x: &Tensor, count: usize, replace: bool, weights: Option<&Tensor>) -> Tensor {
    Lent::take().0.choice(x, count, replace, weights)
}
