//! Elements computed outside the tape: what forward passes and masks need, and no gradient goes through.

use std::any::type_name;
use std::borrow::Cow;
use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, Backend, Binary, DType, DTypes, OperationError, Result, Scalar, Spec};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::Formula;

use super::zip::{infer_stretched, like_one};
use super::{Call, Op, apply};
use crate::{Tensor, autograd};

/// The array converted, if it has another dtype.
#[inline]
pub(super) fn as_dtype(x: &Array, dtype: DType) -> Cow<'_, Array> {
    if x.dtype() == dtype { Cow::Borrowed(x) } else { Cow::Owned(converted(x, dtype)) }
}

#[cold]
fn converted(x: &Array, dtype: DType) -> Array {
    let mut converted = Array::new(Spec { dtype, ..x.spec() });
    Cpu.copy(x, &mut converted);
    converted
}

/// A formula of two tensors of one dtype, of which one stretches over the other; no gradient goes through.
pub(crate) fn combined<B: Binary + UnwindSafe + RefUnwindSafe + 'static>(
    formula: B,
    x: &Tensor,
    y: &Tensor,
) -> Tensor {
    if autograd::is_recording() {
        return apply(Combined(formula), &[&x.detach(), &y.detach()]);
    }
    apply(Combined(formula), &[x, y])
}

struct Combined<B>(B);

impl<B> fmt::Debug for Combined<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name::<B>())
    }
}

impl<B: Binary + UnwindSafe + RefUnwindSafe + 'static> Op for Combined<B> {
    fn name(&self) -> &'static str {
        "combined"
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_stretched(self.name(), B::DTYPES, inputs)
    }

    fn like(&self, inputs: &[&Array]) -> Option<usize> {
        like_one(B::DTYPES, inputs)
    }

    fn formula(&self, dtype: DType) -> Option<Formula> {
        Formula::zip(self.0, dtype)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.zip(self.0, inputs[0], inputs[1], out);
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("it is applied to what has no history")
    }
}

/// 1 where both are equal, 0 elsewhere (NaN equals nothing), in their dtype.
pub(super) fn where_equal(x: &Tensor, y: &Tensor) -> Tensor {
    #[derive(Clone, Copy)]
    struct Equal;

    impl Binary for Equal {
        const DTYPES: DTypes = DTypes::FLOATS;

        #[inline(always)]
        fn value<S: Scalar>(self, x: S, y: S) -> S {
            S::select(x.equal(y), S::ONE, S::ZERO)
        }
    }

    combined(Equal, x, y)
}
