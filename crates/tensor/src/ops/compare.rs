//! `Compare`: an elementwise question about two inputs, which stretch to a common shape.

use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, Backend, DType, DTypes, OperationError, Predicate, Result, Scalar, Spec};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::Formula;

use super::zip::infer_stretched;
use super::{Call, Op, Saves, apply};
use crate::Tensor;

/// An elementwise question about two inputs; the answers are a tensor of bool.
pub trait Compare:
    Copy + Default + std::fmt::Debug + Send + Sync + UnwindSafe + RefUnwindSafe + 'static
{
    /// The name of the method that applies it.
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;
    /// The dtypes that it takes.
    const DTYPES: DTypes = DTypes::ALL;

    /// The answer.
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask;

    /// Applies the operation.
    #[track_caller]
    fn apply(self, x: &Tensor, y: &Tensor) -> Tensor {
        apply(CompareOp(self), &[x, y])
    }
}

/// A [`Compare`] as an [`Op`].
#[derive(Clone, Copy, Debug)]
pub struct CompareOp<C>(pub C);

impl<C: Compare> Predicate for CompareOp<C> {
    const DTYPES: DTypes = C::DTYPES;

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        self.0.holds(x, y)
    }
}

impl<C: Compare> Op for CompareOp<C> {
    fn name(&self) -> &'static str {
        C::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let spec = infer_stretched(C::NAME, C::DTYPES, inputs)?;
        Ok(Spec { dtype: DType::Bool, ..spec })
    }

    fn formula(&self, dtype: DType) -> Option<Formula> {
        Formula::compare(*self, dtype)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.compare(*self, inputs[0], inputs[1], out);
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("answers are not recorded")
    }
}
