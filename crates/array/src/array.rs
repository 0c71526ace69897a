//! `Array`: a value without history.

use std::borrow::Borrow;

use crate::{Buffer, DType, Device, Element, Item, Layout, Shape};

/// The shape, dtype and device of an array: all that is known of it before it is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The sizes of the axes.
    pub shape: Shape,
    /// The type of the elements.
    pub dtype: DType,
    /// Where it lives.
    pub device: Device,
}

impl Spec {
    /// The bytes of the elements.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.shape.size() * self.dtype.size()
    }

    /// The same dtype and device with another shape.
    #[inline]
    pub fn with_shape(self, shape: Shape) -> Spec {
        Spec { shape, ..self }
    }
}

/// An n-dimensional array: a view of a shared buffer. Cloning is cheap; writing copies what is shared.
#[derive(Clone, Debug)]
pub struct Array {
    layout: Layout,
    dtype: DType,
    device: Device,
    buffer: Buffer,
}

impl Array {
    /// A contiguous array whose elements are unspecified, for a kernel to fill.
    #[inline(always)]
    pub fn new(spec: Spec) -> Array {
        let buffer = Buffer::new(spec.bytes());
        Array { layout: Layout::contiguous(spec.shape), dtype: spec.dtype, device: spec.device, buffer }
    }

    /// Becomes what [`Array::new`] gives, in the place where it is and in the memory that it has, which must be its alone and
    /// large enough.
    #[inline(always)]
    pub fn renew(&mut self, shape: &Shape, dtype: DType, device: Device) {
        debug_assert!(
            self.is_unique() && shape.size() * dtype.size() <= self.bytes_held(),
            "memory of its own"
        );
        self.layout.set_contiguous(shape);
        (self.dtype, self.device) = (dtype, device);
    }

    /// An array of this shape with a copy of these elements in row-major order, on the processor.
    ///
    /// # Panics
    /// When `elements` are not as many as the shape holds.
    #[track_caller]
    pub fn from_slice<T: Item>(shape: impl Into<Shape>, elements: &[T]) -> Array {
        let shape = shape.into();
        assert_eq!(elements.len(), shape.size(), "array: {} elements for the shape {shape}", elements.len());
        let mut array = Array::new(Spec { shape, dtype: T::Element::DTYPE, device: Device::cpu() });
        for (stored, &element) in array.as_mut_slice().iter_mut().zip(elements) {
            *stored = element.store();
        }
        array
    }

    /// The sizes of the axes.
    #[inline]
    pub fn shape(&self) -> &Shape {
        self.layout.shape()
    }

    /// The type of the elements.
    #[inline]
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Where the array lives.
    #[inline]
    pub fn device(&self) -> Device {
        self.device
    }

    /// Where in the buffer the elements lie.
    #[inline]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Shape, dtype and device together.
    #[inline]
    pub fn spec(&self) -> Spec {
        Spec { shape: *self.shape(), dtype: self.dtype, device: self.device }
    }

    /// Whether shape, dtype and device are these.
    #[inline]
    pub fn is_like(&self, spec: &Spec) -> bool {
        *self.shape() == spec.shape && self.dtype == spec.dtype && self.device == spec.device
    }

    /// The whole buffer as elements of `T`; [`Array::layout`] says which of them belong to the array.
    ///
    /// # Panics
    /// When `T` is not the array's dtype.
    #[inline]
    pub fn buffer<T: Element>(&self) -> &[T] {
        assert_eq!(T::DTYPE, self.dtype, "an array of {} read as {}", self.dtype, T::DTYPE);
        self.buffer.as_slice()
    }

