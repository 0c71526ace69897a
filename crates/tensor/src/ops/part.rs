//! `i`: a part of a tensor, as a view.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::{Call, Case, Embed, Listed, Op, Saves, apply};
use crate::Tensor;
use crate::index::{ELLIPSIS, Index, IntoIndices, NEW_AXIS, indexed};

/// Takes a part: one index per axis.
#[derive(Clone, Debug)]
pub struct Part {
    /// What is taken of each axis; axes beyond these are taken whole.
    pub indices: SmallVec<[Index; 4]>,
}

impl Listed for Part {
    const NAME: &'static str = "i";
    const DOC: &'static str = "A part: one position or a range along each axis.";

    fn cases() -> Vec<Case> {
        EXAMPLES.map(|(indices, shape)| Case::new(Part { indices: indices.into() }, &[shape])).into()
    }
}

impl Op for Part {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let layout = indexed("i", &Layout::contiguous(inputs[0].shape), &self.indices)?;
        Ok(inputs[0].with_shape(*layout.shape()))
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        Some(indexed("i", input, &self.indices).expect("checked by infer"))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(&inputs[0].view(self.view(inputs[0].layout()).expect("always a view")), out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(Embed { indices: self.indices.clone(), shape: call.shape(0), background: 0.0 }, &[head])
    }
}

impl Tensor {
    /// A part of the tensor: a number per axis takes one position (from the end if negative) and the axis goes, a
    /// range takes several. [`ELLIPSIS`] stands for all axes that the other indices leave over, [`NEW_AXIS`] puts in
    /// one of size 1; [`Index::step`] gives a range a step. A view.
    ///
    /// Unlike in NumPy, a range that reaches beyond the axis is refused, and with a negative step the range is still
    /// written from its lower end: it is walked from its last position backwards.
    ///
    /// ```
    /// use ndgrad_tensor::{ELLIPSIS, Index, NEW_AXIS, tensor};
    /// let x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.i(1).to_vec::<f32>(), [4.0, 5.0, 6.0]);
    /// assert_eq!(x.i((.., -1)).to_vec::<f32>(), [3.0, 6.0]);
    /// assert_eq!(x.i((0, 1..)).to_vec::<f32>(), [2.0, 3.0]);
    /// assert_eq!(x.i((0, Index::from(..).step(-2))).to_vec::<f32>(), [3.0, 1.0]);
    /// assert_eq!(x.i((ELLIPSIS, 0)).to_vec::<f32>(), [1.0, 4.0]);
    /// assert_eq!(x.i((.., NEW_AXIS, 1..)).shape(), [2, 1, 2]);
    /// ```
    ///
    /// [`ELLIPSIS`]: crate::ELLIPSIS
    /// [`NEW_AXIS`]: crate::NEW_AXIS
    ///
    /// # Panics
    /// When a position does not exist, a step is 0, there are more indices than axes, two ellipses, or more than
    /// eight axes would come out.
    #[track_caller]
    pub fn i(&self, indices: impl IntoIndices) -> Tensor {
        apply(Part { indices: indices.indices() }, &[self])
    }
}

/// What the derived tests take: indices, and the shape of the whole.
pub(super) const EXAMPLES: [(&[Index], &[usize]); 9] = [
    (&[Index::At(-1)], &[3]),
    (&[Index::ALL, Index::At(1)], &[2, 3]),
    (&[Index::Range { start: Some(1), end: None, step: 1 }, Index::ALL], &[3, 2]),
    (&[Index::Range { start: None, end: Some(-1), step: -2 }, Index::At(0)], &[5, 2]),
    (&[Index::Range { start: Some(2), end: Some(2), step: 1 }], &[3, 2]),
    (&[ELLIPSIS, Index::At(1)], &[2, 1, 3]),
    (&[Index::At(0), ELLIPSIS, NEW_AXIS, Index::ALL], &[2, 2, 3]),
    (&[NEW_AXIS, Index::ALL, NEW_AXIS], &[3]),
    (&[ELLIPSIS], &[]),
];
