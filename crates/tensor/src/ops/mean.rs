//! `mean`: the sum, divided by the count.

use std::ops::Div;

use ndgrad_array::{Array, DTypes, Element, OperationError, Result, Shape, Spec, Wide, with_dtype};
use ndgrad_cpu::program::{Operand, Routine};

use super::axes::axes_cases;
use super::{Axes, Call, Case, FoldOp, Listed, Op, Saves, Sum, apply, check_dtype};
use crate::{Integers, Tensor};

/// The mean of the elements along some axes: their sum, divided by their count in the dtype of the tensor.
#[derive(Clone, Debug)]
pub struct Mean {
    /// The axes that go.
    pub axes: Axes,
    /// Whether they stay with size 1.
    pub keepdims: bool,
}

impl Mean {
    fn sum(&self) -> FoldOp<Sum> {
        FoldOp { fold: Sum, axes: self.axes.clone(), keepdims: self.keepdims }
    }

    fn count(&self, input: &Shape) -> f64 {
        let axes = self.axes.partition(Self::NAME, input.rank()).expect("checked by infer");
        axes.count(input) as f64
    }
}

impl Listed for Mean {
    const NAME: &'static str = "mean";
    const DOC: &'static str = "The mean of the elements along some axes.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let case = |(axes, keepdims, shape): (Axes, bool, &[usize])| Case::new(Mean { axes, keepdims }, &[shape]);
        axes_cases(false).into_iter().map(case).collect()
    }
}

impl Op for Mean {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        let axes = self.axes.partition(Self::NAME, inputs[0].shape.rank())?;
        Ok(inputs[0].with_shape(axes.reduced(&inputs[0].shape, self.keepdims)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        self.sum().forward(inputs, out);
        let count = self.count(inputs[0].shape());
        with_dtype!(out.dtype(), DTypes::FLOATS, T => {
            let count = T::narrow(Wide::Float(count));
            out.as_mut_slice::<T>().iter_mut().for_each(|sum| *sum = sum.div(count));
        });
    }

    fn routine(&self, inputs: &[Operand], out: Spec) -> Option<Routine> {
        self.sum().divided(inputs[0], Some(self.count(inputs[0].layout.shape())), out)
    }

    /// Every element had a share of one by the count.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let share = head / self.count(&call.shape(0));
        self.sum().gradient(call, &share, 0)
    }
}

#[track_caller]
pub(super) fn mean(x: &Tensor, axes: Axes, keepdims: bool) -> Tensor {
    apply(Mean { axes, keepdims }, &[x])
}

impl Tensor {
    /// The mean of all elements, as a scalar; NaN of none.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.mean().item(), 2.5);
    /// assert_eq!(x.mean_axes(0).to_vec::<f32>(), [2.0, 3.0]);
    /// assert_eq!((&x - x.mean_keepdims(1)).to_vec::<f32>(), [-0.5, 0.5, -0.5, 0.5]);
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats: convert whole numbers first.
    #[track_caller]
    pub fn mean(&self) -> Tensor {
        mean(self, Axes::All, false)
    }

    /// [`Tensor::mean`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::mean`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn mean_axes(&self, axes: impl Integers) -> Tensor {
        mean(self, Axes::Some(axes.integers()), false)
    }

    /// [`Tensor::mean_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::mean_axes`].
    #[track_caller]
    pub fn mean_keepdims(&self, axes: impl Integers) -> Tensor {
        mean(self, Axes::Some(axes.integers()), true)
    }
}
