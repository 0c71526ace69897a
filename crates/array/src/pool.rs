//! The pool: memory that a thread has used and will use again.

use std::cell::RefCell;
use std::mem::ManuallyDrop;

use crate::memory::{Line, Memory};

/// The sizes that memory comes in, so that one piece can serve for another: four steps to each doubling, which wastes at
/// most a fifth of a large one.
#[derive(Clone, Copy)]
pub(crate) struct SizeClass {
    index: usize,
    pub lines: usize,
}

impl SizeClass {
    const COUNT: usize = 4 * usize::BITS as usize;

    /// The class for so many bytes.
    #[inline]
    pub fn of(bytes: usize) -> SizeClass {
        let lines = bytes.div_ceil(Line::SIZE).max(1);
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

/// What one thread keeps for later.
///
/// It is not dropped with the thread but emptied by [`Emptying`], which is made with the first memory: to ask each time
/// whether the thread is ending would cost as much as all the rest.
pub(crate) struct Pool {
    shelves: ManuallyDrop<[Shelf; SizeClass::COUNT]>,
    /// Lines kept at present.
    kept_lines: usize,
    /// Pieces taken by this thread less those given back to it.
    live: isize,
    /// Whether the thread is ending, which keeps nothing any more.
    is_closed: bool,
}

/// What is kept of one size class: about as much as this thread has asked the system for, to which the shelf grows when
/// that happens. A thread that only ends what others begin has no use for memory.
struct Shelf {
    free: Vec<Memory>,
    /// How many pieces this thread has asked the system for.
    made: usize,
}

/// Empties the pools when the thread ends.
struct Emptying;

impl Drop for Emptying {
    fn drop(&mut self) {
        for pool in [&OBJECTS, &ELEMENTS] {
            pool.with_borrow_mut(|pool| {
                pool.is_closed = true;
                pool.shelves.iter_mut().for_each(|shelf| shelf.free = Vec::new());
            });
        }
    }
}

thread_local! {
    static OBJECTS: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
    static ELEMENTS: RefCell<Pool> = const { RefCell::new(Pool::EMPTY) };
    static EMPTYING: Emptying = const { Emptying };
}

/// Memory for an object, or for elements of arrays; new memory holds zeros. What held elements is never given out for an
/// object or the other way round, so memory for elements always holds numbers.
#[inline]
pub(crate) fn take<const FOR_ELEMENTS: bool>(size: SizeClass) -> Memory {
    let pool = if FOR_ELEMENTS { &ELEMENTS } else { &OBJECTS };
    pool.with_borrow_mut(|pool| pool.take(size)).unwrap_or_else(|| Memory::new(size.lines))
}

/// Gives memory of this class back.
#[inline]
pub(crate) fn give<const FOR_ELEMENTS: bool>(memory: Memory, size: SizeClass) {
    let pool = if FOR_ELEMENTS { &ELEMENTS } else { &OBJECTS };
    if let Some(memory) = pool.with_borrow_mut(|pool| pool.give(memory, size)) {
        give_back(memory);
    }
}

impl Pool {
    const EMPTY: Pool = Pool {
        shelves: ManuallyDrop::new([const { Shelf { free: Vec::new(), made: 0 } }; SizeClass::COUNT]),
        kept_lines: 0,
        live: 0,
        is_closed: false,
    };

    /// A thread keeps at most this much for later (512 MiB); what is given back beyond it is freed.
    const MOST_LINES: usize = (512 << 20) / Line::SIZE;

    #[inline]
    fn take(&mut self, size: SizeClass) -> Option<Memory> {
        self.live += 1;
        let shelf = &mut self.shelves[size.index];
        let Some(memory) = shelf.free.pop() else {
            self.miss(size);
            return None;
        };
        self.kept_lines -= size.lines;
        Some(memory)
    }

    /// A piece more is about to be made.
    #[cold]
    fn miss(&mut self, size: SizeClass) {
        if !self.is_closed && EMPTYING.try_with(|_| ()).is_ok() {
            let shelf = &mut self.shelves[size.index];
            shelf.made += 1;
            shelf.free.reserve(shelf.made);
        }
    }

    /// What is not kept comes back.
    #[inline]
    fn give(&mut self, memory: Memory, size: SizeClass) -> Option<Memory> {
        self.live -= 1;
        let kept_lines = self.kept_lines + size.lines;
        let free = &mut self.shelves[size.index].free;
        if free.len() == free.capacity() || kept_lines > Self::MOST_LINES {
            return Some(memory);
        }
        free.push(memory);
        self.kept_lines = kept_lines;
        None
    }
}

/// To the system.
#[cold]
fn give_back(memory: Memory) {
    drop(memory);
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
    ELEMENTS.with_borrow(|pool| pool.live)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Buffer;

    #[test]
    fn size_classes_are_ordered_and_waste_little() {
        let of = |lines: usize| SizeClass::of(lines * Line::SIZE);
        let mut last = of(1);
        for lines in 1..100_000 {
            let size = of(lines);
            assert!(size.lines >= lines && size.lines * 4 <= lines * 5 + 4, "{lines} in {}", size.lines);
            assert_eq!(of(size.lines).index, size.index);
            assert!(size.index == last.index || (size.index == last.index + 1 && last.lines == lines - 1));
            last = size;
        }
    }

    #[test]
    fn a_thread_that_only_drops_buffers_keeps_none() {
        let (sender, receiver) = std::sync::mpsc::sync_channel(4);
        let maker = std::thread::spawn(move || (0..1000).for_each(|_| sender.send(Buffer::new(64)).unwrap()));
        let keeper = std::thread::spawn(move || {
            receiver.iter().for_each(drop);
            ELEMENTS.with_borrow(|pool| pool.kept_lines)
        });
        maker.join().unwrap();
        assert_eq!(keeper.join().unwrap(), 0);
    }
}
