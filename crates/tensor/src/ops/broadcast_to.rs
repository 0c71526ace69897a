//! `broadcast_to`: stretched to a larger shape.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Saves, apply};
use crate::Tensor;

/// Stretches axes of size 1, and adds axes in front.
#[derive(Clone, Copy, Debug)]
pub struct BroadcastTo {
    /// The shape to reach.
    pub shape: Shape,
}

impl Listed for BroadcastTo {
    const NAME: &'static str = "broadcast_to";
    const DOC: &'static str = "Axes of size 1 stretched, and axes added in front.";

    fn cases() -> Vec<Case> {
        let case = |to: &[usize], shape: &[usize]| Case::new(BroadcastTo { shape: Shape::new(to) }, &[shape]);
        vec![
            case(&[2, 3], &[3]),
            case(&[2, 3], &[2, 1]),
            case(&[2], &[]),
            case(&[2, 0], &[1]),
            case(&[2, 2], &[2, 2]),
        ]
    }
}

impl Op for BroadcastTo {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        if inputs[0].shape.broadcast(&self.shape) == Some(self.shape) {
            return Ok(inputs[0].with_shape(self.shape));
        }
        Err(OperationError::new("broadcast_to", "only axes of size 1 stretch, aligned from the last")
            .operand("tensor", inputs[0].shape, "")
            .operand("to", self.shape, ""))
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        Some(input.broadcast_to(self.shape))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(&inputs[0].view(inputs[0].layout().broadcast_to(self.shape)), out);
    }

    /// The head; `backward` sums over the stretched axes, as for every stretched operand.
    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        head.clone()
    }
}

impl Tensor {
    /// This tensor stretched to a shape: axes of size 1 repeat, and axes are added in front. A view.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let rows = tensor([1.0, 2.0]).broadcast_to([3, 2]);
    /// assert_eq!(rows.to_vec::<f32>(), [1.0, 2.0, 1.0, 2.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When an axis of another size would have to stretch.
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Into<Shape>) -> Tensor {
        apply(BroadcastTo { shape: shape.into() }, &[self])
    }
}
