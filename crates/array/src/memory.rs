//! `Memory`: whole cache lines from the system.

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use bytemuck::{Pod, Zeroable};

/// One cache line. Memory comes in whole lines, so that every dtype and vector register is aligned.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C, align(64))]
pub(crate) struct Line([u8; 64]);

impl Line {
    pub const SIZE: usize = size_of::<Line>();
}

/// Lines that hold zeros at first, and then whatever was written to them.
pub(crate) struct Memory {
    start: NonNull<Line>,
    lines: usize,
}

// SAFETY: the lines belong to this value alone.
unsafe impl Send for Memory {}

/// From so many lines on (4 MiB) memory is mapped from the system, in large pages if it has any. It is zero without having
/// been written, and reading rows of a large array here and there does not wait for page tables.
#[cfg(unix)]
const LEAST_MAPPED: usize = (4 << 20) / Line::SIZE;

impl Memory {
    /// So many lines of zeros, at least one.
    #[cold]
    pub fn new(lines: usize) -> Memory {
        #[cfg(unix)]
        if lines >= LEAST_MAPPED {
            return Memory::map(lines);
        }
        let start = Box::into_raw(Box::<[Line]>::new_zeroed_slice(lines)).cast::<Line>();
        // SAFETY: what a box points to is not null.
        Memory { start: unsafe { NonNull::new_unchecked(start) }, lines }
    }

    #[cfg(unix)]
    fn map(lines: usize) -> Memory {
        let bytes = lines * Line::SIZE;
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a new mapping of no file, wherever the system likes, changes no other memory.
        let start = unsafe {
            libc::mmap(ptr::null_mut(), bytes, access, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0)
        };
        if start == libc::MAP_FAILED {
            let layout = std::alloc::Layout::array::<Line>(lines).expect("sizes fit an isize");
            std::alloc::handle_alloc_error(layout);
        }
        #[cfg(target_os = "linux")]
        // SAFETY: advice about the mapping that was just made; a refusal changes nothing.
        unsafe {
            libc::madvise(start, bytes, libc::MADV_HUGEPAGE);
        }
        // SAFETY: a mapping that did not fail is not null.
        Memory { start: unsafe { NonNull::new_unchecked(start.cast()) }, lines }
    }

    /// Where the lines begin. They are lost unless [`Memory::from_raw`] gets them back.
    pub fn into_raw(self) -> NonNull<Line> {
        let start = self.start;
        std::mem::forget(self);
        start
    }

    /// # Safety
    /// The lines are those of a memory of so many, whose `into_raw` returned `start`, and nobody else uses them.
    pub unsafe fn from_raw(start: NonNull<Line>, lines: usize) -> Memory {
        Memory { start, lines }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        #[cfg(unix)]
        if self.lines >= LEAST_MAPPED {
            // SAFETY: as many lines are mapped alone, and nobody uses these any more.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.lines * Line::SIZE) };
            return;
        }
        let slice =
            ptr::slice_from_raw_parts_mut(self.start.as_ptr().cast::<MaybeUninit<Line>>(), self.lines);
        // SAFETY: fewer lines come from a box of this length.
        drop(unsafe { Box::from_raw(slice) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_memory_is_zero_and_aligned_and_can_be_written() {
        for lines in [1, 2, 1000, (4 << 20) / Line::SIZE - 1, (4 << 20) / Line::SIZE, 100_001] {
            let start = Memory::new(lines).into_raw();
            // SAFETY: the memory was taken just now, and holds numbers.
            let slice = unsafe { std::slice::from_raw_parts_mut(start.as_ptr().cast::<u8>(), lines * 64) };
            assert!(start.addr().get().is_multiple_of(64) && slice.iter().all(|&byte| byte == 0));
            slice.fill(7);
            // SAFETY: as above; the slice is not used any more.
            drop(unsafe { Memory::from_raw(start, lines) });
        }
    }
}
