//! `choose`: one of two values, as a mask says. NumPy's and MXNet's `where`.

use ndgrad_array::{Array, Backend, DType, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::Formula;

use super::zip::stretched_shape;
use super::{Call, Case, Listed, Op, Saves, apply, same_dtype};
use crate::{Operand, Tensor};

/// Elementwise `if mask { x } else { y }`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choose;

impl Listed for Choose {
    const NAME: &'static str = "choose";
    const DOC: &'static str = "Elementwise `if mask { x } else { y }`.";

    fn cases() -> Vec<Case> {
        let shapes: [[&[usize]; 3]; 7] = [
            [&[], &[], &[]],
            [&[3], &[3], &[3]],
            [&[2, 3], &[3], &[2, 1]],
            [&[2, 1], &[], &[2, 3]],
            [&[], &[2, 2], &[2, 2]],
            [&[4, 1], &[3, 1, 2], &[2]],
            [&[0, 2], &[2], &[1, 1]],
        ];
        shapes.map(|shapes| Case::new(Choose, &shapes).with_input(0, DType::Bool, [0.0, 1.0])).into()
    }
}

impl Op for Choose {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::input(0)
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let [mask, x, y] = [inputs[0], inputs[1], inputs[2]];
        if mask.dtype != DType::Bool {
            return Err(OperationError::new(Self::NAME, "the mask must be of bool")
                .operand("mask", format!("{} {}", mask.shape, mask.dtype), "")
                .remedy("compare, as in x.greater(0), or convert it: mask.to_dtype(DType::Bool)"));
        }
        same_dtype(Self::NAME, &[x, y])?;
        let shape = stretched_shape(Self::NAME, [("left", x.shape), ("right", y.shape)])?;
        Ok(x.with_shape(stretched_shape(Self::NAME, [("mask", mask.shape), ("values", shape)])?))
    }

    fn formula(&self, dtype: DType) -> Option<Formula> {
        Formula::select(dtype)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.select(inputs[0], inputs[1], inputs[2], out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        if input == 1 { call.input(0).choose(head, 0) } else { call.input(0).choose(0, head) }
    }
}

impl Tensor {
    /// Of each pair the left value where this tensor of bool is true, the right one where it is false: `where` in NumPy
    /// and MXNet. Mask and values stretch to a common shape; the values are tensors of one dtype, or numbers, which
    /// take the dtype of the other value (two numbers make f32).
    ///
    /// The gradient goes to the value that was taken, and is 0 at the other. The other value's own gradient is still
    /// computed, times that 0: where it may be infinite, choose before, among the arguments of what has no bound.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([3.0, -2.0]);
    /// assert_eq!(x.less(0).choose(0, &x).to_vec::<f32>(), [3.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When this tensor is not of bool, the shapes do not stretch, or the dtypes of the values differ.
    #[doc(alias = "where")]
    #[doc(alias = "select")]
    #[track_caller]
    pub fn choose(&self, x: impl Operand, y: impl Operand) -> Tensor {
        let like = x.as_tensor().or(y.as_tensor()).cloned().unwrap_or_else(|| Tensor::zeros([]));
        apply(Choose, &[self, &x.beside(&like), &y.beside(&like)])
    }
}
