//! `Buffer`: the memory behind an array, shared between views and recycled when the last one goes.

use std::cell::RefCell;
use std::sync::Arc;

use bytemuck::{Pod, Zeroable};

/// One cache line. Buffers are made of whole lines, so that every dtype and vector register is aligned.
#[derive(Clone, Copy, Pod, Zeroable)]
#[repr(C, align(64))]
struct Line([u8; 64]);

const LINE: usize = size_of::<Line>();

/// Memory for the elements of an array: shared by its views, copied on write.
///
/// Buffers come from a pool that belongs to the thread: an eager step that makes twenty small arrays asks the
/// system for none of them after the first, and a large array does not pay for page faults each time.
#[derive(Debug)]
pub struct Buffer {
    // None in a hollow buffer, and while being dropped.
    lines: Option<Arc<Vec<Line>>>,
}

impl std::fmt::Debug for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Line")
    }
}

impl Buffer {
    /// Room for `bytes` bytes, whose values are unspecified: zeros, or what an earlier array held.
    #[inline]
    pub fn new(bytes: usize) -> Buffer {
        let size = SizeClass::of(bytes.div_ceil(LINE));
        let recycled = POOL.try_with(|pool| pool.borrow_mut().take(size)).ok().flatten();
        Buffer { lines: Some(recycled.unwrap_or_else(|| Arc::new(bytemuck::zeroed_vec(size.lines)))) }
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
        if !self.is_unique() {
            let mut copy = Buffer::new(self.lines().len() * LINE);
            let lines = Arc::get_mut(copy.lines.as_mut().expect("a live buffer")).expect("a new buffer");
            lines.copy_from_slice(self.lines());
            *self = copy;
        }
        let lines = Arc::get_mut(self.lines.as_mut().expect("a live buffer")).expect("a buffer of its own");
        bytemuck::cast_slice_mut(lines)
    }

    /// Whether no other array shares this memory.
    #[inline]
    pub fn is_unique(&self) -> bool {
        self.lines.as_ref().is_some_and(|lines| Arc::strong_count(lines) == 1)
    }

    /// Whether both are the same memory.
    pub fn shares(&self, other: &Buffer) -> bool {
        std::ptr::eq(self.lines(), other.lines())
    }

    /// The number of bytes held.
    pub fn bytes(&self) -> usize {
        self.lines().len() * LINE
    }

    #[inline]
    fn lines(&self) -> &[Line] {
        self.lines.as_ref().map_or(&[], |lines| lines)
    }
}

impl Clone for Buffer {
    #[inline]
    fn clone(&self) -> Buffer {
        Buffer { lines: self.lines.clone() }
    }
}

impl Drop for Buffer {
    #[inline]
    fn drop(&mut self) {
        let Some(mut lines) = self.lines.take() else { return };
        if Arc::get_mut(&mut lines).is_some() {
            // At the end of a thread the pool is gone first; then the memory goes back to the system.
            let _ = POOL.try_with(|pool| pool.borrow_mut().give(lines));
        }
    }
}

/// The sizes that buffers come in, so that one can serve for another: four steps to each doubling, which
/// wastes at most a fifth of a large buffer.
#[derive(Clone, Copy)]
struct SizeClass {
    index: usize,
    lines: usize,
}

impl SizeClass {
    const COUNT: usize = 4 * usize::BITS as usize;

    #[inline]
    fn of(lines: usize) -> SizeClass {
        let lines = lines.max(1);
        if lines <= 4 {
            return SizeClass { index: lines - 1, lines };
        }
        // lines lies in (2^log, 2^(log + 1)], which is cut in four.
        let log = (lines - 1).ilog2();
        let step = 1usize << (log - 2);
        let quarter = (lines - (1 << log)).div_ceil(step);
        SizeClass { index: 4 * (log as usize - 1) + quarter - 1, lines: (1 << log) + quarter * step }
    }
}

/// What one thread keeps for its next arrays.
struct Pool {
    free: [Vec<Arc<Vec<Line>>>; SizeClass::COUNT],
    /// Lines and buffers kept at present.
    kept_lines: usize,
    kept: usize,
    /// Buffers in use that this thread took, as far as it can know, and the most at any time.
    in_use: usize,
    most_in_use: usize,
    /// Buffers taken by this thread less those given back to it.
    live: isize,
}

impl Pool {
    const EMPTY: Pool = Pool {
        free: [const { Vec::new() }; SizeClass::COUNT],
        kept_lines: 0,
        kept: 0,
        in_use: 0,
        most_in_use: 0,
        live: 0,
    };

    /// A thread keeps at most this much for later (256 MiB); what is given back beyond it is freed.
    const MOST_LINES: usize = (256 << 20) / LINE;

    #[inline]
    fn take(&mut self, size: SizeClass) -> Option<Arc<Vec<Line>>> {
        self.live += 1;
        self.in_use += 1;
        self.most_in_use = self.most_in_use.max(self.in_use);
        let lines = self.free[size.index].pop()?;
        self.kept_lines -= size.lines;
        self.kept -= 1;
        Some(lines)
    }

    /// A thread that only ends what others begin has no use for buffers: no more are kept than it ever had in use.
    #[inline]
    fn give(&mut self, lines: Arc<Vec<Line>>) {
        self.live -= 1;
        self.in_use = self.in_use.saturating_sub(1);
        let size = SizeClass::of(lines.len());
        if self.kept + self.in_use < self.most_in_use && self.kept_lines + size.lines <= Self::MOST_LINES {
            self.kept_lines += size.lines;
            self.kept += 1;
            self.free[size.index].push(lines);
        }
    }
}

thread_local! {
    static POOL: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
}

/// The number of buffers in use: those that this thread has made less those that it has dropped.
///
/// A training loop that keeps nothing has the same number after each step:
///
/// ```
/// use ndgrad_array::{Buffer, live_buffers};
/// let before = live_buffers();
/// let buffer = Buffer::new(4096);
/// assert_eq!(live_buffers(), before + 1);
/// drop(buffer);
/// assert_eq!(live_buffers(), before);
/// ```
pub fn live_buffers() -> isize {
    POOL.with(|pool| pool.borrow().live)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_classes_are_ordered_and_waste_little() {
        let mut last = SizeClass::of(1);
        for lines in 1..100_000 {
            let size = SizeClass::of(lines);
            assert!(size.lines >= lines && size.lines * 4 <= lines * 5 + 4, "{lines} in {}", size.lines);
            assert_eq!(SizeClass::of(size.lines).index, size.index);
            assert!(size.index == last.index || (size.index == last.index + 1 && last.lines == lines - 1));
            last = size;
        }
    }

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
    fn a_thread_that_only_drops_buffers_keeps_none() {
        let (sender, receiver) = std::sync::mpsc::sync_channel(4);
        let maker = std::thread::spawn(move || (0..1000).for_each(|_| sender.send(Buffer::new(64)).unwrap()));
        let keeper = std::thread::spawn(move || {
            receiver.iter().for_each(drop);
            POOL.with_borrow(|pool| pool.kept)
        });
        maker.join().unwrap();
        assert_eq!(keeper.join().unwrap(), 0);
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
