//! Making tensors from numbers.

use ndgrad_array::{Array, Backend, DType, Device, Item, OperationError, Shape, Spec, Wide};
use ndgrad_cpu::Cpu;

use crate::Tensor;
use crate::ops::refuse;

/// A tensor from numbers, or from nested arrays or vectors of them. Literals with a fraction become f32, the default;
/// `i32`, `i64`, `u8`, `bool` and `f32` stay what they are. [`Tensor::from_slice`] keeps f64.
///
/// ```
/// use ndgrad_tensor::{DType, tensor};
/// assert_eq!(tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).shape(), [2, 3]);
/// assert_eq!(tensor(4.2).shape(), []);
/// assert_eq!(tensor([1, 2]).dtype(), DType::I32);
/// assert_eq!(tensor([true, false]).dtype(), DType::Bool);
/// ```
///
/// # Panics
/// When inner vectors differ in length.
#[track_caller]
pub fn tensor<N: Nested>(numbers: N) -> Tensor {
    let mut sizes = Vec::new();
    numbers.sizes(&mut sizes);
    let mut elements = Vec::new();
    numbers.collect(&mut elements);
    let shape = Shape::new(&sizes);
    assert_eq!(
        elements.len(),
        shape.size(),
        "tensor: inner vectors must have one length (first ones: {shape})"
    );
    Tensor::from_slice(shape, &elements)
}

/// A number, or arrays of arrays of numbers.
pub trait Nested {
    /// What its numbers become in a tensor.
    type Item: Item;
    /// Appends the size of each axis, as the first element of each has it.
    fn sizes(&self, sizes: &mut Vec<usize>);
    /// Appends all numbers in row-major order.
    fn collect(&self, elements: &mut Vec<Self::Item>);
}

macro_rules! nested_number {
    ($($number:ty as $item:ty),*) => {$(
        impl Nested for $number {
            type Item = $item;

            fn sizes(&self, _: &mut Vec<usize>) {}

            fn collect(&self, elements: &mut Vec<$item>) {
                elements.push(*self as $item);
            }
        }
    )*};
}

nested_number!(f64 as f32, f32 as f32, i32 as i32, i64 as i64, u8 as u8, bool as bool);

impl<N: Nested> Nested for [N] {
    type Item = N::Item;

    fn sizes(&self, sizes: &mut Vec<usize>) {
        sizes.push(self.len());
        if let Some(first) = self.first() {
            first.sizes(sizes);
        }
    }

    fn collect(&self, elements: &mut Vec<N::Item>) {
        self.iter().for_each(|inner| inner.collect(elements));
    }
}

macro_rules! nested_like_a_slice {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<N: Nested, $($generics)*> Nested for $type {
            type Item = N::Item;

            fn sizes(&self, sizes: &mut Vec<usize>) {
                self[..].sizes(sizes);
            }

            fn collect(&self, elements: &mut Vec<N::Item>) {
                self[..].collect(elements);
            }
        }
    )*};
}

nested_like_a_slice!([const COUNT: usize] [N; COUNT], [] Vec<N>, [] &[N]);

impl Tensor {
    /// A tensor with a copy of these elements in row-major order.
    ///
    /// # Panics
    /// When they are not as many as the shape holds.
    #[track_caller]
    pub fn from_slice<T: Item>(shape: impl Into<Shape>, elements: &[T]) -> Tensor {
        Tensor::from_array(Array::from_slice(shape, elements))
    }

    /// A tensor with these elements in row-major order.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// let x = Tensor::from_vec([2, 2], vec![1.0f64, 2.0, 3.0, 4.0]);
    /// assert_eq!((x.rank(), x.dtype()), (2, DType::F64));
    /// // Anything that can be iterated over is collected into one axis.
    /// let squares: Tensor = (0..4).map(|i| i * i).collect();
    /// assert_eq!(squares.to_vec::<i32>(), [0, 1, 4, 9]);
    /// ```
    ///
    /// # Panics
    /// When they are not as many as the shape holds.
    #[track_caller]
    pub fn from_vec<T: Item>(shape: impl Into<Shape>, elements: Vec<T>) -> Tensor {
        let shape = shape.into();
        if elements.len() != shape.size() {
            refuse(
                OperationError::new("from_vec", "there must be as many elements as the shape holds")
                    .operand("shape", shape, format!("holds {}", shape.size()))
                    .operand("elements", elements.len(), ""),
            );
        }
        Tensor::from_slice(shape, &elements)
    }

