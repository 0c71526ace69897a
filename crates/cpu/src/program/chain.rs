//! `Chain`: kernels of a few elements, of which each calls the next.
//!
//! Between one kernel and the next there is one jump (threaded code: J. R. Bell, Communications of the ACM 16, 1973),
//! and what the first computes the second has in registers: to read from memory what was written there a moment ago takes
//! longer than to compute with it.

use std::sync::Arc;

use super::Slot;
use super::few::{FEW, Few, Inputs, together};
use super::lane::MOST_INPUTS;

/// A result of a few elements of four bytes, as two numbers that the calling convention of C passes in registers.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Handed(f64, f64);

impl Handed {
    const NOTHING: Handed = Handed(0.0, 0.0);

    /// Whether such elements go there.
    pub const fn fits<T>() -> bool {
        size_of::<[T; FEW]>() == size_of::<Handed>()
    }

    #[inline(always)]
    fn of<T: Copy>(result: &[T; FEW]) -> Handed {
        assert!(Handed::fits::<T>(), "elements of four bytes");
        // SAFETY: both are of this size, and a float may have any bits.
        unsafe { std::mem::transmute_copy(result) }
    }

    /// The elements again, which are of the type that they were.
    #[inline(always)]
    pub fn elements<T: Copy>(&self) -> [T; FEW] {
        assert!(Handed::fits::<T>(), "elements of four bytes");
        // In one register, which the compiler alone would not do for each formula.
        #[cfg(target_arch = "x86_64")]
        // SAFETY: the processor has these registers.
        let whole = unsafe { std::arch::x86_64::_mm_set_pd(self.1, self.0) };
        #[cfg(not(target_arch = "x86_64"))]
        let whole = *self;
        // SAFETY: both are of this size, and these were a `T` each.
        unsafe { std::mem::transmute_copy(&whole) }
    }
}

/// Runs the kernel of a prompt, and then those of all that follow it. With the convention of C no unwinding comes between, so
/// that the last call is a jump.
///
/// # Safety
/// The prompt is one of a chain, whose pointers are valid for its kernels.
type Call = unsafe extern "C" fn(*const Prompt, Handed) -> Handed;

/// Where a kernel is, and its operands.
struct Prompt {
    call: Call,
    kernel: *const (),
    /// Of the inputs, and of what is written. An input that comes in registers has none.
    pointers: [*mut u8; MOST_INPUTS + 1],
}

impl Prompt {
    /// The last of a chain.
    const END: Prompt =
        Prompt { call: end, kernel: std::ptr::null(), pointers: [std::ptr::null_mut(); MOST_INPUTS + 1] };
}

/// A kernel of a few elements that was made for its operands, but for their addresses.
pub(super) struct Kernel {
    call: Call,
    own: Arc<dyn Send + Sync>,
    /// Whether its result goes on in registers.
    hands: bool,
    /// Whether an input may come in registers.
    takes: [bool; MOST_INPUTS],
}

impl Kernel {
    pub fn new<K: Few + 'static>(few: K) -> Kernel {
        /// # Safety
        /// That of [`Call`].
        unsafe extern "C" fn call<K: Few>(at: *const Prompt, handed: Handed) -> Handed {
            // SAFETY: the caller's promise; the kernel of this call is a `K`.
            unsafe {
                let Prompt { kernel, pointers, .. } = &*at;
                let result = (*kernel.cast::<K>()).compute(&Inputs { pointers, handed });
                let [.., out] = *pointers;
                let result = together(result);
                out.cast::<[K::Output; FEW]>().write(result);
                next(at, if const { Handed::fits::<K::Output>() } { Handed::of(&result) } else { handed })
            }
        }
        let takes = std::array::from_fn(|input| few.takes(input));
        Kernel { call: call::<K>, own: Arc::new(few), hands: Handed::fits::<K::Output>(), takes }
    }
}

/// # Safety
/// That of [`Call`].
#[inline(always)]
unsafe fn next(at: *const Prompt, handed: Handed) -> Handed {
    // SAFETY: a kernel is never a chain's last prompt.
    unsafe {
        let next = at.add(1);
        ((*next).call)(next, handed)
    }
}

unsafe extern "C" fn end(_: *const Prompt, handed: Handed) -> Handed {
    handed
}

/// Kernels in a fixed order.
pub(super) struct Chain {
    kernels: Vec<Placed>,
    /// One for each kernel, and one for the end.
    prompts: Vec<Prompt>,
    /// Where in a program's table the pointers of each prompt are, if it has them.
    places: Vec<[Option<u32>; MOST_INPUTS + 1]>,
}

// SAFETY: a pointer is a number; what is done with it is the business of those who do it.
unsafe impl Send for Chain {}
// SAFETY: as above.
unsafe impl Sync for Chain {}

/// A kernel, and where in a program's table of pointers its operands are.
pub(super) struct Placed {
    kernel: Kernel,
    inputs: [Option<u32>; MOST_INPUTS],
    out: u32,
}

impl Placed {
    pub fn new(kernel: Kernel, inputs: [Option<u32>; MOST_INPUTS], out: u32) -> Placed {
        Placed { kernel, inputs, out }
    }

    pub fn reads(&self, slot: Slot) -> bool {
        self.inputs.contains(&Some(slot.0 as u32))
    }

    pub fn writes(&self, slot: Slot) -> bool {
        self.out == slot.0 as u32
    }

    /// Whether an input comes in registers when this kernel follows `before`.
    fn is_handed(&self, input: usize, before: &Placed) -> bool {
        before.kernel.hands && self.kernel.takes[input] && self.inputs[input] == Some(before.out)
    }
}

impl Chain {
    /// The compiler makes a jump of a call that comes last. Where it does not, a chain takes the stack of so many calls.
    const MOST: usize = 64;

    /// A chain of no kernels.
    pub fn new() -> Chain {
        Chain { kernels: Vec::new(), prompts: vec![Prompt::END], places: Vec::new() }
    }

    pub fn is_full(&self) -> bool {
        self.kernels.len() == Chain::MOST
    }

    pub fn push(&mut self, placed: Placed) {
        let handed = |input: usize| self.kernels.last().is_some_and(|before| placed.is_handed(input, before));
        let [x, y, z] = std::array::from_fn(|input| placed.inputs[input].filter(|_| !handed(input)));
        self.places.push([x, y, z, Some(placed.out)]);
        let (call, kernel) = (placed.kernel.call, Arc::as_ptr(&placed.kernel.own).cast());
        self.prompts.insert(self.kernels.len(), Prompt { call, kernel, ..Prompt::END });
        self.kernels.push(placed);
    }

    /// Tells kernels where their operands are now.
    pub fn refresh(&mut self, table: &[*mut u8]) {
        for (prompt, places) in self.prompts.iter_mut().zip(&self.places) {
            for (pointer, place) in prompt.pointers.iter_mut().zip(places) {
                *pointer = place.map_or(std::ptr::null_mut(), |place| table[place as usize]);
            }
        }
    }

    /// Runs all kernels.
    ///
    /// # Safety
    /// The chain was refreshed from a table whose pointers are valid for the kernels, as [`Few::compute`] says.
    #[inline]
    pub unsafe fn run(&self) {
        // SAFETY: the caller's promise. The pointer is one to all prompts.
        unsafe { (self.prompts[0].call)(self.prompts.as_ptr(), Handed::NOTHING) };
    }

    /// In their order.
    pub fn kernels(&self) -> &[Placed] {
        &self.kernels
    }
}
