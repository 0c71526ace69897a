//! Which elements of a tensor: positions along an axis, a mask, indices; taken, replaced, found.

use ndgrad_array::{DType, Layout, MAX_RANK, OperationError, Result, Shape, with_dtype};
use smallvec::SmallVec;

use crate::index::{Index, IntoIndices, indexed};
use crate::ops::{With, accept, apply, check_value, refuse, resolve_axis, write_part};
use crate::shape::around;
use crate::{Operand, Tensor, autograd};

/// Positions along an axis, counted from the end if negative: an array or slice of numbers, or a tensor of i32 or i64.
pub trait Positions {
    /// The positions in row-major order, and the shape in which they stand, for the operation `name`.
    ///
    /// # Errors
    /// When they are not whole numbers.
    fn positions(self, name: &str) -> Result<(Shape, Vec<isize>), OperationError>;
}

macro_rules! positions {
    ($($number:ty),*) => {$(
        impl Positions for &[$number] {
            fn positions(self, _: &str) -> Result<(Shape, Vec<isize>), OperationError> {
                Ok((Shape::from(self.len()), self.iter().map(|&position| position as isize).collect()))
            }
        }

        impl<const N: usize> Positions for [$number; N] {
            fn positions(self, name: &str) -> Result<(Shape, Vec<isize>), OperationError> {
                self[..].positions(name)
            }
        }
    )*};
}

positions!(i32, isize, usize);

impl Positions for &Tensor {
    fn positions(self, name: &str) -> Result<(Shape, Vec<isize>), OperationError> {
        let positions = match self.dtype() {
            DType::I32 => self.to_vec::<i32>().into_iter().map(|position| position as isize).collect(),
            DType::I64 => self.to_vec::<i64>().into_iter().map(|position| position as isize).collect(),
            dtype => {
                return Err(OperationError::new(name, "positions are i32 or i64")
                    .operand("tensor", format!("{} {dtype}", self.shape()), "")
                    .remedy("convert them: x.to_dtype(DType::I64)"));
            }
        };
        Ok((self.shape(), positions))
    }
}

/// Which elements [`Tensor::set`] and [`Tensor::with`] replace.
#[derive(Clone, Debug)]
pub enum Selection {
    /// What [`Tensor::i`] takes.
    Part(SmallVec<[Index; 4]>),
    /// What [`Tensor::take_axis`] takes; of a position that is named twice the last value stays.
    Along {
        /// The axis, counted from the end if negative.
        axis: isize,
        /// The shape in which the positions stand.
        shape: Shape,
        /// The positions, counted from the end if negative.
        positions: Vec<isize>,
    },
    /// What [`Tensor::mask_select`] takes: where a tensor of bool is true.
    Mask(Tensor),
}

/// The positions along an axis that [`Tensor::take_axis`] takes, for [`Tensor::set`] and [`Tensor::with`].
///
/// ```
/// use ndgrad_tensor::{Tensor, along};
/// let mut x = Tensor::zeros([2, 3]);
/// x.set(along(1, [0, -1]), 7.0);
/// assert_eq!(x.to_vec::<f32>(), [7.0, 0.0, 7.0, 7.0, 0.0, 7.0]);
/// ```
///
/// # Panics
/// When a tensor of positions is neither i32 nor i64.
#[track_caller]
pub fn along(axis: isize, positions: impl Positions) -> Selection {
    let (shape, positions) = accept(positions.positions("along"));
    Selection::Along { axis, shape, positions }
}

/// What can be written for a [`Selection`]: indices as for [`Tensor::i`], a tensor of bool, or [`along`].
pub trait IntoSelection {
    /// The selection.
    fn selection(self) -> Selection;
}

impl<I: IntoIndices> IntoSelection for I {
    fn selection(self) -> Selection {
        Selection::Part(self.indices())
    }
}

impl IntoSelection for &Tensor {
    fn selection(self) -> Selection {
        Selection::Mask(self.clone())
    }
}

impl IntoSelection for Selection {
    fn selection(self) -> Selection {
        self
    }
}

/// A selection as whole rows of the tensor, when it is seen as `[count, width]`.
struct Rows {
    rows: Vec<usize>,
    count: usize,
    width: usize,
    /// What is selected has this shape.
    shape: Shape,
}

