//! `Extreme`: where along an axis the element stands that comes before all others.

use std::fmt::Debug;
use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, Backend, DType, DTypes, OperationError, Predicate, Result, Scalar, Spec};
use ndgrad_cpu::Cpu;

use super::axes::Partition;
use super::{Axes, Call, Case, Listed, Op, Saves, apply, check_dtype};
use crate::{Integers, Tensor};

/// Which element of several is meant.
pub trait Extreme: Copy + Default + Debug + Send + Sync + UnwindSafe + RefUnwindSafe + 'static {
    /// The name of the method that applies it.
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;

    /// Whether `x` is meant rather than `y`.
    fn before<S: Scalar>(self, x: S, y: S) -> S::Mask;

    /// The position along the flattened tensor.
    #[track_caller]
    fn of_all(self, x: &Tensor) -> Tensor {
        self.along(&x.reshape(x.size()), 0, false)
    }

    /// The positions along an axis, which goes, or stays with size 1 if `keepdims`.
    #[track_caller]
    fn along(self, x: &Tensor, axis: isize, keepdims: bool) -> Tensor {
        apply(ArgOp { extreme: self, axis, keepdims }, &[x])
    }
}

/// An [`Extreme`] along an axis as an [`Op`].
#[derive(Clone, Copy, Debug)]
pub struct ArgOp<E> {
    /// Which element is meant.
    pub extreme: E,
    /// The axis that goes.
    pub axis: isize,
    /// Whether it stays with size 1.
    pub keepdims: bool,
}

impl<E: Extreme> Predicate for ArgOp<E> {
    const DTYPES: DTypes = DTypes::NUMBERS;

    #[inline(always)]
    fn holds<S: Scalar>(self, x: S, y: S) -> S::Mask {
        self.extreme.before(x, y)
    }
}

impl<E: Extreme> ArgOp<E> {
    fn partition(self, rank: usize) -> Result<Partition, OperationError> {
        Axes::Some(self.axis.integers()).partition(E::NAME, rank)
    }
}

impl<E: Extreme> Listed for ArgOp<E> {
    const NAME: &'static str = E::NAME;
    const DOC: &'static str = E::DOC;
    const DTYPES: DTypes = DTypes::NUMBERS;
    const DIFFERENTIABLE: bool = false;

    fn cases() -> Vec<Case> {
        let case = |axis, keepdims, shape: &[usize]| {
            Case::new(ArgOp { extreme: E::default(), axis, keepdims }, &[shape])
        };
        vec![
            case(0, false, &[5]),
            case(-1, true, &[2, 4]),
            case(0, false, &[3, 2]),
            case(1, true, &[2, 3, 2]),
            case(1, false, &[0, 2]),
            case(0, false, &[1]),
        ]
    }
}

impl<E: Extreme> Op for ArgOp<E> {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(E::NAME, DTypes::NUMBERS, &inputs[0])?;
        let axes = self.partition(inputs[0].shape.rank())?;
        let shape = axes.reduced(&inputs[0].shape, self.keepdims);
        if axes.count(&inputs[0].shape) == 0 && shape.size() > 0 {
            return Err(OperationError::new(E::NAME, "of no elements none comes first").operand(
                "tensor",
                inputs[0].shape,
                "",
            ));
        }
        Ok(Spec { shape, dtype: DType::I64, ..inputs[0] })
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axes = self.partition(inputs[0].shape().rank()).expect("checked by infer");
        Cpu.arg_reduce(*self, &inputs[0].view(inputs[0].layout().permute(&axes.order())), out);
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("positions are not recorded")
    }
}
