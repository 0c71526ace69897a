//! `Map`: an elementwise operation of one input.

use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, Backend, DType, DTypes, OperationError, Result, Scalar, Spec, Unary};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::Formula;

use super::{Call, Op, Saves, apply, check_dtype};
use crate::Tensor;

/// An elementwise operation of one input: a formula and its gradient.
pub trait Map: Copy + Default + std::fmt::Debug + Send + Sync + UnwindSafe + RefUnwindSafe + 'static {
    /// The name of the method that applies it.
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;
    /// The dtypes that it takes.
    const DTYPES: DTypes = DTypes::FLOATS;
    /// Which values [`Map::gradient`] reads.
    const SAVES: Saves = Saves::ALL;
    /// Numbers between which the derived tests draw inputs: where the formula is defined and smooth.
    const DOMAIN: [f64; 2] = [-3.0, 3.0];

    /// The formula.
    fn value<S: Scalar>(self, x: S) -> S;

    /// The gradient of the input, given the gradient `head` of the result, in tensor operations.
    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor;

    /// Applies the operation.
    #[track_caller]
    fn apply(self, x: &Tensor) -> Tensor {
        apply(MapOp(self), &[x])
    }
}

/// A [`Map`] as an [`Op`].
#[derive(Clone, Copy, Debug)]
pub struct MapOp<M>(pub M);

impl<M: Map> Unary for MapOp<M> {
    const DTYPES: DTypes = M::DTYPES;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        self.0.value(x)
    }
}

impl<M: Map> Op for MapOp<M> {
    fn name(&self) -> &'static str {
        M::NAME
    }

    fn saves(&self) -> Saves {
        M::SAVES
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(M::NAME, M::DTYPES, &inputs[0])?;
        Ok(inputs[0])
    }

    fn like(&self, inputs: &[&Array]) -> Option<usize> {
        M::DTYPES.contains(inputs[0].dtype()).then_some(0)
    }

    fn formula(&self, dtype: DType) -> Option<Formula> {
        Formula::map(*self, dtype)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.map(*self, inputs[0], out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        self.0.gradient(call, head)
    }
}

/// Whether the numbers of this type are all whole, known when the formula is compiled: they have no NaN, and 0 in its
/// place.
#[inline(always)]
pub(super) fn is_whole<S: Scalar>() -> bool {
    S::NAN.equal(S::NAN).into()
}
