//! `Changes`: several arrays change together in one pass, in which each number is read and written once.

use std::array::from_fn;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::slice;
use std::sync::Arc;

use ndgrad_array::{Array, Change, DType, DTypes, Element, Spec, with_dtype};
use smallvec::SmallVec;

use super::Slot;
use super::tiled::{Pointers, TILE, tiles_apart};
use crate::simd::{Kernel, vectorized};
use crate::{contiguous, threads};

/// A formula of several numbers for one dtype, as a loop over arrays: the states, what is given beside them, and the numbers
/// that all elements share.
pub struct Changes {
    run: Box<dyn Loop>,
    dtype: DType,
    states: usize,
    inputs: usize,
}

/// # Safety
/// What [`Loop::run`] reads and writes stays within what its own safety section says.
unsafe trait Loop: Send + Sync + UnwindSafe + RefUnwindSafe {
    /// Computes a range of elements.
    ///
    /// # Safety
    /// The inputs, as many as the formula has, point to initialized elements of its dtype: arrays that have the range, then
    /// single numbers; the results, as many as states, to arrays that have the range. All are aligned to their elements. A result
    /// may lie over its own state, and overlaps nothing else; nobody else uses the range of a result meanwhile, nor writes an
    /// input.
    unsafe fn run(&self, inputs: &[*const u8], out: &[*mut u8], range: Range<usize>);
}

struct Changing<T, F, const STATES: usize, const SHARED: usize>(F, PhantomData<fn() -> T>);

// SAFETY: it reads and writes the range of arrays, each element of a state before it is written, and reads single numbers.
unsafe impl<T, F, const STATES: usize, const SHARED: usize> Loop for Changing<T, F, STATES, SHARED>
where
    T: Element,
    F: Change<STATES, SHARED> + UnwindSafe + RefUnwindSafe + 'static,
{
    unsafe fn run(&self, inputs: &[*const u8], out: &[*mut u8], range: Range<usize>) {
        assert!(inputs.len() == STATES + 1 + SHARED && out.len() == STATES);
        let (first, count) = (range.start, range.len());
        let array = |i: usize| inputs[i].cast::<T>().wrapping_add(first);
        vectorized(Looped {
            formula: self.0,
            x: from_fn(array),
            given: array(STATES),
            // SAFETY: the caller's promise.
            shared: from_fn(|i| unsafe { *inputs[STATES + 1 + i].cast::<T>() }),
            out: from_fn(|i| out[i].cast::<T>().wrapping_add(first)),
            count,
        });
    }
}

/// How many elements of everything are read before any is written: the compiler would not see what lies over what.
const AT_ONCE: usize = 16;

/// What [`Loop::run`] was given.
struct Looped<T, F, const STATES: usize, const SHARED: usize> {
    formula: F,
    x: [*const T; STATES],
    given: *const T,
    shared: [T; SHARED],
    out: [*mut T; STATES],
    count: usize,
}

impl<T, F, const STATES: usize, const SHARED: usize> Kernel for Looped<T, F, STATES, SHARED>
where
    T: Element,
    F: Change<STATES, SHARED>,
{
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Looped { formula, x, given, shared, out, count } = self;
        let rest = count % AT_ONCE;
        for first in (0..count - rest).step_by(AT_ONCE) {
            // SAFETY: what `Loop::run` was promised; so many elements are left.
            unsafe {
                let read = |x: *const T| *x.add(first).cast::<[T; AT_ONCE]>();
                let new = changed(formula, from_fn(|i| read(x[i])), read(given), shared);
                out.iter().zip(new).for_each(|(out, new)| *out.add(first).cast() = new);
            }
        }
        let first = count - rest;
        // SAFETY: as above, for the rest.
        unsafe {
            let read = |x: *const T| {
                let mut filled_up = [T::ZERO; AT_ONCE];
                filled_up[..rest].copy_from_slice(slice::from_raw_parts(x.add(first), rest));
                filled_up
            };
            let new = changed(formula, from_fn(|i| read(x[i])), read(given), shared);
            for (out, new) in out.iter().zip(&new) {
                slice::from_raw_parts_mut(out.add(first), rest).copy_from_slice(&new[..rest]);
            }
        }
    }
}

#[inline(always)]
fn changed<T: Element, F: Change<STATES, SHARED>, const STATES: usize, const SHARED: usize>(
    formula: F,
    x: [[T; AT_ONCE]; STATES],
    given: [T; AT_ONCE],
    shared: [T; SHARED],
) -> [[T; AT_ONCE]; STATES] {
    let mut out = [[T::ZERO; AT_ONCE]; STATES];
    for (i, &given) in given.iter().enumerate() {
        let new = formula.value(from_fn(|state| x[state][i]), given, shared);
        out.iter_mut().zip(new).for_each(|(out, new)| out[i] = new);
    }
    out
}

