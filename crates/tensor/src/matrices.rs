//! Matrices of zeros and ones, and diagonals.

use ndgrad_array::{DType, MAX_RANK, OperationError, Shape};
use smallvec::SmallVec;

use crate::Tensor;
use crate::index::Index;
use crate::ops::{Embed, apply, refuse};

impl Tensor {
    /// The square matrix with ones on its diagonal, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::eye(2).to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0]);
    /// ```
    pub fn eye(size: usize) -> Tensor {
        Tensor::eye_as(size, DType::F32)
    }

    /// [`Tensor::eye`] of this dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::eye_as(2, DType::U8).to_vec::<u8>(), [1, 0, 0, 1]);
    /// ```
    pub fn eye_as(size: usize, dtype: DType) -> Tensor {
        Tensor::ones_as(size, dtype).diag(0)
    }

    /// Of a vector: the square matrix with it on a diagonal, and zeros elsewhere. Of a matrix: its diagonal, a view
    /// where the layout allows it. Diagonal 0 is the main one, 1 the next above, -1 the next below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1, 2]).diag(0).to_vec::<i32>(), [1, 0, 0, 2]);
    /// assert_eq!(tensor([[1, 2], [3, 4]]).diag(0).to_vec::<i32>(), [1, 4]);
    /// assert_eq!(tensor([[1, 2], [3, 4]]).diag(-1).to_vec::<i32>(), [3]);
    /// ```
    ///
    /// # Panics
    /// When there are neither one nor two axes.
    #[track_caller]
    pub fn diag(&self, offset: isize) -> Tensor {
        let (above, below) = (offset.max(0) as usize, offset.min(0).unsigned_abs());
        // Along a row-major matrix the diagonal is every `columns + 1`th element.
        let diagonal = |columns: usize, count: usize| {
            let start = if count == 0 { 0 } else { above + below * columns };
            let end = start + count.saturating_sub(1) * (columns + 1) + usize::from(count > 0);
            Index::from(start..end).step(columns as isize + 1)
        };
        let shape = self.shape();
        match shape[..] {
            [count] => {
                let size = count + above + below;
                let indices = SmallVec::from_slice(&[diagonal(size, count)]);
                let flat = Shape::from(size * size);
                apply(Embed { indices, shape: flat, background: 0.0 }, &[self]).reshape([size, size])
            }
            [rows, columns] => {
                let count = rows.saturating_sub(below).min(columns.saturating_sub(above));
                self.flatten().i(diagonal(columns, count))
            }
            _ => refuse(
                OperationError::new("diag", "a vector or a matrix is needed")
                    .operand("tensor", shape, format!("has {} axes", shape.rank()))
                    .remedy("take one matrix of it with i(...), or reshape it"),
            ),
        }
    }

    /// For every class number of this tensor of i32 or i64 a 1 at its place among `classes` zeros, along a new last
    /// axis, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let labels = tensor([2, 0]);
    /// assert_eq!(labels.one_hot(3).to_vec::<f32>(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When the dtype is neither i32 nor i64, a number is not from 0 to `classes - 1`, or there are eight axes already.
    #[track_caller]
    pub fn one_hot(&self, classes: usize) -> Tensor {
        self.one_hot_as(classes, DType::F32)
    }

    /// [`Tensor::one_hot`] of this dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, tensor};
    /// assert_eq!(tensor([1]).one_hot_as(2, DType::Bool).to_vec::<bool>(), [false, true]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::one_hot`].
    #[track_caller]
    pub fn one_hot_as(&self, classes: usize, dtype: DType) -> Tensor {
        let shape = self.shape();
        if !matches!(self.dtype(), DType::I32 | DType::I64) {
            refuse(
                OperationError::new("one_hot", "class numbers are i32 or i64")
                    .operand("tensor", format!("{shape} {}", self.dtype()), "")
                    .remedy("convert them: x.to_dtype(DType::I64)"),
            );
        }
        if shape.rank() == MAX_RANK {
            refuse(
                OperationError::new("one_hot", format!("a tensor has at most {MAX_RANK} axes"))
                    .operand("tensor", shape, "")
                    .remedy("flatten it first: x.flatten()"),
            );
        }
        let numbers = self.to_dtype(DType::I64).to_vec::<i64>();
        let mut hot = vec![false; numbers.len() * classes];
        for (i, &number) in numbers.iter().enumerate() {
            if number < 0 || number as usize >= classes {
                refuse(
                    OperationError::new("one_hot", "no such class").operand("number", number, "").operand(
                        "classes",
                        classes,
                        "numbered from 0",
                    ),
                );
            }
            hot[i * classes + number as usize] = true;
        }
        Tensor::from_vec(shape.insert(shape.rank(), classes), hot).to_dtype(dtype)
    }
}
