//! `Op`: what every operation says of itself.

use std::any::Any;
use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, DType, Layout, OperationError, Result, Spec};
use ndgrad_cpu::program::{Formula, Operand, Routine};

use super::{Call, Saves};
use crate::Tensor;

/// An operation as a value: its shape rule, its kernel, its gradient.
///
/// Elementwise operations implement [`Map`](super::Map) or [`Zip`](super::Zip) instead, which is less to say.
pub trait Op: Any + Debug + Send + Sync + UnwindSafe + RefUnwindSafe {
    /// The name, as in messages and in the list of operations.
    fn name(&self) -> &'static str;

    /// Which values [`Op::gradient`] reads. Others are let go, so that a tape holds no memory for nothing; of
    /// those, shape and dtype can still be asked. Inputs that no gradient flows to for their dtype (positions, masks)
    /// are always kept.
    fn saves(&self) -> Saves {
        Saves::ALL
    }

    /// The shape rule: what comes out for such inputs, or why they are refused.
    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError>;

    /// The input that the result is like in shape, dtype and device, where a look tells that the operation takes such inputs:
    /// then [`Op::infer`], which would say so, is not asked.
    fn like(&self, _inputs: &[&Array]) -> Option<usize> {
        None
    }

    /// What the elements alone can tell, such as whether positions exist: why such inputs are refused, whose shapes
    /// and dtypes [`Op::infer`] has passed.
    fn check(&self, _inputs: &[&Array]) -> Result<(), OperationError> {
        Ok(())
    }

    /// For an operation that only looks at its input in another way: the layout of the result in the input's
    /// memory, if there is one.
    fn view(&self, _input: &Layout) -> Option<Layout> {
        None
    }

    /// For an elementwise operation whose operands have this dtype: the formula by which a compiled function joins it
    /// with others, if there is one.
    fn formula(&self, _dtype: DType) -> Option<Formula> {
        None
    }

    /// The kernel by which a compiled function does what [`Op::forward`] does, with the same bits, made once for inputs
    /// that lie like this and results of this kind; if there is one that is better.
    fn routine(&self, _inputs: &[Operand], _out: Spec) -> Option<Routine> {
        None
    }

    /// Whether the transpose of what comes out for two matrices is, bit for bit, what comes out for their transposes in
    /// reverse order.
    fn turns(&self) -> bool {
        false
    }

    /// Computes every element of `out`, which is contiguous and as [`Op::infer`] said.
    fn forward(&self, inputs: &[&Array], out: &mut Array);

    /// [`Op::forward`] for an operation that has no result for some inputs of the right shape, as a singular matrix
    /// has no inverse: it says so instead. This is what is called.
    ///
    /// # Errors
    /// When there is no result.
    fn try_forward(&self, inputs: &[&Array], out: &mut Array) -> Result<(), OperationError> {
        self.forward(inputs, out);
        Ok(())
    }

    /// The gradient of one input, in tensor operations, given the gradient `head` of the output. It may have the
    /// output's shape where the input was stretched: what is too much is summed away by `backward`.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor;
}
