//! `pick`: one element of each line.

use ndgrad_array::OperationError;

use super::refuse;
use crate::Tensor;

impl Tensor {
    /// Of each line along the last axis the element at its position: `out[i] = self[i, index[i]]` for two axes. `index`
    /// (i32 or i64; negative ones count from the end) has this tensor's shape without its last axis. MXNet's `pick`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.pick(&tensor([2, 0])).to_vec::<f32>(), [3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such position, the shapes do not fit, or `index` is not of i32 or i64.
    #[track_caller]
    pub fn pick(&self, index: &Tensor) -> Tensor {
        let (shape, rank) = (self.shape(), self.rank());
        if rank == 0 || shape.remove(rank - 1) != index.shape() {
            refuse(
                OperationError::new("pick", "one position for each line along the last axis is needed")
                    .operand("tensor", shape, "")
                    .operand("positions", index.shape(), ""),
            );
        }
        let column = index.reshape(index.shape().insert(rank - 1, 1));
        self.gather(-1, &column).reshape(index.shape())
    }
}
