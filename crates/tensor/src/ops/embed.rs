//! `embed`: one number around a part; with 0 the transpose of `i`.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Shape, Spec, Wide};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::part::EXAMPLES;
use super::{Call, Case, Listed, Op, Part, Saves, apply};
use crate::Tensor;
use crate::index::{Index, indexed};

/// One number everywhere, with the input where the indices point: the gradient of [`Part`] with zeros, and a frame
/// around a tensor.
#[derive(Clone, Debug)]
pub struct Embed {
    /// Where the input goes.
    pub indices: SmallVec<[Index; 4]>,
    /// The shape of the whole.
    pub shape: Shape,
    /// What is elsewhere.
    pub background: f64,
}

impl Listed for Embed {
    const NAME: &'static str = "embed";
    const DOC: &'static str = "One number in a shape, with the input where indices point.";

    fn cases() -> Vec<Case> {
        let case = |(indices, shape): (&[Index], &[usize])| {
            let shape = Shape::new(shape);
            let part = indexed("embed", &Layout::contiguous(shape), indices).expect("a valid example");
            Case::new(Embed { indices: indices.into(), shape, background: 0.0 }, &[part.shape()])
        };
        let mut cases: Vec<Case> = EXAMPLES.map(case).into();
        let indices = SmallVec::from_slice(&[Index::At(1)]);
        cases.push(Case::new(Embed { indices, shape: Shape::from([3]), background: 1.0 }, &[&[]]));
        cases
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
        let layout = indexed("embed", &Layout::contiguous(self.shape), &self.indices)?;
        if *layout.shape() == inputs[0].shape {
            return Ok(inputs[0].with_shape(self.shape));
        }
        Err(OperationError::new("embed", "the part must have the shape that the indices take")
            .operand("part", inputs[0].shape, "")
            .operand("place", layout.shape(), format!("of {}", self.shape)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.fill(Wide::Float(self.background), out);
        let place = indexed("embed", out.layout(), &self.indices).expect("checked by infer");
        write_part(inputs[0], place, out);
    }

    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(Part { indices: self.indices.clone() }, &[head])
    }
}

/// Writes `part` into the elements of `out` that `place` names.
pub(crate) fn write_part(part: &Array, place: Layout, out: &mut Array) {
    let whole = *out.layout();
    // Moved, not cloned: a second handle would make the write copy the memory.
    let mut target = std::mem::replace(out, Array::hollow(out.spec())).into_view(place);
    Cpu.copy(part, &mut target);
    *out = target.into_view(whole);
}
