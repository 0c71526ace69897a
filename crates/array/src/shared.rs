//! `Shared`: one value behind several handles, in memory that the thread uses again.
//!
//! An eager operation takes some tens of nanoseconds, of which `Arc` would take several per handle. This differs from it
//! in two ways: memory comes from the thread's pool, and there are no weak handles. So whoever holds the only handle
//! sees that in a plain read, and drops the value, or writes to it, without a locked instruction.
//!
//! The unsafe code of this crate is here and in `memory`, and there alone.

use std::cell::UnsafeCell;
use std::fmt;
use std::marker::PhantomData;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(all(target_os = "linux", target_env = "gnu"))]
use std::sync::atomic::{AtomicPtr, AtomicU8};

use crate::Count;
use crate::memory::{Line, Memory};
use crate::pool::{self, SizeClass};

/// A value that several handles own together; it goes with the last of them.
///
/// ```
/// use ndgrad_array::Shared;
/// let mut first = Shared::new(vec![1, 2]);
/// first.get_mut().unwrap().push(3);
/// let second = first.clone();
/// assert!(first.get_mut().is_none());
/// assert_eq!(*second, [1, 2, 3]);
/// ```
pub struct Shared<T: ?Sized, const ELEMENTS: bool = false> {
    block: NonNull<Block<T>>,
    owns: PhantomData<Block<T>>,
}

/// Elements of arrays, in memory of their own.
pub(crate) type Lines = Shared<[Line], true>;

/// What the handles point to: a value and their number. Outside of this crate it is only a name, for
/// [`Shared::unsize`].
#[repr(C)]
pub struct Block<T: ?Sized> {
    handles: Count,
    value: T,
}

// SAFETY: handles on several threads share the value (Sync), and the last one, on whatever thread, drops it (Send).
unsafe impl<T: ?Sized + Send + Sync, const ELEMENTS: bool> Send for Shared<T, ELEMENTS> {}
// SAFETY: as above, since a handle can be cloned through a reference.
unsafe impl<T: ?Sized + Send + Sync, const ELEMENTS: bool> Sync for Shared<T, ELEMENTS> {}

impl<T> Shared<T> {
    /// The first handle to a value.
    #[inline]
    pub fn new(value: T) -> Shared<T> {
        Shared::with(|| value)
    }

    /// The first handle to what `make` returns, which is made where it stays instead of being copied there.
    #[inline(always)]
    pub fn with(make: impl FnOnce() -> T) -> Shared<T> {
        const { assert!(align_of::<Block<T>>() <= align_of::<Line>()) };
        let memory = pool::take::<false>(SizeClass::of(size_of::<Block<T>>()));
        // If `make` panics, the memory is lost, which is safe.
        let block = memory.into_raw().cast::<Block<T>>().as_ptr();
        // SAFETY: the memory is ours, as large as a block or larger, and aligned for it.
        unsafe { (&raw mut (*block).handles).write(Count::one()) };
        // SAFETY: as above. By itself, so that the value need not be moved here.
        unsafe { (&raw mut (*block).value).write(make()) };
        // SAFETY: memory is not at the address 0.
        Shared { block: unsafe { NonNull::new_unchecked(block) }, owns: PhantomData }
    }

    /// The same value, of which only a trait is known: `unsize` is `|block| block`, which turns the reference into one
    /// to a trait object.
    ///
    /// ```
    /// use ndgrad_array::Shared;
    /// let shown = Shared::new("text".to_string()).unsize::<dyn std::fmt::Debug>(|block| block);
    /// assert_eq!(format!("{:?}", &*shown), "\"text\"");
    /// ```
    ///
    /// # Panics
    /// When there are other handles.
    #[inline]
    pub fn unsize<U: ?Sized>(
        mut self,
        unsize: impl for<'a> FnOnce(&'a mut Block<T>) -> &'a mut Block<U>,
    ) -> Shared<U> {
        assert!(self.is_unique(), "a value is turned into a trait object by its only handle");
        // SAFETY: nobody else has a handle. Blocks are made in this file alone, each behind a handle, so what comes back
        // is this block.
        let block = NonNull::from(unsize(unsafe { self.block.as_mut() }));
        std::mem::forget(self);
        Shared { block, owns: PhantomData }
    }
}

