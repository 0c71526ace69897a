//! `prod`: all elements, or those along some axes, multiplied.

use ndgrad_array::{MAX_RANK, Scalar};
use smallvec::SmallVec;

use super::{Fold, Folded, Saves};
use crate::{Integers, Tensor};

/// Multiplies the elements along some axes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prod;

impl Fold for Prod {
    const NAME: &'static str = "prod";
    const DOC: &'static str = "The elements along some axes, multiplied.";
    const SAVES: Saves = Saves::INPUTS;

    #[inline(always)]
    fn identity<S: Scalar>(self) -> S {
        S::ONE
    }

    #[inline(always)]
    fn combine<S: Scalar>(self, left: S, right: S) -> S {
        left * right
    }

    /// For each element the product of all others: of those before it times those behind it, so that nothing is
    /// divided by and zeros are no exception.
    fn gradient(self, call: &Folded<'_>, head: &Tensor) -> Tensor {
        let order = call.axes.order();
        let mut back: SmallVec<[usize; MAX_RANK]> = order.clone();
        order.iter().enumerate().for_each(|(to, &from)| back[from] = to);
        let count = call.axes.count(&call.shape());
        let turned = call.input().permute(&order[..]);
        let lines = turned.reshape([turned.size() / count.max(1), count]);
        let others = lines.product_of_others(1, false) * lines.product_of_others(1, true);
        head * others.reshape(turned.shape()).permute(&back[..])
    }
}

impl Tensor {
    /// The product of all elements, as a scalar; 1 of none. The dtype is kept; whole numbers wrap around. The gradient
    /// is exact where elements are 0, too.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).prod().item(), 24.0);
    /// ```
    ///
    /// # Panics
    /// For bool.
    #[track_caller]
    pub fn prod(&self) -> Tensor {
        Prod.all(self)
    }

    /// [`Tensor::prod`] along these axes (counted from the end if negative), which go.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1.0, 2.0], [3.0, 4.0]]).prod_axes(0).to_vec::<f32>(), [3.0, 8.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice; for bool.
    #[track_caller]
    pub fn prod_axes(&self, axes: impl Integers) -> Tensor {
        Prod.along(self, axes)
    }

    /// [`Tensor::prod_axes`], where the axes stay with size 1, so that the result stretches back over the tensor.
    ///
    /// # Panics
    /// As [`Tensor::prod_axes`].
    #[track_caller]
    pub fn prod_keepdims(&self, axes: impl Integers) -> Tensor {
        Prod.keepdims(self, axes)
    }
}
