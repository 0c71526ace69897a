//! `recurrence`: each element from the one before, `y[i] = factor[i] * y[i - 1] + x[i]`.

use ndgrad_array::{Array, Backend, DTypes, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::line::along;
use super::{Call, Case, Listed, Op, apply, check_dtype, resolve_axis, same_dtype};
use crate::Tensor;

/// The linear recurrence `y[i] = factor[i] * y[i - 1] + x[i]` along an axis. Inputs: `x`, `factor`.
#[derive(Clone, Copy, Debug)]
pub struct Recurrence {
    /// The axis.
    pub axis: isize,
    /// Whether it runs from the axis's end: `y[i] = factor[i] * y[i + 1] + x[i]`.
    pub reverse: bool,
}

impl Listed for Recurrence {
    const NAME: &'static str = "recurrence";
    const DOC: &'static str = "Each element from the one before: y[i] = factor[i] y[i - 1] + x[i].";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        let case = |axis, reverse, shape: &[usize]| Case::new(Recurrence { axis, reverse }, &[shape, shape]);
        vec![
            case(0, false, &[4]),
            case(-1, true, &[2, 3]),
            case(0, false, &[3, 2]),
            case(1, true, &[2, 3, 2]),
            case(0, false, &[0, 2]),
            case(0, true, &[1]),
        ]
    }
}

impl Op for Recurrence {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        same_dtype(Self::NAME, inputs)?;
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        resolve_axis(Self::NAME, self.axis, inputs[0].shape.rank())?;
        if inputs[0].shape != inputs[1].shape {
            return Err(OperationError::new(Self::NAME, "one factor per element is needed")
                .operand("tensor", inputs[0].shape, "")
                .operand("factor", inputs[1].shape, "")
                .remedy("stretch it: factor.broadcast_to(x.shape())"));
        }
        Ok(inputs[0])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis(Self::NAME, self.axis, out.shape().rank()).expect("checked by infer");
        along(axis, self.reverse, inputs, out, |inputs, out| Cpu.recurrence(&inputs[0], &inputs[1], out));
    }

    /// What reaches `x[i]`, the recurrence run backwards: `g[i] = h[i] + factor[i + 1] g[i + 1]`. The factor has the
    /// share `y[i - 1]` of it.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        let axis = resolve_axis(Self::NAME, self.axis, head.rank()).expect("checked by infer");
        let reverse = !self.reverse;
        let reached = apply(Recurrence { reverse, ..*self }, &[head, &call.input(1).shifted(axis, reverse)]);
        if input == 0 { reached } else { reached * call.output().shifted(axis, self.reverse) }
    }
}

impl Tensor {
    /// Each element from the one before along an axis (counted from the end if negative):
    /// `y[i] = factor[i] * y[i - 1] + x[i]`, from `y[0] = x[0]`. A moving average that forgets is one, and so are the
    /// gradients of running products.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (x, factor) = (tensor([8.0, 0.0, 4.0]), tensor([0.5, 0.5, 0.5]));
    /// assert_eq!(x.recurrence(&factor, 0).to_vec::<f32>(), [8.0, 4.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or shapes or dtypes differ; for bool.
    #[track_caller]
    pub fn recurrence(&self, factor: &Tensor, axis: isize) -> Tensor {
        apply(Recurrence { axis, reverse: false }, &[self, factor])
    }
}
