//! `scatter_add`: along an axis elements added at given positions, the transpose of `gather`.

use ndgrad_array::{Array, Backend, DType, DTypes, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::elements::as_dtype;
use super::gather::{check_positions, infer_positions, other_axes};
use super::line::along;
use super::{Call, Case, Gather, Listed, Op, Saves, apply, check_dtype, refuse, resolve_axis};
use crate::Tensor;

/// Adds elements to zeros at given positions along an axis: the gradient of [`Gather`]. Inputs: the elements, their
/// positions.
#[derive(Clone, Copy, Debug)]
pub struct ScatterAdd {
    /// The axis.
    pub axis: isize,
    /// Its size in the result.
    pub count: usize,
}

impl Listed for ScatterAdd {
    const NAME: &'static str = "scatter_add";
    const DOC: &'static str = "Elements added at given positions along an axis.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        let case = |axis, count: usize, shape: &[usize]| {
            let most = (count as f64 - 0.1).max(0.0);
            Case::new(ScatterAdd { axis, count }, &[shape, shape]).with_input(1, DType::I64, [-most, most])
        };
        vec![
            case(0, 4, &[6]),
            case(-1, 3, &[2, 4]),
            case(0, 3, &[2, 2]),
            case(1, 3, &[2, 1, 2]),
            case(0, 2, &[0, 2]),
            case(1, 0, &[2, 0]),
        ]
    }
}

impl Op for ScatterAdd {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        let axis = resolve_axis(Self::NAME, self.axis, inputs[0].shape.rank())?;
        infer_positions(Self::NAME, inputs[1])?;
        if inputs[0].shape != inputs[1].shape {
            return Err(OperationError::new(Self::NAME, "one position per element is needed")
                .operand("elements", inputs[0].shape, "")
                .operand("positions", inputs[1].shape, ""));
        }
        Ok(inputs[0].with_shape(inputs[0].shape.remove(axis).insert(axis, self.count)))
    }

    fn check(&self, inputs: &[&Array]) -> Result<(), OperationError> {
        check_positions(Self::NAME, inputs[1], self.count)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis(Self::NAME, self.axis, out.shape().rank()).expect("checked by infer");
        let index = as_dtype(inputs[1], DType::I64);
        along(axis, false, &[inputs[0], &index], out, |inputs, out| {
            Cpu.scatter_add_lines(&inputs[0], &inputs[1], out);
        });
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(Gather { axis: self.axis }, &[head, &call.input(1)])
    }
}

impl Tensor {
    /// This tensor with elements added at positions along an axis (counted from the end if negative):
    /// `out[i, index[i, j]] += elements[i, j]` for axis 1 of two. `index` (i32 or i64; negative ones count from the
    /// end) has the shape of `elements`, and all sizes but that of the axis are this tensor's. What goes to one
    /// position is added up in order.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[10.0, 20.0, 30.0]]);
    /// let (index, elements) = (tensor([[2, 0, -1]]), tensor([[1.0, 2.0, 3.0]]));
    /// assert_eq!(x.scatter_add(1, &index, &elements).to_vec::<f32>(), [12.0, 20.0, 34.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis or position, shapes or dtypes do not fit, or `index` is not of i32 or i64; for bool.
    #[track_caller]
    pub fn scatter_add(&self, axis: isize, index: &Tensor, elements: &Tensor) -> Tensor {
        let at = match resolve_axis("scatter_add", axis, self.rank()) {
            Ok(at) => at,
            Err(error) => refuse(error),
        };
        if other_axes(self.shape(), at) != other_axes(elements.shape(), at) {
            refuse(
                OperationError::new("scatter_add", "all sizes but that of the axis must be equal")
                    .operand("tensor", self.shape(), "")
                    .operand("elements", elements.shape(), format!("along axis {at}")),
            );
        }
        self + apply(ScatterAdd { axis, count: self.shape()[at] }, &[elements, index])
    }
}
