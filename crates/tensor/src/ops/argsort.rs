//! `argsort`: the positions that sort the elements along an axis.

use ndgrad_array::{Array, Backend, DType, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::cumsum::running_cases;
use super::line::along;
use super::{Call, Case, Listed, Op, Saves, apply, resolve_axis};
use crate::Tensor;

/// The positions that sort the elements along an axis.
#[derive(Clone, Copy, Debug)]
pub struct ArgSort {
    /// The axis.
    pub axis: isize,
    /// Whether the largest comes first.
    pub descending: bool,
}

impl Listed for ArgSort {
    const NAME: &'static str = "argsort";
    const DOC: &'static str = "The positions that sort the elements along an axis, as i64.";
    const DIFFERENTIABLE: bool = false;

    fn cases() -> Vec<Case> {
        running_cases(|axis, descending| ArgSort { axis, descending })
    }
}

impl Op for ArgSort {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        resolve_axis(Self::NAME, self.axis, inputs[0].shape.rank())?;
        Ok(Spec { dtype: DType::I64, ..inputs[0] })
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis(Self::NAME, self.axis, out.shape().rank()).expect("checked by infer");
        along(axis, false, inputs, out, |x, out| Cpu.argsort(&x[0], self.descending, out));
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("positions are not recorded")
    }
}

impl Tensor {
    /// The positions (i64, counted from 0) that bring the elements along an axis (counted from the end if negative)
    /// into rising order, as [`Tensor::gather`] takes them. Equal ones keep their order; NaN comes last.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([3.0, 1.0, f64::NAN, 1.0]);
    /// assert_eq!(x.argsort(0).to_vec::<i64>(), [1, 3, 0, 2]);
    /// assert_eq!(x.argsort_descending(0).to_vec::<i64>(), [0, 1, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn argsort(&self, axis: isize) -> Tensor {
        apply(ArgSort { axis, descending: false }, &[self])
    }

    /// [`Tensor::argsort`] from the largest to the smallest. Equal elements keep their order here too, and NaN comes
    /// last.
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn argsort_descending(&self, axis: isize) -> Tensor {
        apply(ArgSort { axis, descending: true }, &[self])
    }
}
