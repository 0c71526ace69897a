//! `cumprod`: products of all elements up to each, along an axis.

use ndgrad_array::{Array, Backend, DTypes, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::cumsum::running_cases;
use super::fold::Combine;
use super::line::along;
use super::{Call, Case, Listed, Op, Prod, Recurrence, Saves, apply, check_dtype, resolve_axis};
use crate::Tensor;

/// Products of all elements up to each, along an axis.
#[derive(Clone, Copy, Debug)]
pub struct CumProd {
    /// The axis.
    pub axis: isize,
    /// Whether the products run from its end.
    pub reverse: bool,
}

impl Listed for CumProd {
    const NAME: &'static str = "cumprod";
    const DOC: &'static str = "Products of all elements up to each, along an axis.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        running_cases(|axis, reverse| CumProd { axis, reverse })
    }
}

impl Op for CumProd {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::INPUTS
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        resolve_axis(Self::NAME, self.axis, inputs[0].shape.rank())?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis(Self::NAME, self.axis, out.shape().rank()).expect("checked by infer");
        along(axis, self.reverse, inputs, out, |x, out| Cpu.scan(Combine(Prod), &x[0], out));
    }

    /// y_j holds x_i for j >= i, so the gradient of x_i is the sum over these j of h_j times all x_k, k <= j, but x_i.
    /// That is p_i s_i, with p_i the product of what stands before x_i and s_i = h_i + x_(i+1) s_(i+1): nothing is
    /// divided by, so zeros are no exception.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let axis = resolve_axis(Self::NAME, self.axis, head.rank()).expect("checked by infer");
        let (x, reverse) = (call.input(0), !self.reverse);
        let behind = apply(Recurrence { axis: axis as isize, reverse }, &[head, &x.shifted(axis, reverse)]);
        x.product_of_others(axis, self.reverse) * behind
    }
}

impl Tensor {
    /// The products of all elements up to each (itself included) along an axis, counted from the end if negative. The
    /// dtype is kept; whole numbers wrap around. The gradient is exact where elements are 0, too.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0, 3.0]]).cumprod(-1).to_vec::<f32>(), [1.0, 2.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis; for bool.
    #[track_caller]
    pub fn cumprod(&self, axis: isize) -> Tensor {
        apply(CumProd { axis, reverse: false }, &[self])
    }
}
