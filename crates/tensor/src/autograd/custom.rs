//! `custom`: a function with a gradient of its own.

use std::borrow::Cow;
use std::fmt;
use std::panic::{AssertUnwindSafe, Location};

use ndgrad_array::{Array, Backend, OperationError, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::scope::recording;
use crate::ops::{Call, Op, remember};
use crate::{Tensor, Tensors};

/// A function of tensors with a gradient of its own, where the one that recording gives is not the one that is
/// wanted: a formula that is more exact or faster, a gradient that is clipped, reversed or passed straight through,
/// numbers from another library.
///
/// `forward` gets the values of the inputs, without history, and returns the result; what it computes is not
/// recorded. `backward` is asked for the gradient of one input at a time, and only for those that need one: it gets
/// the [`Call`] with inputs and output, the gradient `head` of the result, and the number of the input, and returns a
/// gradient of that input's shape (or of one that it stretches to, which is then summed) and dtype. Written in tensor
/// operations on these, it is differentiable itself, and gradients of gradients work.
///
/// All inputs and the output are kept until then. To keep less, or to have an operation with fields, implement
/// [`Op`] and use [`ops::apply`](crate::ops::apply).
///
/// ```
/// use ndgrad_tensor::{Tensor, autograd, tensor};
///
/// /// `ln(1 + e^x)`, whose recorded gradient would be inf / inf for large x.
/// fn softplus(x: &Tensor) -> Tensor {
///     autograd::custom(
///         "softplus",
///         x,
///         |inputs| (inputs[0].exp() + 1.0).log(),
///         |call, head, _| head * call.input(0).sigmoid(),
///     )
/// }
///
/// let x = tensor([0.0, 100.0]).attach_grad();
/// autograd::record(|| softplus(&x).sum()).backward();
/// assert_eq!(x.grad().to_vec::<f32>(), [0.5, 1.0]);
/// assert!(autograd::check(|x| softplus(&x[0]), &[tensor([0.3, -2.0])]).passes(1e-8));
/// assert!(autograd::check_second(|x| softplus(&x[0]), &[tensor([0.3, -2.0])]).passes(1e-7));
/// ```
///
/// Rounding has a gradient of zero; an estimator that trains through it passes the head straight on:
///
/// ```
/// use ndgrad_tensor::{DType, autograd, tensor};
/// let x = tensor([0.7, 1.2]).attach_grad();
/// let y = autograd::record(|| {
///     let cut = |inputs: &[ndgrad_tensor::Tensor]| inputs[0].to_dtype(DType::I32).to_dtype(DType::F32);
///     autograd::custom("cut", &x, cut, |_, head, _| head.clone())
/// });
/// y.backward();
/// assert_eq!((y.to_vec::<f32>(), x.grad().to_vec::<f32>()), (vec![0.0, 1.0], vec![1.0, 1.0]));
/// ```
///
/// # Panics
/// When `forward` or `backward` does. `backward` of the result panics when a gradient does not fit its input.
#[track_caller]
pub fn custom<F, B>(name: &'static str, inputs: &(impl Tensors + ?Sized), forward: F, backward: B) -> Tensor
where
    F: Fn(&[Tensor]) -> Tensor + Send + Sync + 'static,
    B: Fn(&Call<'_>, &Tensor, usize) -> Tensor + Send + Sync + 'static,
{
    let inputs = inputs.tensors();
    let kept: SmallVec<[Cow<'_, Tensor>; 4]> = inputs.iter().map(|input| input.value()).collect();
    let kept: SmallVec<[&Tensor; 4]> = kept.iter().map(|value| &**value).collect();
    let values: SmallVec<[Tensor; 4]> = kept.iter().map(|value| value.detach()).collect();
    let output = recording(false, || forward(&values)).value().elements().clone();
    // A panic in a closure can leave broken only what the closure itself shares with others.
    let (forward, backward) = (AssertUnwindSafe(forward), AssertUnwindSafe(backward));
    let op = Custom { name, spec: output.spec(), forward, backward };
    remember(op, &inputs, &kept, Tensor::from_array(output), Location::caller())
}

struct Custom<F, B> {
    name: &'static str,
    /// What came out for the inputs it was made for.
    spec: Spec,
    forward: AssertUnwindSafe<F>,
    backward: AssertUnwindSafe<B>,
}

impl<F, B> fmt::Debug for Custom<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Custom({})", self.name)
    }
}

impl<F, B> Op for Custom<F, B>
where
    F: Fn(&[Tensor]) -> Tensor + Send + Sync + 'static,
    B: Fn(&Call<'_>, &Tensor, usize) -> Tensor + Send + Sync + 'static,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn infer(&self, _: &[Spec]) -> Result<Spec, OperationError> {
        Ok(self.spec)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let values: SmallVec<[Tensor; 4]> =
            inputs.iter().map(|input| Tensor::from_array((*input).clone())).collect();
        Cpu.copy(recording(false, || (self.forward)(&values)).value().elements(), out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        (self.backward)(call, head, input)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;

    /// Whoever has the operation can run it again on other numbers.
    #[test]
    fn it_is_an_operation_like_others() {
        let forward = |inputs: &[Tensor]| inputs[0].transpose() * 2.0;
        let backward = |_: &Call<'_>, head: &Tensor, _: usize| head.transpose() * 2.0;
        let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
        let op = Custom {
            name: "double",
            spec: x.spec(),
            forward: AssertUnwindSafe(forward),
            backward: AssertUnwindSafe(backward),
        };
        assert_eq!(crate::ops::apply(op, &[&x]).to_vec::<f32>(), [2.0, 6.0, 4.0, 8.0]);
    }
}