    /// The elements in row-major order, if they lie so.
    ///
    /// # Panics
    /// When `T` is not the array's dtype.
    #[inline]
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        if !self.layout.is_contiguous() {
            return None;
        }
        let size = self.shape().size();
        let start = if size == 0 { 0 } else { self.layout.offset() };
        Some(&self.buffer::<T>()[start..start + size])
    }

    /// The elements of a contiguous array in row-major order, to be changed; shared ones are copied first.
    ///
    /// # Panics
    /// When `T` is not the array's dtype, or the array is not contiguous.
    #[inline]
    pub fn as_mut_slice<T: Element>(&mut self) -> &mut [T] {
        assert_eq!(T::DTYPE, self.dtype, "an array of {} written as {}", self.dtype, T::DTYPE);
        assert!(self.layout.is_contiguous(), "only a contiguous array is written as a slice");
        let size = self.layout.shape().size();
        let start = if size == 0 { 0 } else { self.layout.offset() };
        &mut self.buffer.as_mut_slice()[start..][..size]
    }

    /// The whole buffer, to be changed through [`Array::layout`]; a shared one is copied first.
    ///
    /// # Panics
    /// When `T` is not the array's dtype.
    #[inline]
    pub fn buffer_mut<T: Element>(&mut self) -> &mut [T] {
        assert_eq!(T::DTYPE, self.dtype, "an array of {} written as {}", self.dtype, T::DTYPE);
        self.buffer.as_mut_slice()
    }

    /// [`Array::as_slice`] as bytes, for kernels that need not know the dtype.
    #[inline]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        if !self.layout.is_contiguous() {
            return None;
        }
        let (count, size) = (self.shape().size(), self.dtype.size());
        let start = if count == 0 { 0 } else { self.layout.offset() };
        Some(&self.bytes()[start * size..(start + count) * size])
    }

    /// [`Array::as_mut_slice`] as bytes.
    ///
    /// # Panics
    /// When the array is not contiguous.
    #[inline]
    pub fn as_bytes_mut(&mut self) -> &mut [u8] {
        assert!(self.layout.is_contiguous(), "only a contiguous array is written as a slice");
        let (count, size) = (self.shape().size(), self.dtype.size());
        let start = if count == 0 { 0 } else { self.layout.offset() };
        &mut self.bytes_mut()[start * size..(start + count) * size]
    }

    /// [`Array::buffer`] as bytes.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        self.buffer.as_slice()
    }

    /// [`Array::buffer_mut`] as bytes.
    #[inline]
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.buffer.as_mut_slice()
    }

    /// A copy of the elements in row-major order.
    ///
    /// # Panics
    /// When `T` is not the array's dtype.
    pub fn to_vec<T: Item>(&self) -> Vec<T> {
        match self.as_slice() {
            Some(elements) => elements.iter().map(|&element| T::load(element)).collect(),
            None => {
                let buffer = self.buffer();
                self.layout.offsets().map(|place| T::load(buffer[place])).collect()
            }
        }
    }

    /// Another view of the same buffer. The layout must lie within it.
    #[inline]
    pub fn view(&self, layout: impl Borrow<Layout>) -> Array {
        let buffer = self.buffer.clone();
        Array { layout: *layout.borrow(), dtype: self.dtype, device: self.device, buffer }
    }

    /// The same buffer seen in another way. The layout must lie within it. Unlike [`Array::view`], this shares
    /// nothing, so that what was unshared can still be written without a copy.
    #[inline]
    pub fn into_view(self, layout: Layout) -> Array {
        Array { layout, ..self }
    }

    /// Shape, dtype and device without elements: what a tape keeps of a value that no gradient reads.
    #[inline]
    pub fn hollow(spec: Spec) -> Array {
        let Spec { shape, dtype, device } = spec;
        Array { layout: Layout::contiguous(shape), dtype, device, buffer: Buffer::hollow() }
    }

    /// Whether no other array shares the memory.
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.buffer.is_unique()
    }

    /// Whether both view the same memory.
    pub fn shares_buffer(&self, other: &Array) -> bool {
        self.buffer.shares(&other.buffer)
    }

    /// The bytes of memory that the array keeps alive, padding and hidden elements included.
    #[inline]
    pub fn bytes_held(&self) -> usize {
        self.buffer.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_share_memory_until_written() {
        let mut array = Array::from_slice([2, 3], &[1.0f32, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let transposed = array.view(array.layout().transpose());
        assert!(array.shares_buffer(&transposed));
        array.as_mut_slice::<f32>()[1] = 20.0;
        assert_eq!(transposed.to_vec::<f32>(), [1.0, 4.0, 2.0, 5.0, 3.0, 6.0]);
        assert_eq!(array.to_vec::<f32>(), [1.0, 20.0, 3.0, 4.0, 5.0, 6.0]);
    }

    #[test]
    #[should_panic(expected = "an array of f32 read as f64")]
    fn reading_as_another_dtype_is_refused() {
        Array::from_slice([1], &[1.0f32]).to_vec::<f64>();
    }

    #[test]
    fn an_empty_array_has_an_empty_slice() {
        let array = Array::from_slice::<f64>([3, 0], &[]);
        assert_eq!(array.as_slice::<f64>(), Some(&[][..]));
    }
}
