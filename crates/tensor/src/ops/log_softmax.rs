//! `log_softmax`: the logarithms of softmax's shares.

use ndgrad_array::{Array, DTypes, OperationError, Result, Spec};

use super::elements::combined;
use super::logsumexp::top_and_rest;
use super::softmax::{Below, same_shape_cases};
use super::{Axes, Call, Case, FoldOp, Listed, Op, Saves, Sum, apply, check_dtype};
use crate::{Integers, Tensor};

/// The logarithms of softmax's shares along some axes.
#[derive(Clone, Debug)]
pub struct LogSoftmax {
    /// The axes along which the shares add up to 1.
    pub axes: Axes,
}

impl Listed for LogSoftmax {
    const NAME: &'static str = "log_softmax";
    const DOC: &'static str = "The logarithms of softmax's shares along an axis.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        same_shape_cases(|axes| LogSoftmax { axes })
    }
}

impl Op for LogSoftmax {
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
        let x = Tensor::from_array(inputs[0].clone());
        let (top, rest) = top_and_rest(&x, &self.axes);
        *out = (combined(Below, &x, &top) - rest).array();
    }

    /// The head, less each share of its sum.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let sum = apply(FoldOp { fold: Sum, axes: self.axes.clone(), keepdims: true }, &[head]);
        head - call.output().exp() * sum
    }
}

impl Tensor {
    /// The logarithm of [`Tensor::softmax`] along an axis (counted from the end if negative), without overflow, and
    /// precise also where a share is next to 0 or 1.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let shares = tensor([0.0, -40.0, -1000.0]).log_softmax(0);
    /// assert_eq!(shares.to_vec::<f32>(), [-(-40f32).exp(), -40.0, -1000.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis; for dtypes other than floats.
    #[track_caller]
    pub fn log_softmax(&self, axis: isize) -> Tensor {
        apply(LogSoftmax { axes: Axes::Some(axis.integers()) }, &[self])
    }
}