    /// Zeros of f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::zeros([2]).to_vec::<f32>(), [0.0, 0.0]);
    /// ```
    pub fn zeros(shape: impl Into<Shape>) -> Tensor {
        Tensor::zeros_as(shape, DType::F32)
    }

    /// Zeros of this dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::zeros_as([2], DType::I64).to_vec::<i64>(), [0, 0]);
    /// ```
    pub fn zeros_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
        Tensor::filled(on_cpu(shape, dtype), 0.0)
    }

    /// Ones of f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::ones([2]).to_vec::<f32>(), [1.0, 1.0]);
    /// ```
    pub fn ones(shape: impl Into<Shape>) -> Tensor {
        Tensor::ones_as(shape, DType::F32)
    }

    /// Ones of this dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::ones_as([2], DType::Bool).to_vec::<bool>(), [true, true]);
    /// ```
    pub fn ones_as(shape: impl Into<Shape>, dtype: DType) -> Tensor {
        Tensor::filled(on_cpu(shape, dtype), 1.0)
    }

    /// The same number everywhere, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::full([2], 0.5).to_vec::<f32>(), [0.5, 0.5]);
    /// ```
    pub fn full(shape: impl Into<Shape>, value: f64) -> Tensor {
        Tensor::filled(on_cpu(shape, DType::F32), value)
    }

    /// The same number everywhere, of this dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::full_as([2], 7.0, DType::U8).to_vec::<u8>(), [7, 7]);
    /// ```
    ///
    /// # Panics
    /// When the dtype has no such number.
    #[track_caller]
    pub fn full_as(shape: impl Into<Shape>, value: f64, dtype: DType) -> Tensor {
        check_number(dtype, value);
        Tensor::filled(on_cpu(shape, dtype), value)
    }

    /// Zeros of the shape, dtype and device of another tensor.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::zeros_like(&tensor([3, 4])).to_vec::<i32>(), [0, 0]);
    /// ```
    pub fn zeros_like(other: &Tensor) -> Tensor {
        Tensor::filled(other.spec(), 0.0)
    }

    /// Ones of the shape, dtype and device of another tensor.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::ones_like(&tensor([3, 4])).to_vec::<i32>(), [1, 1]);
    /// ```
    pub fn ones_like(other: &Tensor) -> Tensor {
        Tensor::filled(other.spec(), 1.0)
    }

    /// The same number everywhere, of the shape, dtype and device of another tensor.
    ///
    /// ```
    /// use ndgrad_tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::full_like(&tensor([1, 2]), 7.0).to_vec::<i32>(), [7, 7]);
    /// ```
    ///
    /// # Panics
    /// When the dtype has no such number.
    #[track_caller]
    pub fn full_like(other: &Tensor, value: f64) -> Tensor {
        check_number(other.dtype(), value);
        Tensor::filled(other.spec(), value)
    }

    /// Numbers from `first` to before `end`, each `step` from the one before, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::arange(0.0, 1.0, 0.25).to_vec::<f32>(), [0.0, 0.25, 0.5, 0.75]);
    /// assert_eq!(Tensor::arange(3.0, 0.0, -1.0).to_vec::<f32>(), [3.0, 2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// When the step is 0, or a number is not finite.
    #[track_caller]
    pub fn arange(first: f64, end: f64, step: f64) -> Tensor {
        Tensor::arange_as(first, end, step, DType::F32)
    }

    /// [`Tensor::arange`] of this dtype. Number `i` is `first + step * i`, computed in f64 and rounded once.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::arange_as(0.0, 7.0, 2.0, DType::I64).to_vec::<i64>(), [0, 2, 4, 6]);
    /// ```
    ///
    /// # Panics
    /// When the step is 0, a number is not finite, or the dtype does not have it.
    #[track_caller]
    pub fn arange_as(first: f64, end: f64, step: f64, dtype: DType) -> Tensor {
        if step == 0.0 || !(first.is_finite() && end.is_finite() && step.is_finite()) {
            refuse(
                OperationError::new("arange", "the numbers must be finite, and the step not 0")
                    .operand("from", first, "")
                    .operand("to", end, "")
                    .operand("step", step, ""),
            );
        }
        let count = ((end - first) / step).ceil().max(0.0) as usize;
        let numbers: Vec<f64> = (0..count).map(|i| first + step * i as f64).collect();
        // If the first two are whole numbers, so are all; the first and the last are the extremes.
        for &number in numbers.iter().take(2).chain(numbers.last()) {
            check_number(dtype, number);
        }
        Tensor::from_slice(count, &numbers).to_dtype(dtype)
    }

    /// `count` numbers from `first` to `last`, both included, evenly spaced, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::linspace(0.0, 1.0, 5).to_vec::<f32>(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    pub fn linspace(first: f64, last: f64, count: usize) -> Tensor {
        Tensor::linspace_as(first, last, count, DType::F32)
    }

    /// [`Tensor::linspace`] of this dtype, computed in f64; whole numbers are cut off, as by [`Tensor::to_dtype`].
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::linspace_as(0.0, 1.0, 3, DType::F64).to_vec::<f64>(), [0.0, 0.5, 1.0]);
    /// ```
    pub fn linspace_as(first: f64, last: f64, count: usize, dtype: DType) -> Tensor {
        let step = (last - first) / count.saturating_sub(1).max(1) as f64;
        // The last number is exact, whatever the step was rounded to.
        let number = |i: usize| if i > 0 && i + 1 == count { last } else { first + step * i as f64 };
        Tensor::from_vec(count, (0..count).map(number).collect()).to_dtype(dtype)
    }

    #[inline]
    pub(crate) fn filled(spec: Spec, value: f64) -> Tensor {
        let mut array = Array::new(spec);
        Cpu.fill(Wide::Float(value), &mut array);
        Tensor::from_array(array)
    }

    /// The number as a scalar of the dtype and device of `like`.
    ///
    /// # Panics
    /// When that dtype has no such number.
    #[inline]
    #[track_caller]
    pub(crate) fn scalar_like(like: &Tensor, value: f64) -> Tensor {
        let (dtype, device) = (like.dtype(), like.device());
        check_number(dtype, value);
        Tensor::literal(dtype, device, value)
    }
}

