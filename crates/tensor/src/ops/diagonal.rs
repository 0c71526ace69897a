//! `diagonal`: the elements whose positions along two axes grow together; `trace`: their sum.

use ndgrad_array::{Array, Backend, Layout, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, EmbedDiagonal, Listed, Op, Saves, apply, resolve_axis};
use crate::Tensor;

/// The diagonal of two axes, which go; it comes last.
#[derive(Clone, Copy, Debug)]
pub struct Diagonal {
    /// Where along the second axis the first axis's beginning lies; if negative, the other way round.
    pub offset: isize,
    /// Two different axes, counted from the end if negative.
    pub axes: [isize; 2],
}

impl Diagonal {
    pub(super) fn layout(&self, name: &str, whole: &Layout) -> Result<Layout, OperationError> {
        let rank = whole.shape().rank();
        let [first, second] =
            [resolve_axis(name, self.axes[0], rank)?, resolve_axis(name, self.axes[1], rank)?];
        if first != second {
            return Ok(whole.diagonal(first, second, self.offset));
        }
        Err(OperationError::new(name, "a diagonal runs along two different axes").operand(
            "axes",
            format!("{:?}", self.axes),
            format!("of a tensor with {rank} axes"),
        ))
    }

    /// What the derived tests take: a diagonal, and the shape of the whole.
    pub(super) fn examples() -> Vec<(Diagonal, Shape)> {
        let example =
            |offset, axes, shape: &[usize]| (Diagonal { offset, axes }, Shape::new(shape));
        vec![
            example(0, [0, 1], &[3, 3]),
            example(1, [0, 1], &[2, 4]),
            example(-1, [-2, -1], &[2, 3, 2]),
            example(0, [2, 0], &[2, 3, 4]),
            example(5, [0, 1], &[2, 3]),
            example(0, [0, 1], &[0, 3]),
            example(0, [0, 1], &[1, 1]),
        ]
    }
}

impl Listed for Diagonal {
    const NAME: &'static str = "diagonal";
    const DOC: &'static str = "The elements whose positions along two axes grow together.";

    fn cases() -> Vec<Case> {
        Diagonal::examples().into_iter().map(|(op, shape)| Case::new(op, &[&shape])).collect()
    }
}

impl Op for Diagonal {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let layout = self.layout("diagonal", &Layout::contiguous(inputs[0].shape))?;
        Ok(inputs[0].with_shape(*layout.shape()))
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        Some(self.layout("diagonal", input).expect("checked by infer"))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.copy(&inputs[0].view(self.view(inputs[0].layout()).expect("always a view")), out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(EmbedDiagonal { diagonal: *self, shape: call.shape(0) }, &[head])
    }
}

impl Tensor {
    /// The main diagonal of each matrix, which the last two axes are: `out[.., i] = self[.., i, i]`. A view.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.diagonal().to_vec::<f32>(), [1.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    #[track_caller]
    pub fn diagonal(&self) -> Tensor {
        self.diagonal_of(0, [-2, -1])
    }

    /// The elements whose positions along two axes grow together, from 0 along the first axis and `offset` along the
    /// second, or, if it is negative, `-offset` and 0. Both axes go, and the diagonal comes last, as in
    /// `numpy.diagonal`. A view.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.diagonal_of(1, [0, 1]).to_vec::<f32>(), [2.0, 6.0]);
    /// assert_eq!(x.diagonal_of(-1, [0, 1]).to_vec::<f32>(), [4.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or both are the same.
    #[track_caller]
    pub fn diagonal_of(&self, offset: isize, axes: [isize; 2]) -> Tensor {
        apply(Diagonal { offset, axes }, &[self])
    }

    /// The sum of the main diagonal of each matrix, which the last two axes are; they go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).trace().item(), 5.0);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    #[track_caller]
    pub fn trace(&self) -> Tensor {
        self.diagonal().sum_axes(-1)
    }
}
