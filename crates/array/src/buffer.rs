//! `Buffer`: the memory behind an array, shared between views and recycled when the last one goes.

use bytemuck::Pod;

use crate::memory::Line;
use crate::shared::Lines;

/// Memory for the elements of an array: shared by its views, copied on write.
///
/// Buffers come from a pool that belongs to the thread: an eager step that makes twenty small arrays asks the
/// system for none of them after the first, and a large array does not pay for page faults each time.
#[derive(Clone, Debug)]
pub struct Buffer {
    // None in a hollow buffer.
    lines: Option<Lines>,
}

impl Buffer {
    /// Room for `bytes` bytes, whose values are unspecified: zeros, or what an earlier array held.
    #[inline]
    pub fn new(bytes: usize) -> Buffer {
        Buffer { lines: Some(Lines::elements(bytes)) }
    }

    /// No memory at all, for an array of which only the shape is kept.
    #[inline]
    pub const fn hollow() -> Buffer {
        Buffer { lines: None }
    }

    /// The memory as elements of one type.
    #[inline]
    pub fn as_slice<T: Pod>(&self) -> &[T] {
        bytemuck::cast_slice(self.lines())
    }

    /// The memory as elements of one type, to be changed. If others share it, it is copied first.
    #[inline]
    pub fn as_mut_slice<T: Pod>(&mut self) -> &mut [T] {
        bytemuck::cast_slice_mut(self.lines.as_mut().expect("a buffer with memory").own())
    }

    /// Whether no other array shares this memory.
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.lines.as_ref().is_some_and(Lines::is_unique)
    }

    /// Whether both are the same memory.
    pub fn shares(&self, other: &Buffer) -> bool {
        std::ptr::eq(self.lines(), other.lines())
    }

    /// The number of bytes held.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.lines().len() * Line::SIZE
    }

    #[inline]
    fn lines(&self) -> &[Line] {
        self.lines.as_ref().map_or(&[], |lines| lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_recycled_within_a_thread() {
        let address = |buffer: &Buffer| buffer.as_slice::<u8>().as_ptr();
        let first = Buffer::new(1000);
        let place = address(&first);
        drop(first);
        let second = Buffer::new(1001);
        assert_eq!(address(&second), place);
    }

    #[test]
    fn a_shared_buffer_is_copied_on_write() {
        let mut first = Buffer::new(16);
        first.as_mut_slice::<f32>()[0] = 1.0;
        let second = first.clone();
        assert!(first.shares(&second));
        first.as_mut_slice::<f32>()[0] = 2.0;
        assert!(!first.shares(&second));
        assert_eq!((first.as_slice::<f32>()[0], second.as_slice::<f32>()[0]), (2.0, 1.0));
    }

    #[test]
    fn lines_are_aligned_for_every_register() {
        assert!((0..20).all(|i| Buffer::new(1 << i).as_slice::<u8>().as_ptr().addr().is_multiple_of(64)));
    }

    #[test]
    fn a_buffer_may_end_on_another_thread() {
        let buffer = Buffer::new(64);
        std::thread::spawn(move || drop(buffer)).join().unwrap();
    }
}
