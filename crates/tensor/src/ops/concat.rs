//! `concat`: tensors one behind the other along an axis; `stack`: along a new one.

use std::borrow::Borrow;

use ndgrad_array::{Array, OperationError, Result, Spec};
use smallvec::SmallVec;

use super::{Call, Case, Listed, Op, Saves, apply, refuse, resolve_axis, same_dtype, write_part};
use crate::Tensor;

/// One behind the other along an axis; any number of inputs.
#[derive(Clone, Copy, Debug)]
pub struct Concat {
    /// The axis, counted from the end if negative.
    pub axis: isize,
}

impl Listed for Concat {
    const NAME: &'static str = "concat";
    const DOC: &'static str = "Tensors one behind the other along an axis.";

    fn cases() -> Vec<Case> {
        let case = |axis, shapes: &[&[usize]]| Case::new(Concat { axis }, shapes);
        vec![
            case(0, &[&[2], &[3]]),
            case(-1, &[&[2, 1], &[2, 3], &[2, 0]]),
            case(1, &[&[2, 1, 2], &[2, 2, 2]]),
            case(0, &[&[1, 2]]),
            case(0, &[&[2, 0], &[1, 0]]),
        ]
    }
}

impl Op for Concat {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        let Some(first) = inputs.first() else {
            return Err(OperationError::new("concat", "at least one tensor is needed"));
        };
        let axis = resolve_axis("concat", self.axis, first.shape.rank())?;
        same_dtype("concat", inputs)?;
        let mut size = 0;
        for (i, input) in inputs.iter().enumerate() {
            if input.shape.rank() != first.shape.rank() || input.shape.remove(axis) != first.shape.remove(axis) {
                return Err(OperationError::new("concat", "sizes must be equal, but along the axis")
                    .operand("first", first.shape, "")
                    .operand(&format!("input {i}"), input.shape, format!("along axis {axis}")));
            }
            size += input.shape[axis];
        }
        Ok(first.with_shape(first.shape.remove(axis).insert(axis, size)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let axis = resolve_axis("concat", self.axis, out.shape().rank()).expect("checked by infer");
        let mut start = 0;
        for input in inputs {
            let size = input.shape()[axis];
            write_part(input, out.layout().slice(axis, start, size, 1), out);
            start += size;
        }
    }

    /// The head's part where the input went.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, input: usize) -> Tensor {
        let axis = resolve_axis("concat", self.axis, head.rank()).expect("checked by infer");
        let start: usize = (0..input).map(|earlier| call.shape(earlier)[axis]).sum();
        head.narrow(axis, start, start + call.shape(input)[axis])
    }
}

impl Tensor {
    /// Tensors one behind the other along an axis (counted from the end if negative); they must agree in dtype and
    /// in all other sizes. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// let (x, y) = (tensor([[1, 2], [3, 4]]), tensor([[5], [6]]));
    /// assert_eq!(Tensor::concat(&[&x, &y], 1).to_vec::<i32>(), [1, 2, 5, 3, 4, 6]);
    /// ```
    ///
    /// # Panics
    /// When there is no tensor, no such axis, or shapes or dtypes do not agree.
    #[track_caller]
    pub fn concat<T: Borrow<Tensor>>(tensors: &[T], axis: isize) -> Tensor {
        let tensors: SmallVec<[&Tensor; 4]> = tensors.iter().map(T::borrow).collect();
        apply(Concat { axis }, &tensors)
    }

    /// Tensors of one shape side by side along a new axis, which stands at `axis` in the result. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// let (x, y) = (tensor([1, 2]), tensor([3, 4]));
    /// assert_eq!(Tensor::stack(&[&x, &y], 0).to_vec::<i32>(), [1, 2, 3, 4]);
    /// assert_eq!(Tensor::stack(&[&x, &y], -1).to_vec::<i32>(), [1, 3, 2, 4]);
    /// ```
    ///
    /// # Panics
    /// When there is no tensor, no such axis, or shapes or dtypes do not agree.
    #[track_caller]
    pub fn stack<T: Borrow<Tensor>>(tensors: &[T], axis: isize) -> Tensor {
        let Some(first) = tensors.first() else {
            refuse(OperationError::new("stack", "at least one tensor is needed"))
        };
        let first = first.borrow().shape();
        let mut expanded = Vec::with_capacity(tensors.len());
        for (i, tensor) in tensors.iter().enumerate() {
            let tensor = tensor.borrow();
            if tensor.shape() != first {
                refuse(
                    OperationError::new("stack", "all tensors must have one shape")
                        .operand("first", first, "")
                        .operand(&format!("input {i}"), tensor.shape(), ""),
                );
            }
            expanded.push(tensor.insert_axes("stack", &[axis]));
        }
        Tensor::concat(&expanded, axis)
    }
}