impl Rows {
    /// Positions along an axis, which stand in the shape `index`.
    fn along(
        name: &str,
        whole: Shape,
        axis: isize,
        index: Shape,
        positions: &[isize],
    ) -> Result<Rows, OperationError> {
        let axis = resolve_axis(name, axis, whole.rank())?;
        let [before, along, width] = around(whole, axis);
        let resolve = |&position: &isize| {
            let resolved = if position < 0 { position + along as isize } else { position };
            if (0..along as isize).contains(&resolved) {
                return Ok(resolved as usize);
            }
            Err(OperationError::new(name, "position out of bounds")
                .operand("position", position, "")
                .operand("tensor", whole, format!("has {along} along axis {axis}")))
        };
        let positions: Vec<usize> = positions.iter().map(resolve).collect::<Result<_, _>>()?;
        if whole.rank() - 1 + index.rank() > MAX_RANK {
            return Err(OperationError::new(name, format!("a tensor has at most {MAX_RANK} axes"))
                .operand("tensor", whole, "")
                .operand("positions", index, "take the place of one axis"));
        }
        let sizes: SmallVec<[usize; MAX_RANK]> =
            whole[..axis].iter().chain(&index[..]).chain(&whole[axis + 1..]).copied().collect();
        let rows = (0..before).flat_map(|block| positions.iter().map(move |at| block * along + at));
        Ok(Rows { rows: rows.collect(), count: before * along, width, shape: Shape::new(&sizes) })
    }

    /// Where a mask, which covers the first axes, is true.
    #[track_caller]
    fn masked(name: &str, whole: Shape, mask: &Tensor) -> Result<Rows, OperationError> {
        let covered = mask.shape();
        if mask.dtype() != DType::Bool {
            return Err(OperationError::new(name, "a mask is bool")
                .operand("mask", format!("{covered} {}", mask.dtype()), "")
                .remedy("compare first, x.less(0.0), or convert it: mask.to_dtype(DType::Bool)"));
        }
        if !whole.starts_with(&covered) {
            return Err(OperationError::new(name, "a mask must have the sizes of the first axes")
                .operand("mask", covered, "")
                .operand("tensor", whole, "")
                .remedy("stretch it first: mask.broadcast_to(x.shape())"));
        }
        let answers = mask.to_vec::<bool>();
        let rows: Vec<usize> = (0..answers.len()).filter(|&row| answers[row]).collect();
        let rest = &whole[covered.rank()..];
        let sizes: SmallVec<[usize; MAX_RANK + 1]> = [&[rows.len()], rest].concat().into();
        if sizes.len() > MAX_RANK {
            return Err(OperationError::new(name, format!("a tensor has at most {MAX_RANK} axes"))
                .operand("mask", covered, "covers no axis")
                .operand("tensor", whole, ""));
        }
        Ok(Rows { rows, count: answers.len(), width: rest.iter().product(), shape: Shape::new(&sizes) })
    }

    #[track_caller]
    fn take(&self, x: &Tensor) -> Tensor {
        x.reshape([self.count, self.width]).take(&self.rows).reshape(self.shape)
    }

    /// Taken from `x` and `value` together, so that gradients follow; of equal rows the last counts.
    #[track_caller]
    fn replace(&self, x: &Tensor, value: &Tensor) -> Tensor {
        let value = value.broadcast_to(self.shape).reshape([self.rows.len(), self.width]);
        let both = Tensor::concat(&[&x.reshape([self.count, self.width]), &value], 0);
        let mut source: Vec<usize> = (0..self.count).collect();
        self.rows.iter().enumerate().for_each(|(i, &row)| source[row] = self.count + i);
        both.take(&source).reshape(x.shape())
    }
}

impl Tensor {
    /// The positions along an axis (both counted from the end if negative), in any order, any number of times. The
    /// axis is replaced by the axes of the index, which is an array or slice of numbers, or a tensor of i32 or i64.
    /// A copy. Gradients of a position that is taken twice add up.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
    /// assert_eq!(x.take_axis(1, [2, 0]).to_vec::<f32>(), [3.0, 1.0, 6.0, 4.0]);
    /// assert_eq!(x.take_axis(0, &tensor([[0, 0], [1, -1]])).shape(), [2, 2, 3]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis or position, the index is not of whole numbers, or more than eight axes would come
    /// out.
    #[track_caller]
    pub fn take_axis(&self, axis: isize, index: impl Positions) -> Tensor {
        let (shape, positions) = accept(index.positions("take_axis"));
        accept(Rows::along("take_axis", self.shape(), axis, shape, &positions)).take(self)
    }

    /// The elements where a mask of bool is true, in row-major order along one axis. A mask with fewer axes covers the
    /// first ones and selects along the others as a whole. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, -2.0], [-3.0, 4.0]]);
    /// assert_eq!(x.mask_select(&x.less(0.0)).to_vec::<f32>(), [-2.0, -3.0]);
    /// assert_eq!(x.mask_select(&tensor([false, true])).shape(), [1, 2]);
    /// ```
    ///
    /// # Panics
    /// When the mask is not bool, or has other sizes than the first axes.
    #[track_caller]
    pub fn mask_select(&self, mask: &Tensor) -> Tensor {
        accept(Rows::masked("mask_select", self.shape(), mask)).take(self)
    }

