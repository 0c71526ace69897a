//! `embed_diagonal`: zeros around a diagonal, the transpose of `diagonal`.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Shape, Spec, Wide};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Diagonal, Listed, Op, Saves, apply};
use crate::Tensor;

/// Zeros of a shape, with the input on a diagonal: the gradient of [`Diagonal`].
#[derive(Clone, Copy, Debug)]
pub struct EmbedDiagonal {
    /// Where the input goes.
    pub diagonal: Diagonal,
    /// The shape of the whole.
    pub shape: Shape,
}

impl Listed for EmbedDiagonal {
    const NAME: &'static str = "embed_diagonal";
    const DOC: &'static str = "Zeros of a shape with the input on a diagonal.";

    fn cases() -> Vec<Case> {
        let case = |(diagonal, shape): (Diagonal, Shape)| {
            let part = diagonal.layout("diagonal", &Layout::contiguous(shape)).expect("a valid example");
            Case::new(EmbedDiagonal { diagonal, shape }, &[part.shape()])
        };
        Diagonal::examples().into_iter().map(case).collect()
    }
}

impl Op for EmbedDiagonal {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let layout = self.diagonal.layout("embed_diagonal", &Layout::contiguous(self.shape))?;
        if *layout.shape() == inputs[0].shape {
            return Ok(inputs[0].with_shape(self.shape));
        }
        Err(OperationError::new("embed_diagonal", "the part must have the diagonal's shape")
            .operand("part", inputs[0].shape, "")
            .operand("diagonal", layout.shape(), format!("of {}", self.shape)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.fill(Wide::Whole(0), out);
        let whole = *out.layout();
        let place = self.diagonal.layout("embed_diagonal", &whole).expect("checked by infer");
        // Moved, not cloned: a second handle would make the write copy the memory.
        let mut part = std::mem::replace(out, Array::hollow(out.spec())).into_view(place);
        Cpu.copy(inputs[0], &mut part);
        *out = part.into_view(whole);
    }

    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(self.diagonal, &[head])
    }
}
