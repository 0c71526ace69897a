//! `Zip`: an elementwise operation of two inputs, which stretch to a common shape.

use std::panic::{RefUnwindSafe, UnwindSafe};

use ndgrad_array::{Array, Backend, Binary, DType, DTypes, OperationError, Result, Scalar, Shape, Spec};
use ndgrad_cpu::Cpu;
use ndgrad_cpu::program::Formula;

use super::{Call, Op, Saves, apply, check_dtype, same_dtype};
use crate::Tensor;

/// An elementwise operation of two inputs: a formula and its gradients.
pub trait Zip: Copy + Default + std::fmt::Debug + Send + Sync + UnwindSafe + RefUnwindSafe + 'static {
    /// The name of the method that applies it.
    const NAME: &'static str;
    /// One sentence for tables of operations.
    const DOC: &'static str;
    /// The dtypes that it takes.
    const DTYPES: DTypes = DTypes::FLOATS;
    /// Which values the gradients read.
    const SAVES: Saves = Saves::ALL;
    /// Numbers between which the derived tests draw inputs: where the formula is defined and smooth.
    const DOMAIN: [f64; 2] = [-3.0, 3.0];

    /// The formula.
    fn value<S: Scalar>(self, x: S, y: S) -> S;

    /// The gradient of the left input, given the gradient `head` of the result.
    fn left(self, call: &Call<'_>, head: &Tensor) -> Tensor;

    /// The gradient of the right input.
    fn right(self, call: &Call<'_>, head: &Tensor) -> Tensor;

    /// Applies the operation.
    #[track_caller]
    fn apply(self, x: &Tensor, y: &Tensor) -> Tensor {
        apply(ZipOp(self), &[x, y])
    }

    /// Applies the operation to a tensor that is given up: where nobody else has a large one, its elements are written over,
    /// since that visits a third less memory.
    #[inline]
    #[track_caller]
    fn apply_over(self, mut x: Tensor, y: &Tensor) -> Tensor {
        if x.size() >= LEAST_OVER && write_over(self, &mut x, y) { x } else { self.apply(&x, y) }
    }
}

/// Elements from which on it is worth a look whether somebody else has them.
const LEAST_OVER: usize = 1 << 12;

/// Computes the result in the place of the left operand, if it is as large and may go there: whether it was.
#[inline(never)]
fn write_over<Z: Zip>(zip: Z, x: &mut Tensor, y: &Tensor) -> bool {
    let fits = x.dtype() == y.dtype()
        && Z::DTYPES.and(DTypes::FLOATS).contains(x.dtype())
        && x.device() == y.device()
        && x.shape().broadcast(&y.shape()) == Some(x.shape());
    fits && x.overwrite(|x| Cpu.zip_into(ZipOp(zip), x, y.value().elements()))
}

/// A [`Zip`] as an [`Op`].
#[derive(Clone, Copy, Debug)]
pub struct ZipOp<Z>(pub Z);

impl<Z: Zip> Binary for ZipOp<Z> {
    const DTYPES: DTypes = Z::DTYPES;

    #[inline(always)]
    fn value<S: Scalar>(self, x: S, y: S) -> S {
        self.0.value(x, y)
    }
}

impl<Z: Zip> Op for ZipOp<Z> {
    fn name(&self) -> &'static str {
        Z::NAME
    }

    fn saves(&self) -> Saves {
        Z::SAVES
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_stretched(Z::NAME, Z::DTYPES, inputs)
    }

    fn like(&self, inputs: &[&Array]) -> Option<usize> {
        like_one(Z::DTYPES, inputs)
    }

    fn formula(&self, dtype: DType) -> Option<Formula> {
        Formula::zip(*self, dtype)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.zip(*self, inputs[0], inputs[1], out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        if input == 0 { self.0.left(call, head) } else { self.0.right(call, head) }
    }
}

/// Of two operands, the one to whose shape the other stretches, if they have the same or the other is a number, and all else
/// is right.
#[inline]
pub(super) fn like_one(dtypes: DTypes, inputs: &[&Array]) -> Option<usize> {
    let [left, right] = *inputs else { return None };
    let (x, y) = (left.shape(), right.shape());
    let fit =
        left.dtype() == right.dtype() && left.device() == right.device() && dtypes.contains(left.dtype());
    match () {
        _ if !fit => None,
        _ if x == y || y.rank() == 0 => Some(0),
        _ if x.rank() == 0 => Some(1),
        _ => None,
    }
}

/// The common spec of operands of one dtype that stretch to a common shape.
#[inline]
pub(super) fn infer_stretched(name: &str, dtypes: DTypes, inputs: &[Spec]) -> Result<Spec, OperationError> {
    let [left, right] = inputs else { unreachable!("two operands") };
    if left.dtype != right.dtype {
        same_dtype(name, inputs)?;
    }
    check_dtype(name, dtypes, left)?;
    if left.shape == right.shape || right.shape.rank() == 0 {
        return Ok(*left);
    }
    match left.shape.broadcast(&right.shape) {
        Some(shape) => Ok(left.with_shape(shape)),
        None => Err(does_not_stretch(name, [("left", left.shape), ("right", right.shape)])),
    }
}

/// The common shape to which two operands, given with their roles, stretch.
pub(super) fn stretched_shape(
    name: &str,
    operands: [(&'static str, Shape); 2],
) -> Result<Shape, OperationError> {
    operands[0].1.broadcast(&operands[1].1).ok_or_else(|| does_not_stretch(name, operands))
}

#[cold]
fn does_not_stretch(name: &str, [left, right]: [(&'static str, Shape); 2]) -> OperationError {
    OperationError::new(name, "shapes do not stretch to a common one")
        .operand(left.0, left.1, "")
        .operand(right.0, right.1, "aligned from the last axis, sizes must be equal or 1")
        .remedy("reshape one of them, for example y.reshape([-1, 1])")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autograd::record;
    use crate::ops::Add;
    use crate::random;

    fn place(x: &Tensor) -> usize {
        x.value().elements().bytes().as_ptr().addr()
    }

    fn large() -> Tensor {
        random::uniform([LEAST_OVER / 16, 16])
    }

    #[test]
    fn a_result_takes_the_place_of_what_is_given_up() {
        let turned = random::uniform([16, LEAST_OVER / 16]).transpose();
        for y in [large(), random::uniform([16]), random::uniform([LEAST_OVER / 16, 1]), turned] {
            let x = large();
            let (expected, before) = ((&x - &y).to_vec::<f32>(), place(&x));
            let difference = x - &y;
            assert_eq!((place(&difference), difference.to_vec::<f32>()), (before, expected));
        }
    }

    #[test]
    fn what_others_see_or_a_gradient_needs_stays() {
        let (x, y) = (large(), large());
        let (values, view) = (x.to_vec::<f32>(), x.reshape([-1]));
        let before = place(&x);
        assert_ne!(place(&(x.clone() + &y)), before);
        assert_ne!(place(&(x + &y)), before);
        assert_eq!(view.to_vec::<f32>(), values);
        let leaf = large().attach_grad();
        let product = record(|| &leaf * &leaf);
        let before = place(&product);
        let sum = record(|| product + &y);
        assert_ne!(place(&sum), before);
        // Nor does a result go where there is no room for it, or where it is of another kind.
        assert_eq!((large() * random::uniform([2, 1, 1])).shape().to_vec(), [2, LEAST_OVER / 16, 16]);
        assert!(std::panic::catch_unwind(|| Add.apply_over(large(), &large().to_dtype(DType::F64))).is_err());
    }
}
