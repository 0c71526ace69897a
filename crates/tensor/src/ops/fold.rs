//! `Fold`: many numbers to one, over all axes or some.

use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, Backend, DType, DTypes, OperationError, Reduction, Result, Scalar, Shape, Spec};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::{Operand, Routine};

use super::axes::{Partition, axes_cases};
use super::elements::as_dtype;
use super::{Axes, Call, Case, Op, Saves, apply, check_dtype};
use crate::{Integers, Tensor};

/// A reduction: what two numbers become together, in any grouping, and its gradient.
pub trait Fold:
    Copy + Default + std::fmt::Debug + Send + Sync + UnwindSafe + RefUnwindSafe + 'static
{
    /// The name of the method that applies it.
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;
    /// The dtypes that it takes.
    const DTYPES: DTypes = DTypes::NUMBERS;
    /// The dtype that elements are converted to first, and that comes out, if it is not the input's.
    const AS: Option<DType> = None;
    /// Which values the gradient reads.
    const SAVES: Saves = Saves::NONE;
    /// Whether gradients flow through it.
    const DIFFERENTIABLE: bool = true;
    /// Why no elements at all are refused, if they are.
    const NOTHING: Option<&'static str> = None;

    /// The value of no numbers at all, which changes nothing when it is combined.
    fn identity<S: Scalar>(self) -> S;

    /// The value of two groups together.
    fn combine<S: Scalar>(self, left: S, right: S) -> S;

    /// The gradient of the input, given the gradient `head` of the result, which stretches over the input.
    fn gradient(self, call: &Folded<'_>, head: &Tensor) -> Tensor;

    /// Reduces all axes.
    #[track_caller]
    fn all(self, x: &Tensor) -> Tensor {
        apply(FoldOp { fold: self, axes: Axes::All, keepdims: false }, &[x])
    }

    /// Reduces these axes, which go.
    #[track_caller]
    fn along(self, x: &Tensor, axes: impl Integers) -> Tensor {
        apply(FoldOp { fold: self, axes: Axes::Some(axes.integers()), keepdims: false }, &[x])
    }

    /// Reduces these axes, which stay with size 1.
    #[track_caller]
    fn keepdims(self, x: &Tensor, axes: impl Integers) -> Tensor {
        apply(FoldOp { fold: self, axes: Axes::Some(axes.integers()), keepdims: true }, &[x])
    }
}

/// A [`Fold`] over certain axes as an [`Op`].
#[derive(Clone, Debug)]
pub struct FoldOp<F> {
    /// What two numbers become together.
    pub fold: F,
    /// The axes that go.
    pub axes: Axes,
    /// Whether they stay with size 1.
    pub keepdims: bool,
}

/// What a [`Fold`] was applied to, as its gradient sees it.
pub struct Folded<'a> {
    call: &'a Call<'a>,
    pub(super) axes: Partition,
}

impl Folded<'_> {
    /// The shape of the input.
    pub fn shape(&self) -> Shape {
        self.call.shape(0)
    }

    /// The input.
    pub fn input(&self) -> Tensor {
        self.call.input(0)
    }

    /// The result, which stretches over the input.
    pub fn output(&self) -> Tensor {
        self.stretching(&self.call.output())
    }

    fn stretching(&self, result: &Tensor) -> Tensor {
        if result.rank() == 0 {
            result.clone()
        } else {
            result.reshape(self.axes.reduced(&self.shape(), true))
        }
    }
}

/// The formula alone.
#[derive(Clone, Copy)]
pub(super) struct Combine<F>(pub F);

impl<F: Fold> Reduction for Combine<F> {
    const DTYPES: DTypes = match F::AS {
        Some(dtype) => DTypes::of(&[dtype]),
        None => F::DTYPES,
    };

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        self.0.identity()
    }

    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        self.0.combine(left, right)
    }
}

impl<F: Fold> Op for FoldOp<F> {
    fn name(&self) -> &'static str {
        F::NAME
    }

    fn saves(&self) -> Saves {
        F::SAVES
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(F::NAME, F::DTYPES, &inputs[0])?;
        let axes = self.axes.partition(F::NAME, inputs[0].shape.rank())?;
        let shape = axes.reduced(&inputs[0].shape, self.keepdims);
        if let Some(rule) = F::NOTHING.filter(|_| axes.count(&inputs[0].shape) == 0 && shape.size() > 0) {
            return Err(OperationError::new(F::NAME, rule).operand("tensor", inputs[0].shape, ""));
        }
        Ok(Spec { shape, dtype: F::AS.unwrap_or(inputs[0].dtype), ..inputs[0] })
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axes = self.axes.partition(F::NAME, inputs[0].shape().rank()).expect("checked by infer");
        let x = as_dtype(inputs[0], out.dtype());
        if axes.is_ordered() {
            return Cpu.reduce(Combine(self.fold), &x, axes.kept(), out);
        }
        Cpu.reduce(Combine(self.fold), &x.view(x.layout().permute(&axes.order())), axes.kept(), out);
    }

    fn routine(&self, inputs: &[Operand], out: Spec) -> Option<Routine> {
        self.divided(inputs[0], None, out)
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let axes = self.axes.partition(F::NAME, call.shape(0).rank()).expect("checked by infer");
        let call = Folded { call, axes };
        self.fold.gradient(&call, &call.stretching(head))
    }
}

impl<F: Fold> FoldOp<F> {
    /// The kernel whose result is divided by a number, for inputs that need no conversion.
    pub(super) fn divided(&self, input: Operand, divisor: Option<f64>, out: Spec) -> Option<Routine> {
        if input.slot.dtype != out.dtype {
            return None;
        }
        let axes = self.axes.partition(F::NAME, input.layout.shape().rank()).ok()?;
        let layout = if axes.is_ordered() { input.layout } else { input.layout.permute(&axes.order()) };
        let operand = Operand { layout, ..input };
        Routine::reduction(Combine(self.fold), operand, axes.kept(), divisor, out)
    }
}

/// What the derived tests take.
pub(super) fn cases<F: Fold>() -> Vec<Case> {
    let fold = F::default();
    let case = |axes: Axes, keepdims, shape: &[usize]| Case::new(FoldOp { fold, axes, keepdims }, &[shape]);
    axes_cases(F::NOTHING.is_none())
        .into_iter()
        .map(|(axes, keepdims, shape)| case(axes, keepdims, shape))
        .collect()
}