impl Changes {
    /// The formula for a dtype.
    ///
    /// # Panics
    /// When the dtype is no float.
    pub fn new<F, const STATES: usize, const SHARED: usize>(formula: F, dtype: DType) -> Changes
    where
        F: Change<STATES, SHARED> + UnwindSafe + RefUnwindSafe + 'static,
    {
        let run: Box<dyn Loop> = with_dtype!(dtype, DTypes::FLOATS, T => {
            Box::new(Changing::<T, F, STATES, SHARED>(formula, PhantomData))
        });
        Changes { run, dtype, states: STATES, inputs: STATES + 1 + SHARED }
    }

    /// The number of states.
    pub fn states(&self) -> usize {
        self.states
    }

    /// The number of operands that are arrays: the states and what is given; those behind them are single numbers.
    pub fn arrays(&self) -> usize {
        self.states + 1
    }

    /// What the states change to.
    ///
    /// # Panics
    /// When there are not as many inputs, or they are of other shapes and dtypes.
    pub fn compute(self: &Arc<Self>, inputs: &[&Array]) -> Vec<Array> {
        let specs: Vec<Spec> = inputs.iter().map(|input| input.spec()).collect();
        self.check(&specs, specs[0]);
        let inputs: Vec<Array> = inputs.iter().map(|input| contiguous(input)).collect();
        let start = |x: &Array| x.bytes()[x.layout().offset() * x.dtype().size()..].as_ptr().cast_mut();
        let mut states: Vec<Array> = (0..self.states).map(|_| Array::new(specs[0])).collect();
        let results = states.iter_mut().map(|state| state.bytes_mut().as_mut_ptr());
        let pointers = Pointers(inputs.iter().map(start).chain(results).collect());
        let prepared = Prepared {
            changes: self.clone(),
            inputs: (0..self.inputs).map(Slot).collect(),
            out: (self.inputs..self.inputs + self.states).map(Slot).collect(),
            count: specs[0].shape.size(),
        };
        // SAFETY: elements of the inputs lie one behind the other, their numbers and dtypes were checked, and the results are
        // arrays that nobody else has.
        unsafe { prepared.run(&pointers) };
        states
    }

    /// # Panics
    /// When inputs do not fit the formula and results like this.
    fn check(&self, inputs: &[Spec], out: Spec) {
        let sizes = inputs.iter().enumerate();
        let mut fits = sizes.map(|(i, input)| (input, if i <= self.states { out.shape.size() } else { 1 }));
        let all_fit = fits.all(|(input, size)| input.dtype == self.dtype && input.shape.size() == size);
        assert!(inputs.len() == self.inputs && out.dtype == self.dtype && all_fit, "what the formula takes");
    }

    /// # Panics
    /// When the slots do not fit, or one that is written is read or written twice.
    pub(super) fn prepare(self: Arc<Self>, inputs: &[Slot], out: &[Slot], slots: &[Spec]) -> Prepared {
        let specs: Vec<Spec> = inputs.iter().map(|slot| slots[slot.0]).collect();
        assert!(out.len() == self.states, "a slot for each state");
        for (i, slot) in out.iter().enumerate() {
            self.check(&specs, slots[slot.0]);
            assert!(!inputs.contains(slot) && !out[..i].contains(slot), "what is written is nothing else");
        }
        let count = slots[out[0].0].shape.size();
        Prepared { changes: self, inputs: inputs.into(), out: out.into(), count }
    }
}

/// [`Changes`] whose slots are known.
pub(super) struct Prepared {
    changes: Arc<Changes>,
    inputs: SmallVec<[Slot; 8]>,
    out: SmallVec<[Slot; 4]>,
    count: usize,
}

impl Prepared {
    /// Whether it reads or writes this slot.
    pub fn touches(&self, slot: Slot) -> bool {
        self.inputs.contains(&slot) || self.out.contains(&slot)
    }

    /// Whether what it writes to `from` is what a state in `to` changes to, and nothing else is read there.
    pub fn may_overwrite(&self, from: Slot, to: Slot) -> bool {
        let is_its_state = self.inputs.iter().zip(&self.out).any(|(&state, &out)| (state, out) == (to, from));
        is_its_state && self.inputs.iter().filter(|&&input| input == to).count() == 1
    }

    /// Computes everything.
    ///
    /// # Safety
    /// `slots` point to the elements of the slots that this was prepared for, and share them only where
    /// [`Prepared::may_overwrite`] says so; nobody else uses those that are written, nor writes those that are read, meanwhile.
    pub unsafe fn run(&self, slots: &Pointers) {
        let Prepared { changes, inputs, out, count } = self;
        let run = |range: Range<usize>| {
            let inputs: SmallVec<[_; 8]> = inputs.iter().map(|slot| slots.0[slot.0].cast_const()).collect();
            let out: SmallVec<[_; 4]> = out.iter().map(|slot| slots.0[slot.0]).collect();
            // SAFETY: the caller's promise; sizes and dtypes were checked, ranges do not overlap.
            unsafe { changes.run.run(&inputs, &out, range) };
        };
        let Some(tiles) = tiles_apart(*count, count * (inputs.len() + out.len())) else {
            return run(0..*count);
        };
        let piece = tiles * TILE;
        threads::for_each(count.div_ceil(piece), |i| run(i * piece..(i * piece + piece).min(*count)));
    }
}
