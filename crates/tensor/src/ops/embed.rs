//! `embed`: zeros around a part, the transpose of `i`.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Shape, Spec, Wide};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::part::EXAMPLES;
use super::{Call, Case, Listed, Op, Part, Saves, apply};
use crate::Tensor;
use crate::index::{Index, indexed};

/// Zeros of a shape, with the input where the indices point: the gradient of [`Part`].
#[derive(Clone, Debug)]
pub struct Embed {
    /// Where the input goes.
    pub indices: SmallVec<[Index; 4]>,
    /// The shape of the whole.
    pub shape: Shape,
}

impl Listed for Embed {
    const NAME: &'static str = "embed";
    const DOC: &'static str = "Zeros of a shape with the input where indices point.";

    fn cases() -> Vec<Case> {
        let case = |(indices, shape): (&[Index], &[usize])| {
            let shape = Shape::new(shape);
            let part = indexed(&Layout::contiguous(shape), indices).expect("a valid example");
            Case::new(Embed { indices: indices.into(), shape }, &[part.shape()])
        };
        EXAMPLES.map(case).into()
    }
}

impl Op for Embed {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let layout = indexed(&Layout::contiguous(self.shape), &self.indices)?;
        if *layout.shape() == inputs[0].shape {
            return Ok(inputs[0].with_shape(self.shape));
        }
        Err(OperationError::new("embed", "the part must have the shape that the indices take")
            .operand("part", inputs[0].shape, "")
            .operand("place", layout.shape(), format!("of {}", self.shape)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.fill(Wide::Whole(0), out);
        let whole = *out.layout();
        let place = indexed(&whole, &self.indices).expect("checked by infer");
        // Moved, not cloned: a second handle would make the write copy the memory.
        let mut part = std::mem::replace(out, Array::hollow(out.spec())).into_view(place);
        Cpu.copy(inputs[0], &mut part);
        *out = part.into_view(whole);
    }

    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(Part { indices: self.indices.clone() }, &[head])
    }
}
