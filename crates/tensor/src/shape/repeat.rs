//! `tile`, `repeat`: the same elements several times.

use ndgrad_array::{MAX_RANK, OperationError};

use super::around;
use crate::Tensor;
use crate::ops::{accept, refuse, resolve_axis};

impl Tensor {
    /// The whole tensor repeated this many times along each axis; with more numbers than axes, axes are added in
    /// front, with fewer they are for the last axes. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1, 2]).tile(&[2]).to_vec::<i32>(), [1, 2, 1, 2]);
    /// assert_eq!(tensor([1, 2]).tile(&[3, 1]).shape(), [3, 2]);
    /// ```
    ///
    /// # Panics
    /// When more than eight axes would come out.
    #[track_caller]
    pub fn tile(&self, counts: &[usize]) -> Tensor {
        let rank = counts.len().max(self.rank());
        if rank > MAX_RANK {
            refuse(
                OperationError::new("tile", format!("a tensor has at most {MAX_RANK} axes"))
                    .operand("tensor", self.shape(), "")
                    .operand("counts", format!("{counts:?}"), ""),
            );
        }
        let mut shape = self.shape();
        for _ in self.rank()..rank {
            shape = shape.insert(0, 1);
        }
        let mut tiled = self.reshape(shape);
        for (axis, &count) in (rank - counts.len()..rank).zip(counts) {
            let [before, along, behind] = around(shape, axis);
            shape = shape.remove(axis).insert(axis, along * count);
            if count != 1 {
                let blocks = tiled.reshape([before, 1, along * behind]);
                tiled = blocks.broadcast_to([before, count, along * behind]).reshape(shape);
            }
        }
        tiled
    }

    /// Every position along an axis (counted from the end if negative) repeated this many times. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1, 2]).repeat(2, 0).to_vec::<i32>(), [1, 1, 2, 2]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn repeat(&self, count: usize, axis: isize) -> Tensor {
        let axis = accept(resolve_axis("repeat", axis, self.rank()));
        let shape = self.shape();
        let [before, along, behind] = around(shape, axis);
        let blocks = self.reshape([before * along, 1, behind]);
        let repeated = blocks.broadcast_to([before * along, count, behind]);
        repeated.reshape(shape.remove(axis).insert(axis, along * count))
    }
}
