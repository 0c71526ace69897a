//! `with`: a tensor in which one part is replaced.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::part::EXAMPLES;
use super::{Call, Case, Listed, Op, Part, Saves, apply, same_device, same_dtype, write_part};
use crate::Tensor;
use crate::index::{Index, indexed};

/// The first input, with the second, stretched, where the indices point.
#[derive(Clone, Debug)]
pub struct With {
    /// What is replaced.
    pub indices: SmallVec<[Index; 4]>,
}

/// The value must have the tensor's dtype and stretch to what is selected.
pub(crate) fn check_value(name: &str, whole: Spec, selected: Shape, value: Spec) -> Result<(), OperationError> {
    same_device(name, &[whole, value])?;
    same_dtype(name, &[whole, value])?;
    if value.shape.broadcast(&selected) == Some(selected) {
        return Ok(());
    }
    Err(OperationError::new(name, "the value must stretch to what is selected")
        .operand("value", value.shape, "")
        .operand("selected", selected, format!("of {}", whole.shape)))
}

impl Listed for With {
    const NAME: &'static str = "with";
    const DOC: &'static str = "The tensor with another value in one part of it.";

    fn cases() -> Vec<Case> {
        let part = |(indices, shape): &(&[Index], &[usize])| {
            *indexed("with", &Layout::contiguous(Shape::new(shape)), indices).expect("a valid example").shape()
        };
        let exact = EXAMPLES.iter().map(|example| {
            Case::new(With { indices: example.0.into() }, &[example.1, &part(example)])
        });
        let stretched =
            EXAMPLES.iter().map(|example| Case::new(With { indices: example.0.into() }, &[example.1, &[]]));
        exact.chain(stretched).collect()
    }
}

impl Op for With {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let place = indexed("with", &Layout::contiguous(inputs[0].shape), &self.indices)?;
        check_value("with", inputs[0], *place.shape(), inputs[1])?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(inputs[0], out);
        let place = indexed("with", out.layout(), &self.indices).expect("checked by infer");
        let value = inputs[1].view(inputs[1].layout().broadcast_to(*place.shape()));
        write_part(&value, place, out);
    }

    /// What was overwritten has no gradient; the value has that of its place.
    fn gradient(&self, _: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        match input {
            0 => apply(self.clone(), &[head, &Tensor::scalar_like(head, 0.0)]),
            _ => apply(Part { indices: self.indices.clone() }, &[head]),
        }
    }
}
