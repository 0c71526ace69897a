//! `logsumexp`: the logarithm of a sum of exponentials.

use ndgrad_array::{Array, Backend, Binary, DTypes, OperationError, Result, Scalar, Spec, Wide};
use ndgrad_cpu::Cpu;

use super::elements::{combined, where_equal};
use super::axes::axes_cases;
use super::{Axes, Call, Case, FoldOp, Listed, Max, Op, Saves, Softmax, Sum, apply, check_dtype};
use crate::{Integers, Tensor};

/// The logarithm of the sum of the exponentials along some axes.
#[derive(Clone, Debug)]
pub struct LogSumExp {
    /// The axes that go.
    pub axes: Axes,
    /// Whether they stay with size 1.
    pub keepdims: bool,
}

/// The largest element, and what the logarithm of the sum has beyond it; both stretch over the input.
///
/// The largest contributes 1 to the sum of `e^(x - top)`. It is left out of the sum and comes back by `log(1 + rest)`,
/// so a small rest is not lost beside it (Blanchard, Higham and Higham, "Accurately computing the log-sum-exp and
/// softmax functions", IMA J. Numer. Anal. 41, 2021).
pub(super) fn top_and_rest(x: &Tensor, axes: &Axes) -> (Tensor, Tensor) {
    #[derive(Clone, Copy)]
    struct BesideTop;

    impl Binary for BesideTop {
        const DTYPES: DTypes = DTypes::FLOATS;

        #[inline(always)]
        fn value<S: Scalar>(self, x: S, top: S) -> S {
            S::select(x.equal(top), S::ZERO, (x - top).exp())
        }
    }

    #[derive(Clone, Copy)]
    struct LogOfSum;

    impl Binary for LogOfSum {
        const DTYPES: DTypes = DTypes::FLOATS;

        #[inline(always)]
        fn value<S: Scalar>(self, rest: S, ties: S) -> S {
            (rest + (ties - S::ONE)).ln_1p()
        }
    }

    let top = apply(FoldOp { fold: Max, axes: axes.clone(), keepdims: true }, &[x]);
    let sum = |x: &Tensor| apply(FoldOp { fold: Sum, axes: axes.clone(), keepdims: true }, &[x]);
    let (rest, ties) = (sum(&combined(BesideTop, x, &top)), sum(&where_equal(x, &top)));
    (top, combined(LogOfSum, &rest, &ties))
}

impl Listed for LogSumExp {
    const NAME: &'static str = "logsumexp";
    const DOC: &'static str = "The logarithm of the sum of the exponentials along some axes.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let case =
            |(axes, keepdims, shape): (Axes, _, &[usize])| Case::new(LogSumExp { axes, keepdims }, &[shape]);
        axes_cases(true).into_iter().map(case).collect()
    }
}

impl Op for LogSumExp {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::INPUTS
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        let axes = self.axes.partition(Self::NAME, inputs[0].shape.rank())?;
        Ok(inputs[0].with_shape(axes.reduced(&inputs[0].shape, self.keepdims)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if inputs[0].shape().size() == 0 {
            return Cpu.fill(Wide::Float(f64::NEG_INFINITY), out);
        }
        let (top, rest) = top_and_rest(&Tensor::from_array(inputs[0].clone()), &self.axes);
        *out = (top + rest).reshape(*out.shape()).array();
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let axes = self.axes.partition(Self::NAME, call.shape(0).rank()).expect("checked by infer");
        let shares = apply(Softmax { axes: self.axes.clone() }, &[&call.input(0)]);
        shares * head.reshape(axes.reduced(&call.shape(0), true))
    }
}

impl Tensor {
    /// `log(sum(e^x))` of all elements, as a scalar, without overflow and without losing small terms. -inf of none and
    /// of -inf alone (where the gradient is 0), inf if one is inf, NaN if one is NaN. The gradient is the softmax.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1000.0, 1000.0]).logsumexp().item() as f32, 1000.0 + 2f32.ln());
    /// ```
    ///
    /// # Panics
    /// For dtypes other than floats.
    #[track_caller]
    pub fn logsumexp(&self) -> Tensor {
        apply(LogSumExp { axes: Axes::All, keepdims: false }, &[self])
    }

    /// [`Tensor::logsumexp`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice; for dtypes other than floats.
    #[track_caller]
    pub fn logsumexp_axes(&self, axes: impl Integers) -> Tensor {
        apply(LogSumExp { axes: Axes::Some(axes.integers()), keepdims: false }, &[self])
    }

    /// [`Tensor::logsumexp_axes`], where the axes stay with size 1.
    ///
    /// # Panics
    /// As [`Tensor::logsumexp_axes`].
    #[track_caller]
    pub fn logsumexp_keepdims(&self, axes: impl Integers) -> Tensor {
        apply(LogSumExp { axes: Axes::Some(axes.integers()), keepdims: true }, &[self])
    }
}