impl Lines {
    /// Room for elements: zeros, or what an earlier array held. There may be more lines than the bytes asked for need.
    #[inline]
    pub fn elements(bytes: usize) -> Lines {
        let size = SizeClass::of(Line::SIZE + bytes.max(1));
        let memory = pool::take::<true>(size).into_raw().as_ptr();
        // The first line holds the number of handles alone, so that the elements are aligned.
        let block = ptr::slice_from_raw_parts_mut(memory, size.lines - 1) as *mut Block<[Line]>;
        // SAFETY: the memory is ours and has one line more than the slice, which lies one line behind its start as its
        // alignment demands. Memory for elements was zeros once and has held numbers since, so the lines are
        // initialized.
        unsafe { (&raw mut (*block).handles).write(Count::one()) };
        // SAFETY: memory is not at the address 0.
        Shared { block: unsafe { NonNull::new_unchecked(block) }, owns: PhantomData }
    }

    /// The elements, to be changed: a copy of them, if others share them.
    #[inline]
    pub fn own(&mut self) -> &mut [Line] {
        if !self.is_unique() {
            self.copy();
        }
        // SAFETY: the block lives while there is a handle, and there is no other.
        unsafe { &mut (*self.block.as_ptr()).value }
    }

    #[cold]
    fn copy(&mut self) {
        let mut copy = Lines::elements(size_of_val(&**self));
        copy.get_mut().expect("a new block").copy_from_slice(self);
        *self = copy;
    }
}

impl<T: ?Sized, const ELEMENTS: bool> Shared<T, ELEMENTS> {
    #[inline]
    fn handles(&self) -> &Count {
        // SAFETY: the block lives while there is a handle.
        unsafe { &(*self.block.as_ptr()).handles }
    }

    /// Whether this is the only handle.
    #[inline]
    pub fn is_unique(&self) -> bool {
        // Another handle can only come from this one, so nobody else can change the number from 1. What other threads
        // did before they dropped theirs comes before what follows.
        self.handles().is_one()
    }

    /// The value, to be changed, if this is the only handle.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        // SAFETY: the block lives while there is a handle, and there is no other through which it could be seen.
        self.is_unique().then(|| unsafe { &mut (*self.block.as_ptr()).value })
    }

    /// Where the value is: the same for handles to the same value, and for no others while one of them lives.
    #[inline]
    pub fn address(&self) -> usize {
        self.block.as_ptr().addr()
    }

    /// Goes, while there are other handles, or were at a moment ago.
    #[inline]
    fn leave(&mut self) {
        if self.handles().down() {
            self.end();
        }
    }

    /// Frees the block; the last handle does so.
    #[inline(never)]
    fn end(&mut self) {
        let block = self.block.as_ptr();
        // SAFETY: this was the last handle.
        let size = SizeClass::of(size_of_val(unsafe { &*block }));
        // SAFETY: the value is initialized, and nobody sees it again.
        unsafe { ptr::drop_in_place(&raw mut (*block).value) };
        // SAFETY: the memory came from the pool in this size class: `new` asked for the block's size, and `elements` made
        // a block of all its lines.
        let memory = unsafe { Memory::from_raw(self.block.cast(), size.lines) };
        pool::give::<ELEMENTS>(memory, size);
    }
}

impl<T: ?Sized, const ELEMENTS: bool> Clone for Shared<T, ELEMENTS> {
    #[inline]
    fn clone(&self) -> Self {
        self.handles().up();
        Shared { block: self.block, owns: PhantomData }
    }
}

impl<T: ?Sized, const ELEMENTS: bool> Drop for Shared<T, ELEMENTS> {
    #[inline(always)]
    fn drop(&mut self) {
        if self.is_unique() {
            self.end();
        } else {
            self.leave();
        }
    }
}

impl<T: ?Sized, const ELEMENTS: bool> Deref for Shared<T, ELEMENTS> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        // SAFETY: the block lives while there is a handle, and is written only through one that is the only one.
        unsafe { &(*self.block.as_ptr()).value }
    }
}

impl<T: ?Sized + fmt::Debug, const ELEMENTS: bool> fmt::Debug for Shared<T, ELEMENTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

