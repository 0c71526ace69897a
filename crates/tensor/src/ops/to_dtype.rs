//! `to_dtype`: the nearest numbers of another type.

use ndgrad_array::{Array, Backend, DType, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// Converts every element to the nearest number of another type.
#[derive(Clone, Copy, Debug)]
pub struct ToDType {
    /// The type to convert to.
    pub dtype: DType,
}

impl Listed for ToDType {
    const NAME: &'static str = "to_dtype";
    const DOC: &'static str = "The nearest numbers of another type.";

    fn cases() -> Vec<Case> {
        vec![
            Case::new(ToDType { dtype: DType::F64 }, &[&[2, 3]]),
            Case::new(ToDType { dtype: DType::F64 }, &[&[0]]),
        ]
    }
}

impl Op for ToDType {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        Ok(Spec { dtype: self.dtype, ..inputs[0] })
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(inputs[0], out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        head.to_dtype(call.spec(0).dtype)
    }
}

impl Tensor {
    /// The nearest numbers of another type; the tensor itself if it has that type.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, tensor};
    /// let x = tensor([0.1]).to_dtype(DType::F64);
    /// assert_eq!(x.to_vec::<f64>(), [0.1f32 as f64]);
    /// ```
    #[track_caller]
    pub fn to_dtype(&self, dtype: DType) -> Tensor {
        if self.dtype() == dtype { self.clone() } else { apply(ToDType { dtype }, &[self]) }
    }
}
