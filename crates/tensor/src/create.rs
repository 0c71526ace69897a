//! Making tensors from numbers.

use ndgrad_array::{Array, Backend, DType, Device, Element, Shape, Spec};
use ndgrad_cpu::Cpu;

use crate::Tensor;

/// A tensor of f32 from numbers, or from nested arrays or vectors of them.
///
/// ```
/// use ndgrad_tensor::tensor;
/// assert_eq!(tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).shape(), [2, 3]);
/// assert_eq!(tensor(4.2).shape(), []);
/// ```
///
/// # Panics
/// When inner vectors differ in length.
#[track_caller]
pub fn tensor(numbers: impl Nested) -> Tensor {
    let (shape, elements) = flattened(&numbers);
    let elements: Vec<f32> = elements.into_iter().map(|x| x as f32).collect();
    Tensor::from_slice(shape, &elements)
}

#[track_caller]
fn flattened(numbers: &impl Nested) -> (Shape, Vec<f64>) {
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
    (shape, elements)
}

/// A number, or arrays of arrays of numbers.
pub trait Nested {
    /// Appends the size of each axis, as the first element of each has it.
    fn sizes(&self, sizes: &mut Vec<usize>);
    /// Appends all numbers in row-major order.
    fn collect(&self, elements: &mut Vec<f64>);
}

impl Nested for f64 {
    fn sizes(&self, _: &mut Vec<usize>) {}

    fn collect(&self, elements: &mut Vec<f64>) {
        elements.push(*self);
    }
}

impl<N: Nested> Nested for [N] {
    fn sizes(&self, sizes: &mut Vec<usize>) {
        sizes.push(self.len());
        if let Some(first) = self.first() {
            first.sizes(sizes);
        }
    }

    fn collect(&self, elements: &mut Vec<f64>) {
        self.iter().for_each(|inner| inner.collect(elements));
    }
}

macro_rules! nested_like_a_slice {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<N: Nested, $($generics)*> Nested for $type {
            fn sizes(&self, sizes: &mut Vec<usize>) {
                self[..].sizes(sizes);
            }

            fn collect(&self, elements: &mut Vec<f64>) {
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
    pub fn from_slice<T: Element>(shape: impl Into<Shape>, elements: &[T]) -> Tensor {
        Tensor::from_array(Array::from_slice(shape, elements))
    }

    /// Zeros of f32.
    pub fn zeros(shape: impl Into<Shape>) -> Tensor {
        Tensor::full(shape, 0.0)
    }

    /// Ones of f32.
    pub fn ones(shape: impl Into<Shape>) -> Tensor {
        Tensor::full(shape, 1.0)
    }

    /// The same number everywhere, as f32.
    pub fn full(shape: impl Into<Shape>, value: f64) -> Tensor {
        Tensor::filled(Spec { shape: shape.into(), dtype: DType::F32, device: Device::cpu() }, value)
    }

    /// Zeros of the shape, dtype and device of another tensor.
    pub fn zeros_like(other: &Tensor) -> Tensor {
        Tensor::filled(other.spec(), 0.0)
    }

    /// Ones of the shape, dtype and device of another tensor.
    pub fn ones_like(other: &Tensor) -> Tensor {
        Tensor::filled(other.spec(), 1.0)
    }

    /// `count` numbers from `first` to `last`, both included, evenly spaced, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::linspace(0.0, 1.0, 5).to_vec::<f32>(), [0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    pub fn linspace(first: f64, last: f64, count: usize) -> Tensor {
        let step = (last - first) / count.saturating_sub(1).max(1) as f64;
        let elements: Vec<f32> = (0..count).map(|i| (first + step * i as f64) as f32).collect();
        Tensor::from_slice(count, &elements)
    }

    #[inline]
    pub(crate) fn filled(spec: Spec, value: f64) -> Tensor {
        let mut array = Array::new(spec);
        Cpu.fill(value, &mut array);
        Tensor::from_array(array)
    }

    /// The number as a scalar of the dtype and device of `like`.
    #[inline]
    pub(crate) fn scalar_like(like: &Tensor, value: f64) -> Tensor {
        Tensor::filled(like.spec().with_shape(Shape::SCALAR), value)
    }
}
