//! `cross_entropy`: how much predicted logits surprise, given the truth.

use ndgrad_array::{DTypes, OperationError, Scalar};

use super::gather::{check_positions, infer_positions};
use super::{Call, Zip, check_dtype, refuse, same_dtype};
use crate::Tensor;

/// `p log q` from p and log q, and 0 where p is 0, whatever log q is.
#[derive(Clone, Copy, Debug, Default)]
struct Weighted;

impl Zip for Weighted {
    const NAME: &'static str = "cross_entropy";
    const DOC: &'static str = "A logarithm times its probability, 0 where that is 0.";

    #[inline(always)]
    fn value<S: Scalar>(self, p: S, log: S) -> S {
        S::select(p.equal(S::ZERO), S::ZERO, p * log)
    }

    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(1)
    }

    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * call.input(0)
    }
}

/// Whether the target names classes, or why it does not fit.
fn names_classes(logits: &Tensor, target: &Tensor) -> Result<bool, OperationError> {
    const NAME: &str = "cross_entropy";
    check_dtype(NAME, DTypes::FLOATS, &logits.spec())?;
    let (shape, rank) = (logits.shape(), logits.rank());
    let refused = |rule: &str| {
        let spec = |x: &Tensor| format!("{} {}", x.shape(), x.dtype());
        Err(OperationError::new(NAME, rule)
            .operand("logits", spec(logits), "one line per example along the last axis")
            .operand("target", spec(target), "")
            .remedy(
                "give one class number (i64) for each line, or probabilities of the logits' shape and dtype",
            ))
    };
    if rank == 0 {
        return refused("logits have an axis of classes");
    }
    if target.dtype().is_float() {
        same_dtype(NAME, &[logits.spec(), target.spec()])?;
        return if target.shape() == shape {
            Ok(false)
        } else {
            refused("one probability per logit is needed")
        };
    }
    infer_positions(NAME, target.spec())?;
    if target.shape() != shape.remove(rank - 1) {
        return refused("one class for each line of logits is needed");
    }
    check_positions(NAME, target.value().elements(), shape[rank - 1])?;
    Ok(true)
}

impl Tensor {
    /// The cross entropy between these logits (unnormalized logarithms of probabilities, classes along the last axis)
    /// and the truth, as a scalar: the mean over all lines of `-sum(p * log_softmax(logits))`. `target` is either the
    /// number of each line's class (i32 or i64, of the logits' shape without the last axis) or the probabilities p (of
    /// the logits' shape and dtype).
    ///
    /// It is computed by [`Tensor::log_softmax`], so it neither overflows nor loses small losses. A class of probability
    /// 0 costs nothing even where its logit is -inf. NaN of no lines.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let logits = tensor([[0.0, 0.0], [1000.0, 0.0]]);
    /// assert_eq!(logits.cross_entropy(&tensor([1, 0])).item() as f32, 2f32.ln() / 2.0);
    /// let truth = tensor([[0.0, 1.0], [1.0, 0.0]]);
    /// assert_eq!(logits.cross_entropy(&truth).item() as f32, 2f32.ln() / 2.0);
    /// ```
    ///
    /// # Panics
    /// When the shapes do not fit, a class does not exist, or the dtypes are others.
    #[track_caller]
    pub fn cross_entropy(&self, target: &Tensor) -> Tensor {
        let logarithms = match names_classes(self, target) {
            Ok(true) => return -self.log_softmax(-1).pick(target).mean(),
            Ok(false) => self.log_softmax(-1),
            Err(error) => refuse(error),
        };
        -Weighted.apply(target, &logarithms).sum_axes(-1).mean()
    }
}