impl<T: Item> FromIterator<T> for Tensor {
    /// The items along one axis; f64 stays f64.
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Tensor {
        let elements: Vec<T> = items.into_iter().collect();
        Tensor::from_slice(elements.len(), &elements)
    }
}

fn on_cpu(shape: impl Into<Shape>, dtype: DType) -> Spec {
    Spec { shape: shape.into(), dtype, device: Device::cpu() }
}

/// The dtype must have this number; floats have all, nearly.
#[inline]
#[track_caller]
pub(crate) fn check_number(dtype: DType, value: f64) {
    if !dtype.is_float() {
        check_literal(dtype, value);
    }
}

#[track_caller]
fn check_literal(dtype: DType, value: f64) {
    let range = match dtype {
        DType::I32 => i32::MIN.into()..=i32::MAX.into(),
        // The largest i64 is not an f64; 2^63 - 1024 is the one before it.
        DType::I64 => -(2f64.powi(63))..=2f64.powi(63) - 1024.0,
        DType::U8 => 0.0..=255.0,
        _ => 0.0..=1.0,
    };
    if value.fract() != 0.0 || !range.contains(&value) {
        refuse(
            OperationError::new("number", "a number beside a tensor takes the tensor's dtype")
                .operand(
                    "number",
                    value,
                    format!(
                        "is not {} {dtype}",
                        if dtype == DType::I32 || dtype == DType::I64 { "an" } else { "a" }
                    ),
                )
                .remedy("convert the tensor first: x.to_dtype(DType::F32)"),
        );
    }
}
