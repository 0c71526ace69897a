//! `transpose`: the last two axes exchanged.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// The last two axes exchanged; with fewer than two there is nothing to exchange. It is a [`Permute`](super::Permute)
/// that has no order to look up, as the gradients of products need it.
#[derive(Clone, Copy, Debug)]
pub struct Transpose;

impl Listed for Transpose {
    const NAME: &'static str = "transpose";
    const DOC: &'static str = "The last two axes exchanged.";

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[2, 3], &[2, 1, 3], &[3], &[], &[0, 2]];
        shapes.iter().map(|shape| Case::new(Transpose, &[shape])).collect()
    }
}

impl Op for Transpose {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let shape = inputs[0].shape;
        let Some(rows) = shape.rank().checked_sub(2) else { return Ok(inputs[0]) };
        let exchanged = shape[..rows].iter().chain([&shape[rows + 1], &shape[rows]]).copied();
        Ok(inputs[0].with_shape(exchanged.collect()))
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        Some(if input.shape().rank() < 2 { *input } else { input.transpose() })
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(&inputs[0].view(self.view(inputs[0].layout()).expect("always a view")), out);
    }

    /// Exchanged once more.
    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        head.transpose()
    }
}

impl Tensor {
    /// The last two axes exchanged; a tensor with fewer than two stays as it is. A view.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.transpose().to_vec::<f32>(), [1.0, 3.0, 2.0, 4.0]);
    /// ```
    #[track_caller]
    pub fn transpose(&self) -> Tensor {
        apply(Transpose, &[self])
    }
}
