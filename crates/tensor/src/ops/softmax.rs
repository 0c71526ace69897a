//! `softmax`: exponentials as shares of their sum.

use ndgrad_array::{Array, Backend, Binary, DTypes, Normalization, OperationError, Result, Scalar, Spec, Unary};
use ndgrad_cpu::Cpu;

use super::elements::combined;
use super::fold::Combine;
use super::{Axes, Call, Case, FoldOp, Listed, Max, Op, Saves, Sum, apply, check_dtype};
use crate::{Integers, Tensor};

/// The exponentials as shares of their sum along some axes.
#[derive(Clone, Debug)]
pub struct Softmax {
    /// The axes along which the shares add up to 1.
    pub axes: Axes,
}

/// How far an element lies below the largest; -inf if that is -inf itself.
#[derive(Clone, Copy)]
pub(super) struct Below;

impl Binary for Below {
    const DTYPES: DTypes = DTypes::FLOATS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, top: S) -> S {
        S::select(top.equal(S::LOWEST), top, x - top)
    }
}

/// `part / whole`, and 0 of 0.
#[derive(Clone, Copy)]
struct Share;

impl Binary for Share {
    const DTYPES: DTypes = DTypes::FLOATS;

    #[inline(always)]
    fn value<S: Scalar>(self, part: S, whole: S) -> S {
        S::select(whole.equal(S::ZERO), S::ZERO, part / whole)
    }
}

#[derive(Clone, Copy)]
struct Grown;

impl Unary for Grown {
    const DTYPES: DTypes = DTypes::FLOATS;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.exp()
    }
}

/// Rows of more elements do not stay in the nearest cache.
const MOST_IN_CACHE: usize = 1 << 12;

/// What the derived tests take of an operation that keeps the shape.
pub(super) fn same_shape_cases<O: Op + Clone>(make: impl Fn(Axes) -> O) -> Vec<Case> {
    let case = |axis: isize, shape: &[usize]| Case::new(make(Axes::Some(axis.integers())), &[shape]);
    let mut cases =
        vec![case(0, &[4]), case(-1, &[2, 3]), case(0, &[3, 2]), case(1, &[2, 3, 2]), case(0, &[0, 2])];
    cases.extend([case(0, &[1]), case(1, &[0, 2]), Case::new(make(Axes::All), &[&[2, 2]])]);
    cases
}

impl Listed for Softmax {
    const NAME: &'static str = "softmax";
    const DOC: &'static str = "The exponentials as shares of their sum along an axis.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        same_shape_cases(|axes| Softmax { axes })
    }
}

impl Op for Softmax {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::OUTPUT
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        self.axes.resolve(Self::NAME, inputs[0].shape.rank())?;
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if out.shape().size() == 0 {
            return;
        }
        let axes = self.axes.partition(Self::NAME, out.shape().rank()).expect("checked by infer");
        if axes.is_ordered() && axes.count(out.shape()) <= MOST_IN_CACHE {
            let (top, whole) = (Combine(Max), Combine(Sum));
            let formulas = Normalization { top, below: Below, part: Grown, whole, share: Share };
            return Cpu.normalize(formulas, inputs[0], axes.kept(), out);
        }
        let x = Tensor::from_array(inputs[0].clone());
        let top = apply(FoldOp { fold: Max, axes: self.axes.clone(), keepdims: true }, &[&x]);
        let parts = combined(Below, &x, &top).exp();
        let whole = apply(FoldOp { fold: Sum, axes: self.axes.clone(), keepdims: true }, &[&parts]);
        *out = combined(Share, &parts, &whole).array();
    }

    /// What a share gains, all lose in proportion: y (head - sum of y head).
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let y = call.output();
        let lost = apply(FoldOp { fold: Sum, axes: self.axes.clone(), keepdims: true }, &[&(&y * head)]);
        y * (head - lost)
    }
}

impl Tensor {
    /// `e^x` as shares of their sum along an axis (counted from the end if negative): numbers from 0 to 1 that add up
    /// to 1. Nothing overflows. -inf gets a share of 0, so a line of -inf alone (all masked) is all 0, not NaN; a line
    /// with inf or NaN in it is NaN where they stand.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1000.0, 1000.0], [0.0, -1000.0]]).softmax(-1).to_vec::<f32>(), [0.5, 0.5, 1.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis; for dtypes other than floats.
    #[track_caller]
    pub fn softmax(&self, axis: isize) -> Tensor {
        apply(Softmax { axes: Axes::Some(axis.integers()) }, &[self])
    }
}
