//! `gather`: along an axis the elements at given positions.

use ndgrad_array::{Array, Backend, DType, DTypes, OperationError, Result, Shape, Spec};
use ndgrad_cpu::Cpu;

use super::elements::as_dtype;
use super::line::along;
use super::{Call, Case, Listed, Op, Saves, ScatterAdd, apply, resolve_axis};
use crate::Tensor;

/// The elements at given positions along an axis. Inputs: the tensor, the positions.
#[derive(Clone, Copy, Debug)]
pub struct Gather {
    /// The axis.
    pub axis: isize,
}

impl Listed for Gather {
    const NAME: &'static str = "gather";
    const DOC: &'static str = "The elements at given positions along an axis.";

    fn cases() -> Vec<Case> {
        let case = |axis, x: &[usize], index: &[usize], most: f64| {
            Case::new(Gather { axis }, &[x, index]).with_input(1, DType::I64, [-most, most])
        };
        vec![
            case(0, &[4], &[6], 3.9),
            case(-1, &[2, 3], &[2, 4], 2.9),
            case(0, &[3, 2], &[2, 2], 2.9),
            case(1, &[2, 3, 2], &[2, 1, 2], 2.9),
            case(0, &[3, 2], &[0, 2], 0.0),
            case(1, &[0, 2], &[0, 3], 0.0),
        ]
    }
}

impl Op for Gather {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let axis = resolve_axis(Self::NAME, self.axis, inputs[0].shape.rank())?;
        infer_positions(Self::NAME, inputs[1])?;
        if other_axes(inputs[0].shape, axis) != other_axes(inputs[1].shape, axis) {
            return Err(OperationError::new(Self::NAME, "all sizes but that of the axis must be equal")
                .operand("tensor", inputs[0].shape, "")
                .operand("positions", inputs[1].shape, format!("along axis {axis}"))
                .remedy("stretch the positions, for example index.broadcast_to([2, 3])"));
        }
        Ok(inputs[0].with_shape(inputs[1].shape))
    }

    fn check(&self, inputs: &[&Array]) -> Result<(), OperationError> {
        let axis = resolve_axis(Self::NAME, self.axis, inputs[0].shape().rank())?;
        check_positions(Self::NAME, inputs[1], inputs[0].shape()[axis])
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis(Self::NAME, self.axis, out.shape().rank()).expect("checked by infer");
        let index = as_dtype(inputs[1], DType::I64);
        along(axis, false, &[inputs[0], &index], out, |inputs, out| {
            Cpu.gather_lines(&inputs[0], &inputs[1], out);
        });
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let axis = resolve_axis(Self::NAME, self.axis, head.rank()).expect("checked by infer");
        apply(ScatterAdd { axis: self.axis, count: call.shape(0)[axis] }, &[head, &call.input(1)])
    }
}

/// The sizes of all axes but one, if there is that one.
pub(super) fn other_axes(shape: Shape, axis: usize) -> Option<Shape> {
    (axis < shape.rank()).then(|| shape.remove(axis))
}

/// Positions are whole numbers that may be negative.
pub(super) fn infer_positions(name: &str, index: Spec) -> Result<(), OperationError> {
    if DTypes::of(&[DType::I32, DType::I64]).contains(index.dtype) {
        return Ok(());
    }
    Err(OperationError::new(name, "positions are of i32 or i64")
        .operand("positions", format!("{} {}", index.shape, index.dtype), "")
        .remedy("convert them: index.to_dtype(DType::I64)"))
}

/// Every position must exist among `count`.
pub(super) fn check_positions(name: &str, index: &Array, count: usize) -> Result<(), OperationError> {
    let index = as_dtype(index, DType::I64);
    let range = -(count as i64)..count as i64;
    match index.to_vec::<i64>().iter().find(|at| !range.contains(at)) {
        None => Ok(()),
        Some(at) if count == 0 => {
            Err(OperationError::new(name, "there are no positions along the axis").operand("position", at, ""))
        }
        Some(at) => Err(OperationError::new(name, "position out of bounds").operand(
            "position",
            at,
            format!("positions lie between {} and {}", range.start, range.end - 1),
        )),
    }
}

impl Tensor {
    /// Along an axis (counted from the end if negative) the elements at these positions (i32 or i64; negative ones
    /// count from the end): `out[i, j] = self[i, index[i, j]]` for axis 1 of two. The other axes of both have the same
    /// sizes, and the result has the shape of `index`. NumPy's `take_along_axis`, PyTorch's `gather`. A position that
    /// occurs several times receives the sum of the gradients.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// let index = tensor([[2, 0], [-1, -1]]);
    /// assert_eq!(x.gather(1, &index).to_vec::<f32>(), [3.0, 1.0, 6.0, 6.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis or position, the other axes differ, or `index` is not of i32 or i64.
    #[track_caller]
    pub fn gather(&self, axis: isize, index: &Tensor) -> Tensor {
        apply(Gather { axis }, &[self, index])
    }
}