/// A [`Shared`] whose last handle is not dropped but handed over, with the value still in it: to use both again.
///
/// ```
/// use ndgrad_array::{Lasting, Retire, Shared};
/// use std::cell::RefCell;
///
/// struct Text(String);
/// thread_local! { static SPARE: RefCell<Vec<Shared<Text>>> = RefCell::default(); }
///
/// impl Retire for Text {
///     fn retire(last: Shared<Text>) {
///         SPARE.with_borrow_mut(|spare| spare.push(last));
///     }
/// }
///
/// let text = Lasting::new(Shared::new(Text("again".into())));
/// drop(text.clone());
/// assert!(SPARE.with_borrow(Vec::is_empty));
/// drop(text);
/// assert_eq!(SPARE.take()[0].0, "again");
/// ```
pub struct Lasting<T: Retire>(ManuallyDrop<Shared<T>>);

/// What becomes of a value that nobody needs any more.
pub trait Retire: Sized {
    /// Takes the only handle to the value that is left.
    fn retire(last: Shared<Self>);
}

impl<T: Retire> Lasting<T> {
    /// As a handle of this kind.
    #[inline]
    pub fn new(shared: Shared<T>) -> Lasting<T> {
        Lasting(ManuallyDrop::new(shared))
    }

    /// The value, to be changed, if this is the only handle.
    #[inline]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.get_mut()
    }
}

impl<T: Retire> Clone for Lasting<T> {
    #[inline]
    fn clone(&self) -> Self {
        Lasting(self.0.clone())
    }
}

impl<T: Retire> Deref for Lasting<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Retire> Drop for Lasting<T> {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: it is taken once, since nothing is dropped twice.
        let shared = unsafe { ManuallyDrop::take(&mut self.0) };
        if shared.is_unique() {
            T::retire(shared);
        } else {
            // Another thread may drop its handle at this moment: then this is the last one, which just ends.
            drop(shared);
        }
    }
}

/// A value that threads read and change in turns, which are short: who comes too early tries again. Unlike with `Mutex`,
/// a turn takes one locked instruction, and none in a process with one thread.
///
/// ```
/// use ndgrad_array::Turns;
/// let count = Turns::new(1);
/// count.take_turn(|count| *count += 1);
/// assert_eq!(count.take_turn(|count| *count), 2);
/// ```
pub struct Turns<T> {
    taken: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: one thread at a time gets to the value.
unsafe impl<T: Send> Sync for Turns<T> {}

// A turn that panics ends, and its value is what it was left as, for every thread: nothing here is broken by it.
impl<T> UnwindSafe for Turns<T> {}
impl<T> RefUnwindSafe for Turns<T> {}

impl<T> Turns<T> {
    /// A value of which nobody has a turn.
    pub const fn new(value: T) -> Turns<T> {
        Turns { taken: AtomicBool::new(false), value: UnsafeCell::new(value) }
    }

    /// Calls `body` with the value while nobody else has it; within `body` there is no other turn to be had.
    #[inline]
    pub fn take_turn<R>(&self, body: impl FnOnce(&mut T) -> R) -> R {
        /// Ends the turn, also when `body` panics.
        struct End<'a>(&'a AtomicBool);
        impl Drop for End<'_> {
            #[inline]
            fn drop(&mut self) {
                self.0.store(false, Ordering::Release);
            }
        }
        while self.is_taken() {
            std::thread::yield_now();
        }
        let _end = End(&self.taken);
        // SAFETY: who finds `taken` unset sets it, and nobody else gets here before it is unset.
        body(unsafe { &mut *self.value.get() })
    }

    /// Takes the turn, unless it was taken.
    #[inline]
    fn is_taken(&self) -> bool {
        if !is_alone() {
            return self.taken.swap(true, Ordering::Acquire);
        }
        let before = self.taken.load(Ordering::Relaxed);
        self.taken.store(true, Ordering::Relaxed);
        before
    }
}

/// Whether this thread is the only one of the process, so that it may count without locked instructions, each of which
/// takes as long as a dozen others. The C library knows; where it does not tell, the answer is no.
///
/// The handles of the GNU C++ library count so, too. `__libc_single_threaded`: the manual of the GNU C library (from 2.32
/// on), "Detecting Single-Threaded Execution".
#[inline]
pub(crate) fn is_alone() -> bool {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        let flag = ALONE.load(Ordering::Relaxed);
        // SAFETY: it is null or points to a byte that lives as long as the process. The C library changes it only while
        // there is one thread.
        match unsafe { flag.as_ref() } {
            Some(alone) => alone.load(Ordering::Relaxed) != 0,
            None => find_alone(),
        }
    }
    #[cfg(not(all(target_os = "linux", target_env = "gnu")))]
    false
}

