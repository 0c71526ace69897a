//! Formulas: what an elementwise operation or a reduction computes for one element.

use crate::{DTypes, Scalar};

/// A formula of one number.
pub trait Unary: Copy + Send + Sync {
    /// The dtypes that it is compiled for.
    const DTYPES: DTypes;
    /// The value at `x`.
    fn value<S: Scalar>(self, x: S) -> S;
}

/// A formula of two numbers.
pub trait Binary: Copy + Send + Sync {
    /// The dtypes that it is compiled for.
    const DTYPES: DTypes;
    /// The value at `x` and `y`.
    fn value<S: Scalar>(self, x: S, y: S) -> S;
}

/// How several numbers change together, as a parameter and what is remembered of it do: given one more number of the same place,
/// and some that all places share. For floats.
pub trait Change<const STATES: usize, const SHARED: usize>: Copy + Send + Sync {
    /// What they change to.
    fn value<S: Scalar>(self, states: [S; STATES], given: S, shared: [S; SHARED]) -> [S; STATES];
}

/// A question about two numbers.
pub trait Predicate: Copy + Send + Sync {
    /// The dtypes that it is compiled for.
    const DTYPES: DTypes;
    /// The answer for `x` and `y`.
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask;
}

/// A formula that takes any number of numbers together, in any grouping.
pub trait Reduction: Copy + Send + Sync {
    /// The dtypes that it is compiled for.
    const DTYPES: DTypes;
    /// The value of no numbers at all, which changes nothing when it is combined.
    fn identity<S: Scalar>(self) -> S;
    /// The value of two groups together.
    fn combine<S: Scalar>(self, left: S, right: S) -> S;
}

/// Formulas that are applied to a row one after the other: `y = part(below(x, top))`, where `top` is what the row comes to,
/// and `share(y, whole)`, where `whole` is what all `y` come to.
#[derive(Clone, Copy, Debug)]
pub struct Normalization<A, B, U, C, D> {
    /// What a row comes to.
    pub top: A,
    /// A number beside it.
    pub below: B,
    /// What becomes of that.
    pub part: U,
    /// What the row comes to now.
    pub whole: C,
    /// A number beside that.
    pub share: D,
}