    /// Where the elements are not 0 (NaN is not): one row of i64 per such element, with its position along each axis,
    /// in row-major order. NumPy's `argwhere`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 0.0], [0.0, 4.0]]);
    /// assert_eq!(x.nonzero().to_vec::<i64>(), [0, 0, 1, 1]);
    /// assert_eq!(x.nonzero().shape(), [2, 2]);
    /// ```
    ///
    /// # Panics
    /// In a compiled function, whose shapes cannot hang on elements.
    #[track_caller]
    pub fn nonzero(&self) -> Tensor {
        let array = self.array();
        let shape = *array.shape();
        let mut rows = Vec::new();
        with_dtype!(array.dtype(), T => {
            let elements = array.buffer::<T>();
            let places = array.layout().offsets().enumerate();
            rows.extend(places.filter(|&(_, place)| elements[place] != T::default()).map(|(row, _)| row));
        });
        let mut positions = Vec::with_capacity(rows.len() * shape.rank());
        for &row in &rows {
            let mut stride = shape.size();
            for &size in shape.iter() {
                stride /= size;
                positions.push((row / stride % size) as i64);
            }
        }
        Tensor::from_slice([rows.len(), shape.rank()], &positions).to_device(array.device())
    }

    /// This tensor with another value where a selection points: indices as for [`Tensor::i`], a mask of bool as for
    /// [`Tensor::mask_select`], or [`along`] an axis as for [`Tensor::take_axis`]. The value, a tensor or a number,
    /// stretches to what is selected. A copy.
    ///
    /// The gradient of this tensor is 0 where it was replaced; that of the value is what stands there.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(x.with((.., 0), tensor([7.0, 8.0])).to_vec::<f32>(), [7.0, 2.0, 8.0, 4.0]);
    /// assert_eq!(x.with(&x.less(3.0), 0.0).to_vec::<f32>(), [0.0, 0.0, 3.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// When nothing can be selected so, or the value does not stretch or has another dtype.
    #[track_caller]
    pub fn with(&self, place: impl IntoSelection, value: impl Operand) -> Tensor {
        self.replaced("with", &place.selection(), &value.beside(self))
    }

    #[track_caller]
    fn replaced(&self, name: &str, selection: &Selection, value: &Tensor) -> Tensor {
        let rows = match selection {
            Selection::Part(indices) => return apply(With { indices: indices.clone() }, &[self, value]),
            Selection::Along { axis, shape, positions } => {
                accept(Rows::along(name, self.shape(), *axis, *shape, positions))
            }
            Selection::Mask(mask) => accept(Rows::masked(name, self.shape(), mask)),
        };
        accept(check_value(name, self.spec(), rows.shape, value.spec()));
        rows.replace(self, value)
    }

    /// Replaces the elements where a selection points, as [`Tensor::with`] does, in place.
    ///
    /// Values are shared, and a shared value never changes: on a plain tensor only this handle sees the new elements,
    /// and they are written in place if no other handle or view shares them, else into a copy. A leaf changes for
    /// every handle to it, as by [`Tensor::assign`]. What was recorded does not change, and nothing changes while
    /// recording: there [`Tensor::with`] is the operation with a gradient.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// let mut x = Tensor::zeros([2, 2]);
    /// let before = x.clone();
    /// x.set((0, ..), tensor([1.0, 2.0]));
    /// x.set((1, 1), 5.0);
    /// assert_eq!(x.to_vec::<f32>(), [1.0, 2.0, 0.0, 5.0]);
    /// assert_eq!(before.to_vec::<f32>(), [0.0; 4]);
    /// ```
    ///
    /// # Panics
    /// As [`Tensor::with`]; while recording; on the result of a recorded operation.
    #[track_caller]
    pub fn set(&mut self, place: impl IntoSelection, value: impl Operand) {
        if autograd::is_recording() {
            refuse(
                OperationError::new("set", "nothing changes in place while it is recorded")
                    .operand("tensor", self.shape(), "")
                    .remedy("let y = x.with(place, value), which has a gradient"),
            );
        }
        if self.node().is_some() {
            refuse(
                OperationError::new("set", "the result of a recorded operation does not change")
                    .operand("tensor", self.shape(), "")
                    .remedy("let y = x.with(place, value), which has a gradient, or set on x.detach()"),
            );
        }
        let value = value.beside(self);
        match place.selection() {
            Selection::Part(indices) => {
                let place = accept(indexed("set", &Layout::contiguous(self.shape()), &indices));
                accept(check_value("set", self.spec(), *place.shape(), value.spec()));
                let value = value.array();
                let value = value.view(value.layout().broadcast_to(*place.shape()));
                self.change(|array| {
                    let place = indexed("set", array.layout(), &indices).expect("checked above");
                    write_part(&value, place, array);
                });
            }
            selection => {
                let replaced = self.replaced("set", &selection, &value).array();
                self.change(|array| *array = replaced);
            }
        }
    }
}
