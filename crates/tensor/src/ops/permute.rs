//! `permute`: the axes in another order.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::{Call, Case, Listed, Op, Saves, apply, resolve_axis};
use crate::{Integers, Tensor};

/// The axes in another order: axis `i` of the result is axis `order[i]` of the input.
#[derive(Clone, Debug)]
pub struct Permute {
    /// Every axis once, counted from the end if negative.
    pub order: SmallVec<[isize; 8]>,
}

impl Permute {
    fn resolve(&self, rank: usize) -> Result<SmallVec<[usize; 8]>, OperationError> {
        let axes = self.order.iter().map(|&axis| resolve_axis("permute", axis, rank));
        let axes: SmallVec<[usize; 8]> = axes.collect::<Result<_, _>>()?;
        if axes.len() != rank || (0..rank).any(|axis| !axes.contains(&axis)) {
            return Err(OperationError::new("permute", "every axis must be named once").operand(
                "order",
                format!("{:?}", &self.order[..]),
                format!("of a tensor with {rank} axes"),
            ));
        }
        Ok(axes)
    }
}

impl Listed for Permute {
    const NAME: &'static str = "permute";
    const DOC: &'static str = "The axes in another order.";

    fn cases() -> Vec<Case> {
        let case = |order: &[isize], shape: &[usize]| {
            Case::new(Permute { order: SmallVec::from_slice(order) }, &[shape])
        };
        vec![case(&[1, 0], &[2, 3]), case(&[2, 0, -2], &[2, 3, 2]), case(&[], &[]), case(&[1, 0], &[0, 2])]
    }
}

impl Op for Permute {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let order = self.resolve(inputs[0].shape.rank())?;
        Ok(inputs[0].with_shape(*Layout::contiguous(inputs[0].shape).permute(&order).shape()))
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        Some(input.permute(&self.resolve(input.shape().rank()).expect("checked by infer")))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(&inputs[0].view(self.view(inputs[0].layout()).expect("always a view")), out);
    }

    /// The axes back where they were.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let order = self.resolve(call.shape(0).rank()).expect("checked by infer");
        let mut inverse = order.clone();
        order.iter().enumerate().for_each(|(to, &from)| inverse[from] = to);
        head.permute(&inverse[..])
    }
}

impl Tensor {
    /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor. A view.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::zeros([2, 3, 4]).permute([2, 0, 1]).shape(), [4, 2, 3]);
    /// ```
    ///
    /// # Panics
    /// When not every axis is named once.
    #[track_caller]
    pub fn permute(&self, order: impl Integers) -> Tensor {
        apply(Permute { order: order.integers() }, &[self])
    }
}