/// Null until first asked for.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
static ALONE: AtomicPtr<AtomicU8> = AtomicPtr::new(ptr::null_mut());

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[cold]
fn find_alone() -> bool {
    /// What an older library lacks.
    static NEVER: AtomicU8 = AtomicU8::new(0);

    // SAFETY: the name ends with 0. If there is such a variable, it is a char.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, c"__libc_single_threaded".as_ptr()) };
    let flag = if found.is_null() { (&raw const NEVER).cast_mut() } else { found.cast() };
    ALONE.store(flag, Ordering::Relaxed);
    // It may be that other threads look at this moment; the next time will tell.
    false
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    struct Noted<'a>(&'a AtomicUsize);

    impl Drop for Noted<'_> {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn a_value_ends_once_with_its_last_handle() {
        let ends = AtomicUsize::new(0);
        let first = Shared::new(Noted(&ends));
        let second = first.clone();
        assert_eq!(first.address(), second.address());
        drop(first);
        assert_eq!(ends.load(Ordering::Relaxed), 0);
        drop(second);
        assert_eq!(ends.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn memory_is_used_again() {
        let place = Shared::new([1u64; 20]).address();
        assert_eq!(Shared::new([2u64; 19]).address(), place);
        assert_ne!(Shared::new(0u64).address(), place);
    }

    #[test]
    fn only_the_only_handle_changes_the_value() {
        let mut first = Shared::new(1);
        let second = first.clone();
        assert_eq!(first.get_mut(), None);
        drop(second);
        *first.get_mut().unwrap() = 2;
        assert_eq!(*first, 2);
    }

    trait Named: Send + Sync {
        fn name(&self) -> String;
    }

    impl Named for String {
        fn name(&self) -> String {
            self.clone()
        }
    }

    impl Named for [u8; 300] {
        fn name(&self) -> String {
            format!("{} bytes", self.len())
        }
    }

    /// Trait objects of several sizes, one of which owns memory: under valgrind nothing is lost or freed twice.
    #[test]
    fn trait_objects_know_their_size() {
        let text = Shared::new("text".to_string()).unsize::<dyn Named>(|block| block);
        let bytes = Shared::new([0u8; 300]).unsize::<dyn Named>(|block| block);
        let named = [text, bytes];
        let names = named.clone().map(|named| named.name());
        assert_eq!(names, ["text", "300 bytes"]);
    }

    #[test]
    #[should_panic(expected = "by its only handle")]
    fn what_others_see_keeps_its_type() {
        let first = Shared::new(1);
        let _second = first.clone();
        first.unsize::<dyn fmt::Debug>(|block| block);
    }

    #[test]
    fn threads_count_together() {
        let ends = AtomicUsize::new(0);
        let go = AtomicBool::new(false);
        let shared = Shared::new(Noted(&ends));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                let own = shared.clone();
                let go = &go;
                scope.spawn(move || {
                    while !go.load(Ordering::Acquire) {
                        std::hint::spin_loop();
                    }
                    for _ in 0..1000 {
                        drop(own.clone());
                    }
                });
            }
            drop(shared);
            go.store(true, Ordering::Release);
        });
        assert_eq!(ends.load(Ordering::Relaxed), 1);
    }

    #[test]
    fn turns_do_not_overlap() {
        let pair = Turns::new((0, 0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        pair.take_turn(|(left, right)| (*left, *right) = (*left + 1, *left + 1));
                    }
                });
            }
        });
        assert_eq!(pair.take_turn(|pair| *pair), (4000, 4000));
    }

    #[test]
    fn a_turn_ends_when_it_panics() {
        let value = Turns::new(1);
        let turn = std::panic::AssertUnwindSafe(|| value.take_turn(|_| panic!("in vain")));
        assert!(std::panic::catch_unwind(turn).is_err());
        assert_eq!(value.take_turn(|value| *value), 1);
    }

    #[test]
    fn elements_are_aligned_for_every_register() {
        for bytes in [0, 1, 64, 65, 1 << 20] {
            let lines = Lines::elements(bytes);
            assert!(lines.as_ptr().addr().is_multiple_of(64) && lines.len() * 64 >= bytes);
        }
    }
}
