//! `sum`: all elements, or those along some axes, added up.

use ndgrad_array::{Array, Backend, DTypes, MAX_RANK, OperationError, Reduction, Result, Scalar, Shape, Spec};
use ndgrad_cpu::Cpu;
use smallvec::SmallVec;

use super::{Axes, Call, Case, Listed, Op, Saves, apply, check_dtype};
use crate::{Integers, Tensor};

/// Adds up the elements along some axes.
#[derive(Clone, Debug)]
pub struct Sum {
    /// The axes that go.
    pub axes: Axes,
    /// Whether they stay with size 1.
    pub keepdims: bool,
}

#[derive(Clone, Copy)]
struct Plus;

impl Reduction for Plus {
    const DTYPES: DTypes = DTypes::NUMBERS;

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        S::ZERO
    }

    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        left + right
    }
}

impl Listed for Sum {
    const NAME: &'static str = "sum";
    const DOC: &'static str = "The elements along some axes, added up.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        let some = |axes: &[isize], keepdims| Sum { axes: Axes::Some(SmallVec::from_slice(axes)), keepdims };
        let all = Sum { axes: Axes::All, keepdims: false };
        vec![
            Case::new(all.clone(), &[&[]]),
            Case::new(all.clone(), &[&[2, 3]]),
            Case::new(all, &[&[0, 3]]),
            Case::new(some(&[0], false), &[&[3, 2]]),
            Case::new(some(&[0], false), &[&[0, 2]]),
            Case::new(some(&[-1], true), &[&[2, 3]]),
            Case::new(some(&[0, 2], false), &[&[2, 3, 2]]),
            Case::new(some(&[1], true), &[&[2, 3, 2]]),
            Case::new(some(&[], false), &[&[2, 2]]),
        ]
    }
}

impl Op for Sum {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype("sum", Self::DTYPES, inputs[0])?;
        let shape = inputs[0].shape;
        let reduced = self.axes.resolve("sum", shape.rank())?;
        let sizes = shape.iter().zip(reduced).filter_map(|(&size, gone)| match (gone, self.keepdims) {
            (false, _) => Some(size),
            (true, true) => Some(1),
            (true, false) => None,
        });
        Ok(inputs[0].with_shape(Shape::new(&sizes.collect::<SmallVec<[usize; MAX_RANK]>>())))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let rank = inputs[0].shape().rank();
        let reduced = self.axes.resolve("sum", rank).expect("checked by infer");
        let axes = |gone: bool| (0..rank).filter(move |&axis| reduced[axis] == gone);
        let kept = axes(false).count();
        let order: SmallVec<[usize; MAX_RANK]> = axes(false).chain(axes(true)).collect();
        Cpu.reduce(Plus, &inputs[0].view(inputs[0].layout().permute(&order)), kept, out);
    }

    /// Every element had a share of 1: the head, stretched.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let shape = call.shape(0);
        if head.rank() == 0 {
            return head.broadcast_to(shape);
        }
        let kept = Sum { keepdims: true, ..self.clone() }.infer(&[call.spec(0)]).expect("checked before");
        head.reshape(kept.shape).broadcast_to(shape)
    }
}

impl Tensor {
    /// The sum of all elements, as a scalar; 0 of none. Blocks of 1,024 are added up as a tree, so the error
    /// grows with the logarithm of the count.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).sum().item(), 10.0);
    /// ```
    #[track_caller]
    pub fn sum(&self) -> Tensor {
        apply(Sum { axes: Axes::All, keepdims: false }, &[self])
    }

    /// The sums along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.sum_axes(0).to_vec::<f32>(), [4.0, 6.0]);
    /// assert_eq!(x.sum_axes([0, -1]).item(), 10.0);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn sum_axes(&self, axes: impl Integers) -> Tensor {
        apply(Sum { axes: Axes::Some(axes.integers()), keepdims: false }, &[self])
    }

    /// [`Tensor::sum_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn sum_keepdims(&self, axes: impl Integers) -> Tensor {
        apply(Sum { axes: Axes::Some(axes.integers()), keepdims: true }, &[self])
    }

    /// The mean of all elements, as a scalar; NaN of none.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).mean().item(), 2.5);
    /// ```
    #[track_caller]
    pub fn mean(&self) -> Tensor {
        self.sum() / self.size() as f64
    }

    /// The means along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).mean_axes(0).to_vec::<f32>(), [2.0, 3.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn mean_axes(&self, axes: impl Integers) -> Tensor {
        let sums = self.sum_axes(axes);
        let count = self.size() as f64 / sums.size() as f64;
        sums / count
    }

    /// What is too much in a gradient that was computed for a stretched operand, summed away.
    pub(crate) fn sum_to(&self, shape: Shape) -> Tensor {
        let own = self.shape();
        let added = own.rank() - shape.rank();
        let stretched = (0..own.rank()).filter(|&axis| axis < added || shape[axis - added] != own[axis]);
        let axes: SmallVec<[usize; MAX_RANK]> = stretched.collect();
        self.sum_keepdims(&axes[..]).reshape(shape)
    }
}
