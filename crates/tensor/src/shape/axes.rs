//! Axes added, dropped, moved and turned around: always views.

use ndgrad_array::{MAX_RANK, OperationError};
use smallvec::SmallVec;

use crate::index::Index;
use crate::ops::{Axes, Part, accept, apply, refuse, resolve_axis};
use crate::{Integers, Tensor};

type Sizes = SmallVec<[usize; MAX_RANK]>;

impl Tensor {
    /// All elements in row-major order along one axis. A view where the layout allows it.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, 2], [3, 4]]).flatten().shape(), [4]);
    /// assert_eq!(tensor(1).flatten().shape(), [1]);
    /// ```
    #[track_caller]
    pub fn flatten(&self) -> Tensor {
        self.reshape([self.size()])
    }

    /// Without the axes of size 1. A view.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::zeros([1, 3, 1]).squeeze().shape(), [3]);
    /// ```
    #[track_caller]
    pub fn squeeze(&self) -> Tensor {
        let sizes: Sizes = self.shape().iter().copied().filter(|&size| size != 1).collect();
        self.reshape(&sizes[..])
    }

    /// Without these axes (counted from the end if negative), which must have size 1. A view.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::zeros([1, 3, 1]).squeeze_axes(-1).shape(), [1, 3]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, one is named twice, or one has another size.
    #[track_caller]
    pub fn squeeze_axes(&self, axes: impl Integers) -> Tensor {
        let shape = self.shape();
        let gone = accept(Axes::Some(axes.integers()).resolve("squeeze_axes", shape.rank()));
        let mut sizes = Sizes::new();
        for (axis, &size) in shape.iter().enumerate() {
            match (gone[axis], size) {
                (true, 1) => {}
                (false, size) => sizes.push(size),
                (true, size) => refuse(
                    OperationError::new("squeeze_axes", "only axes of size 1 can be dropped")
                        .operand("axis", axis, format!("has size {size}"))
                        .operand("tensor", shape, "")
                        .remedy("take one position, x.i(...), or reduce the axis, x.sum_axes(...)"),
                ),
            }
        }
        self.reshape(&sizes[..])
    }

    /// With new axes of size 1, which stand at these places of the result (counted from its end if negative). A view.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([1.0, 2.0]);
    /// assert_eq!(x.expand_dims(0).shape(), [1, 2]);
    /// assert_eq!(x.expand_dims([0, -1]).shape(), [1, 2, 1]);
    /// ```
    ///
    /// # Panics
    /// When there is no such place, one is named twice, or more than eight axes would come out.
    #[track_caller]
    pub fn expand_dims(&self, axes: impl Integers) -> Tensor {
        self.insert_axes("expand_dims", &axes.integers())
    }

    /// [`Tensor::expand_dims`] in the name of another operation.
    #[track_caller]
    pub(crate) fn insert_axes(&self, name: &str, axes: &[isize]) -> Tensor {
        let shape = self.shape();
        let rank = shape.rank() + axes.len();
        if rank > MAX_RANK {
            refuse(
                OperationError::new(name, format!("a tensor has at most {MAX_RANK} axes"))
                    .operand("tensor", shape, format!("has {} axes", shape.rank()))
                    .operand("new axes", axes.len(), ""),
            );
        }
        let new = accept(Axes::Some(SmallVec::from_slice(axes)).resolve(name, rank));
        let mut old = shape.iter().copied();
        let sizes: Sizes =
            (0..rank).map(|axis| if new[axis] { 1 } else { old.next().expect("one per axis") }).collect();
        self.reshape(&sizes[..])
    }

    /// Two axes (counted from the end if negative) exchanged. A view.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::zeros([2, 3, 4]).swap_axes(0, -1).shape(), [4, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn swap_axes(&self, first: isize, second: isize) -> Tensor {
        let rank = self.rank();
        let first = accept(resolve_axis("swap_axes", first, rank));
        let second = accept(resolve_axis("swap_axes", second, rank));
        let mut order: Sizes = (0..rank).collect();
        order.swap(first, second);
        self.permute(&order[..])
    }

    /// The axes `from` moved to the places `to` of the result (both counted from the end if negative); the others
    /// keep their order. A view.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// let x = Tensor::zeros([2, 3, 4]);
    /// assert_eq!(x.move_axis(0, -1).shape(), [3, 4, 2]);
    /// assert_eq!(x.move_axis([0, 1], [-1, -2]).shape(), [4, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, one is named twice, or there are not as many places as axes.
    #[track_caller]
    pub fn move_axis(&self, from: impl Integers, to: impl Integers) -> Tensor {
        let (from, to) = (from.integers(), to.integers());
        let rank = self.rank();
        if from.len() != to.len() {
            refuse(
                OperationError::new("move_axis", "every axis needs one place")
                    .operand("axes", format!("{:?}", &from[..]), "")
                    .operand("places", format!("{:?}", &to[..]), ""),
            );
        }
        let moved = accept(Axes::Some(from.clone()).resolve("move_axis", rank));
        let taken = accept(Axes::Some(to.clone()).resolve("move_axis", rank));
        let mut order: Sizes = (0..rank).collect();
        let free = (0..rank).filter(|&place| !taken[place]);
        for (place, axis) in free.zip((0..rank).filter(|&axis| !moved[axis])) {
            order[place] = axis;
        }
        let resolved = |axis: isize| if axis < 0 { axis + rank as isize } else { axis } as usize;
        for (&axis, &place) in from.iter().zip(&to) {
            order[resolved(place)] = resolved(axis);
        }
        self.permute(&order[..])
    }

    /// These axes (counted from the end if negative) in reverse. A view.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([[1, 2], [3, 4]]).flip(0).to_vec::<i32>(), [3, 4, 1, 2]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or one is named twice.
    #[track_caller]
    pub fn flip(&self, axes: impl Integers) -> Tensor {
        let rank = self.rank();
        let turned = accept(Axes::Some(axes.integers()).resolve("flip", rank));
        let indices = turned[..rank]
            .iter()
            .map(|&turned| if turned { Index::ALL.step(-1) } else { Index::ALL })
            .collect();
        apply(Part { indices }, &[self])
    }

    /// The positions from `start` to before `end` along one axis, which must exist.
    #[track_caller]
    pub(crate) fn narrow(&self, axis: usize, start: usize, end: usize) -> Tensor {
        let mut indices = SmallVec::from_elem(Index::ALL, axis);
        indices.push(Index::from(start..end));
        apply(Part { indices }, &[self])
    }
}
