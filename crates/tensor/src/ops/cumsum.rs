//! `cumsum`: sums of all elements up to each, along an axis.

use ndgrad_array::{Array, Backend, DTypes, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::fold::Combine;
use super::line::along;
use super::{Call, Case, Listed, Op, Saves, Sum, apply, check_dtype, resolve_axis};
use crate::Tensor;

/// Sums of all elements up to each, along an axis.
#[derive(Clone, Copy, Debug)]
pub struct CumSum {
    /// The axis.
    pub axis: isize,
    /// Whether the sums run from its end.
    pub reverse: bool,
}

impl Listed for CumSum {
    const NAME: &'static str = "cumsum";
    const DOC: &'static str = "Sums of all elements up to each, along an axis.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        running_cases(|axis, reverse| CumSum { axis, reverse })
    }
}

/// What the derived tests take of an operation that runs along an axis.
pub(super) fn running_cases<O: Op + Clone>(make: impl Fn(isize, bool) -> O) -> Vec<Case> {
    vec![
        Case::new(make(0, false), &[&[4]]),
        Case::new(make(-1, true), &[&[2, 3]]),
        Case::new(make(0, false), &[&[3, 2]]),
        Case::new(make(1, true), &[&[2, 3, 2]]),
        Case::new(make(0, false), &[&[0, 2]]),
        Case::new(make(0, true), &[&[1]]),
    ]
}

impl Op for CumSum {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        resolve_axis(Self::NAME, self.axis, inputs[0].shape.rank())?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis(Self::NAME, self.axis, out.shape().rank()).expect("checked by infer");
        along(axis, self.reverse, inputs, out, |x, out| Cpu.scan(Combine(Sum), &x[0], out));
    }

    /// An element is part of all sums from its own on.
    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(CumSum { reverse: !self.reverse, ..*self }, &[head])
    }
}

impl Tensor {
    /// The sums of all elements up to each (itself included) along an axis, counted from the end if negative. They
    /// are added one after the other, as in NumPy. The dtype is kept; whole numbers wrap around.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0, 3.0]]).cumsum(-1).to_vec::<f32>(), [1.0, 3.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis; for bool.
    #[track_caller]
    pub fn cumsum(&self, axis: isize) -> Tensor {
        apply(CumSum { axis, reverse: false }, &[self])
    }
}
