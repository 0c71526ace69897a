//! `sort`, `top_k`, `bottom_k`: elements in order, gathered by the positions that [`Tensor::argsort`] finds.

use ndgrad_array::OperationError;
use smallvec::SmallVec;

use super::{refuse, resolve_axis};
use crate::{Index, Tensor};

impl Tensor {
    /// The elements along an axis (counted from the end if negative) in rising order, NaN last. Each element's
    /// gradient comes from where it went; equal ones keep their order.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[3.0, 1.0, 2.0]]);
    /// assert_eq!(x.sort(-1).to_vec::<f32>(), [1.0, 2.0, 3.0]);
    /// assert_eq!(x.sort_descending(-1).to_vec::<f32>(), [3.0, 2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn sort(&self, axis: isize) -> Tensor {
        check_axis("sort", axis, self);
        self.gather(axis, &self.argsort(axis))
    }

    /// [`Tensor::sort`] from the largest to the smallest; NaN comes last here too.
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn sort_descending(&self, axis: isize) -> Tensor {
        check_axis("sort_descending", axis, self);
        self.gather(axis, &self.argsort_descending(axis))
    }

    /// The `count` largest elements along an axis (counted from the end if negative), the largest first, and their
    /// positions (i64): what a descending sort begins with. NaN is chosen when nothing else is left.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (values, positions) = tensor([1.0, 4.0, 2.0, 3.0]).top_k(2, 0);
    /// assert_eq!(values.to_vec::<f32>(), [4.0, 3.0]);
    /// assert_eq!(positions.to_vec::<i64>(), [1, 3]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or it has fewer elements.
    #[track_caller]
    pub fn top_k(&self, count: usize, axis: isize) -> (Tensor, Tensor) {
        check_count("top_k", count, axis, self);
        let positions = first(&self.argsort_descending(axis), count, axis);
        (self.gather(axis, &positions), positions)
    }

    /// The `count` smallest elements along an axis (counted from the end if negative), the smallest first, and their
    /// positions (i64): what a sort begins with.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (values, positions) = tensor([1.0, 4.0, 2.0, 3.0]).bottom_k(2, 0);
    /// assert_eq!(values.to_vec::<f32>(), [1.0, 2.0]);
    /// assert_eq!(positions.to_vec::<i64>(), [0, 2]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or it has fewer elements.
    #[track_caller]
    pub fn bottom_k(&self, count: usize, axis: isize) -> (Tensor, Tensor) {
        check_count("bottom_k", count, axis, self);
        let positions = first(&self.argsort(axis), count, axis);
        (self.gather(axis, &positions), positions)
    }
}

#[track_caller]
fn check_axis(name: &str, axis: isize, x: &Tensor) -> usize {
    match resolve_axis(name, axis, x.rank()) {
        Ok(axis) => axis,
        Err(error) => refuse(error),
    }
}

#[track_caller]
fn check_count(name: &str, count: usize, axis: isize, x: &Tensor) {
    let size = x.shape()[check_axis(name, axis, x)];
    if count > size {
        refuse(
            OperationError::new(name, "an axis has no more elements than its size")
                .operand("count", count, "")
                .operand("tensor", x.shape(), format!("has {size} along axis {axis}")),
        );
    }
}

/// The first `count` along an axis that exists.
fn first(x: &Tensor, count: usize, axis: isize) -> Tensor {
    let axis = if axis < 0 { axis + x.rank() as isize } else { axis } as usize;
    let range = Index::Range { start: None, end: Some(count as isize), step: 1 };
    let indices: SmallVec<[Index; 4]> = std::iter::repeat_n(Index::ALL, axis).chain([range]).collect();
    super::apply(super::Part { indices }, &[x])
}
