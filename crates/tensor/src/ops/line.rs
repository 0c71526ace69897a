//! Work along one axis, for kernels that work along the last.

use ndgrad_array::{Array, Backend, Layout, MAX_RANK, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::{Embed, Part, apply};
use crate::{Index, Tensor};

/// Calls `kernel` with views of the inputs and a result in which `axis` comes last, and is walked from its end if
/// `reverse`.
pub(super) fn along(
    axis: usize,
    reverse: bool,
    inputs: &[&Array],
    out: &mut Array,
    kernel: impl Fn(&[Array], &mut Array),
) {
    let rank = out.shape().rank();
    let flipped = |layout: Layout| match reverse {
        true => {
            let count = layout.shape()[rank - 1];
            layout.slice(rank - 1, count.saturating_sub(1), count, -1)
        }
        false => layout,
    };
    let order: SmallVec<[usize; MAX_RANK]> = (0..rank).filter(|&other| other != axis).chain([axis]).collect();
    let turned = |x: &Array| x.view(flipped(x.layout().permute(&order)));
    let inputs: SmallVec<[Array; 2]> = inputs.iter().map(|x| turned(x)).collect();
    if axis == rank - 1 && !reverse {
        return kernel(&inputs, out);
    }
    let mut lines = Array::new(Spec { shape: *out.layout().permute(&order).shape(), ..out.spec() });
    kernel(&inputs, &mut lines);
    let mut back = order.clone();
    order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
    Cpu.copy(&lines.view(flipped(*lines.layout()).permute(&back)), out);
}

impl Tensor {
    /// Every element one place further along `axis` (towards the start if `reverse`), with 0 where none comes from.
    pub(super) fn shifted(&self, axis: usize, reverse: bool) -> Tensor {
        let Some(last) = self.shape()[axis].checked_sub(1) else { return self.clone() };
        let along = |start: usize, end: usize| {
            let range = Index::Range { start: Some(start as isize), end: Some(end as isize), step: 1 };
            std::iter::repeat_n(Index::ALL, axis).chain([range]).collect::<SmallVec<[Index; 4]>>()
        };
        let (from, to) =
            if reverse { (along(1, last + 1), along(0, last)) } else { (along(0, last), along(1, last + 1)) };
        let part = apply(Part { indices: from }, &[self]);
        apply(Embed { indices: to, shape: self.shape(), background: 0.0 }, &[&part])
    }

    /// The product of all elements that stand before each along `axis` (behind it if `reverse`): 1 for the first.
    pub(super) fn product_of_others(&self, axis: usize, reverse: bool) -> Tensor {
        let first = 1.0 - Tensor::ones_like(self).shifted(axis, reverse);
        apply(super::CumProd { axis: axis as isize, reverse }, &[&(self.shifted(axis, reverse) + first)])
    }
}
