//! Sums of products that `matmul` computes: `outer`, `inner`, `vdot`, `tensordot`.

use ndgrad_array::{MAX_RANK, OperationError, Result, Shape};
use smallvec::SmallVec;

use crate::ops::{refuse, resolve_axis};
use crate::{Integers, Tensor};

/// Which axes [`Tensor::tensordot`] sums over: a count stands for the last axes of the left operand and the first of
/// the right; a pair names axes of the left and as many of the right, in the order in which they meet.
pub trait Meeting {
    /// The axes of operands of these ranks.
    ///
    /// # Errors
    /// When there are no such axes, one is named twice, or they are not as many on both sides.
    fn axes(self, left: usize, right: usize) -> Result<[SmallVec<[usize; 8]>; 2], OperationError>;
}

impl Meeting for usize {
    fn axes(self, left: usize, right: usize) -> Result<[SmallVec<[usize; 8]>; 2], OperationError> {
        if self <= left.min(right) {
            return Ok([(left - self..left).collect(), (0..self).collect()]);
        }
        Err(OperationError::new("tensordot", "more axes are to meet than there are")
            .operand("count", self, "")
            .operand("left", format!("{left} axes"), "")
            .operand("right", format!("{right} axes"), ""))
    }
}

impl<L: Integers, R: Integers> Meeting for (L, R) {
    fn axes(self, left: usize, right: usize) -> Result<[SmallVec<[usize; 8]>; 2], OperationError> {
        let (named_left, named_right) = (self.0.integers(), self.1.integers());
        let resolved = |named: &[isize], rank: usize| {
            let mut axes: SmallVec<[usize; 8]> = SmallVec::new();
            for &axis in named {
                let found = resolve_axis("tensordot", axis, rank)?;
                if axes.contains(&found) {
                    let error = OperationError::new("tensordot", "an axis is named twice");
                    return Err(error.operand("axis", axis, ""));
                }
                axes.push(found);
            }
            Ok(axes)
        };
        let axes = [resolved(&named_left, left)?, resolved(&named_right, right)?];
        if axes[0].len() == axes[1].len() {
            return Ok(axes);
        }
        Err(OperationError::new("tensordot", "as many axes of the left meet as of the right")
            .operand("left axes", format!("{:?}", &named_left[..]), "")
            .operand("right axes", format!("{:?}", &named_right[..]), ""))
    }
}

impl Tensor {
    /// Every element of this tensor times every one of the other, `[m, n]` for m and n elements, each in row-major order
    /// (`numpy.outer`).
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let products = tensor([1.0, 2.0]).outer(&tensor([3.0, 4.0, 5.0]));
    /// assert_eq!(products.shape(), [2, 3]);
    /// assert_eq!(products.to_vec::<f32>(), [3.0, 4.0, 5.0, 6.0, 8.0, 10.0]);
    /// ```
    ///
    /// # Panics
    /// When the dtypes differ.
    #[track_caller]
    pub fn outer(&self, other: &Tensor) -> Tensor {
        self.reshape([self.size(), 1]) * other.reshape([1, other.size()])
    }

    /// The sum over the last axes of both: `out[i, j] = sum_k self[i, k] other[j, k]`, for any number of leading axes
    /// (`numpy.inner`). With a scalar on either side it is the product.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0]).inner(&tensor([3.0, 4.0])).item(), 11.0);
    /// ```
    ///
    /// # Panics
    /// When the last axes differ in size, or the dtypes differ.
    #[track_caller]
    pub fn inner(&self, other: &Tensor) -> Tensor {
        if self.rank() == 0 || other.rank() == 0 {
            return self.mul(other);
        }
        contract("inner", self, other, &[self.rank() - 1], &[other.rank() - 1])
    }

    /// The sum of the products of all elements, each in row-major order, as a scalar (`numpy.vdot`).
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).vdot(&tensor([1.0, 0.0, 1.0, 0.0])).item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// When they have not as many elements, or the dtypes differ.
    #[track_caller]
    pub fn vdot(&self, other: &Tensor) -> Tensor {
        contract("vdot", &self.reshape(self.size()), &other.reshape(other.size()), &[0], &[0])
    }

    /// The sum over axes of this tensor that meet axes of the other: a count takes the last axes of this and the first of
    /// the other, a pair of lists names them (from the end if negative). What is left of this comes first, then what is
    /// left of the other (`numpy.tensordot`).
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// let (x, y) = (Tensor::ones([2, 3, 4]), Tensor::ones([4, 3, 5]));
    /// assert_eq!(x.tensordot(&y, 1).shape(), [2, 3, 3, 5]);
    /// assert_eq!(x.tensordot(&y, ([1, 2], [1, 0])).shape(), [2, 5]);
    /// assert_eq!(x.tensordot(&y, ([1, 2], [1, 0])).to_vec::<f32>(), [12.0; 10]);
    /// ```
    ///
    /// # Panics
    /// When there are no such axes, axes that meet differ in size, or the dtypes differ.
    #[track_caller]
    pub fn tensordot(&self, other: &Tensor, axes: impl Meeting) -> Tensor {
        match axes.axes(self.rank(), other.rank()) {
            Ok([left, right]) => contract("tensordot", self, other, &left, &right),
            Err(error) => refuse(error),
        }
    }
}

/// The sum over pairs of axes, as a product of two matrices.
#[track_caller]
fn contract(name: &str, left: &Tensor, right: &Tensor, left_axes: &[usize], right_axes: &[usize]) -> Tensor {
    let (left_shape, right_shape) = (left.shape(), right.shape());
    for (&i, &j) in left_axes.iter().zip(right_axes) {
        if left_shape[i] != right_shape[j] {
            refuse(
                OperationError::new(name, "axes that meet differ in size")
                    .operand("left", left_shape, format!("{} along axis {i}", left_shape[i]))
                    .operand("right", right_shape, format!("{} along axis {j}", right_shape[j])),
            );
        }
    }
    let free = |shape: Shape, axes: &[usize]| -> SmallVec<[usize; 8]> {
        (0..shape.rank()).filter(|axis| !axes.contains(axis)).collect()
    };
    let (left_free, right_free) = (free(left_shape, left_axes), free(right_shape, right_axes));
    let sizes = |shape: Shape, axes: &[usize]| -> SmallVec<[usize; 8]> {
        axes.iter().map(|&axis| shape[axis]).collect()
    };
    let kept = [sizes(left_shape, &left_free), sizes(right_shape, &right_free)].concat();
    if kept.len() > MAX_RANK {
        refuse(
            OperationError::new(
                name,
                format!("the result would have {} axes, more than {MAX_RANK}", kept.len()),
            )
            .operand("left", left_shape, "")
            .operand("right", right_shape, ""),
        );
    }
    // Explicit counts, since -1 cannot be found where a size is 0.
    let count = |shape: Shape, axes: &[usize]| sizes(shape, axes).iter().product::<usize>();
    let inner = count(left_shape, left_axes);
    let rows = left.permute(&[&left_free[..], left_axes].concat()[..]);
    let columns = right.permute(&[right_axes, &right_free[..]].concat()[..]);
    let rows = rows.reshape([count(left_shape, &left_free), inner]);
    let columns = columns.reshape([inner, count(right_shape, &right_free)]);
    rows.matmul(&columns).reshape(Shape::new(&kept))
}
