//! `Lane`: a formula as a loop over plain memory, whose formula and dtype the caller need not know.

use std::marker::PhantomData;

use ndgrad_array::{Binary, DType, DTypes, Element, Predicate, Truth, Unary, with_dtype};

use super::chain::Kernel;
use super::few;
use crate::loops;

/// An elementwise formula over elements that lie one behind the other.
///
/// # Safety
/// What [`Lane::run`] reads and writes stays within what its own safety section says.
pub(super) unsafe trait Lane: Send + Sync {
    /// Computes `count` elements.
    ///
    /// # Safety
    /// Each input points to `count` initialized elements of the dtype that the lane was made for, `out` to room for
    /// as many of the result's; all are aligned to their elements, `out` overlaps no input, and nobody else uses any
    /// of them meanwhile. `count` is a multiple of [`Formula::unit`].
    unsafe fn run(&self, inputs: &[*const u8; MOST_INPUTS], out: *mut u8, count: usize);

    /// The formula over [`FEW`](few::FEW) elements at the most.
    fn few(&self) -> Kernel;
}

/// The largest number of inputs of a formula.
pub(super) const MOST_INPUTS: usize = 3;

/// An elementwise formula for one dtype, ready to be part of a [`Program`](super::Program). It must not panic: with a few
/// elements, that would end the process.
pub struct Formula {
    pub(super) lane: Box<dyn Lane>,
    pub(super) inputs: Vec<DType>,
    pub(super) output: DType,
}

/// Floats alone: their arithmetic has an answer for any bits, so a loop may run over what lies behind the last
/// element, up to a whole register.
const fn supported(dtypes: DTypes) -> DTypes {
    DTypes::FLOATS.and(dtypes)
}

impl Formula {
    /// `out[i] = formula(x[i])`, if the formula takes such floats.
    pub fn map<F: Unary + 'static>(formula: F, dtype: DType) -> Option<Formula> {
        Formula::new(
            supported(F::DTYPES),
            &[dtype],
            dtype,
            || with_dtype!(dtype, supported(F::DTYPES), T => Box::new(MapLane::<T, F>(formula, PhantomData))),
        )
    }

    /// `out[i] = formula(x[i], y[i])`, if the formula takes such floats.
    pub fn zip<F: Binary + 'static>(formula: F, dtype: DType) -> Option<Formula> {
        Formula::new(
            supported(F::DTYPES),
            &[dtype; 2],
            dtype,
            || with_dtype!(dtype, supported(F::DTYPES), T => Box::new(ZipLane::<T, F>(formula, PhantomData))),
        )
    }

    /// `out[i] = predicate(x[i], y[i])`, if the predicate takes such floats.
    pub fn compare<P: Predicate + 'static>(predicate: P, dtype: DType) -> Option<Formula> {
        Formula::new(
            supported(P::DTYPES),
            &[dtype; 2],
            DType::Bool,
            || with_dtype!(dtype, supported(P::DTYPES), T => Box::new(CompareLane::<T, P>(predicate, PhantomData))),
        )
    }

    /// `out[i] = if mask[i] { x[i] } else { y[i] }`, for floats.
    pub fn select(dtype: DType) -> Option<Formula> {
        Formula::new(
            DTypes::FLOATS,
            &[DType::Bool, dtype, dtype],
            dtype,
            || with_dtype!(dtype, DTypes::FLOATS, T => Box::new(SelectLane::<T>(PhantomData))),
        )
    }

    /// The number of elements that fill a cache line of the widest operand: what a loop does at once.
    pub(super) fn unit(&self) -> usize {
        let widest = self.inputs.iter().chain([&self.output]).map(|dtype| dtype.size()).max();
        LINE / widest.expect("a formula has operands")
    }

    fn new(
        takes: DTypes,
        inputs: &[DType],
        output: DType,
        lane: impl FnOnce() -> Box<dyn Lane>,
    ) -> Option<Formula> {
        let dtype = *inputs.last().expect("a formula has inputs");
        takes.contains(dtype).then(|| Formula { lane: lane(), inputs: inputs.to_vec(), output })
    }
}

struct MapLane<T, F>(F, PhantomData<fn() -> T>);

// SAFETY: it reads and writes `count` elements of each operand and nothing else.
unsafe impl<T: Element, F: Unary + 'static> Lane for MapLane<T, F> {
    unsafe fn run(&self, inputs: &[*const u8; MOST_INPUTS], out: *mut u8, count: usize) {
        // SAFETY: the caller's promise is that of `elements` and `elements_mut`.
        unsafe { loops::map::<T, F>(self.0, elements(inputs[0], count), elements_mut(out, count)) }
    }

    fn few(&self) -> Kernel {
        Kernel::new(few::Map::<T, F>(self.0, PhantomData))
    }
}

struct ZipLane<T, F>(F, PhantomData<fn() -> T>);

// SAFETY: it reads and writes `count` elements of each operand and nothing else.
unsafe impl<T: Element, F: Binary + 'static> Lane for ZipLane<T, F> {
    unsafe fn run(&self, inputs: &[*const u8; MOST_INPUTS], out: *mut u8, count: usize) {
        // SAFETY: the caller's promise is that of `elements` and `elements_mut`.
        unsafe {
            let (x, y) = (elements(inputs[0], count), elements(inputs[1], count));
            loops::zip::<T, F>(self.0, x, y, elements_mut(out, count));
        }
    }

    fn few(&self) -> Kernel {
        Kernel::new(few::Zip::<T, F>(self.0, PhantomData))
    }
}

struct CompareLane<T, P>(P, PhantomData<fn() -> T>);

// SAFETY: it reads and writes `count` elements of each operand and nothing else.
unsafe impl<T: Element, P: Predicate + 'static> Lane for CompareLane<T, P> {
    unsafe fn run(&self, inputs: &[*const u8; MOST_INPUTS], out: *mut u8, count: usize) {
        // SAFETY: the caller's promise is that of `elements` and `elements_mut`.
        unsafe {
            let (x, y) = (elements(inputs[0], count), elements(inputs[1], count));
            loops::compare::<T, P>(self.0, x, y, elements_mut(out, count));
        }
    }

    fn few(&self) -> Kernel {
        Kernel::new(few::Compare::<T, P>(self.0, PhantomData))
    }
}

struct SelectLane<T>(PhantomData<fn() -> T>);

// SAFETY: it reads and writes `count` elements of each operand and nothing else.
unsafe impl<T: Element> Lane for SelectLane<T> {
    unsafe fn run(&self, inputs: &[*const u8; MOST_INPUTS], out: *mut u8, count: usize) {
        // SAFETY: the caller's promise is that of `elements` and `elements_mut`.
        unsafe {
            let (x, y) = (elements::<T>(inputs[1], count), elements(inputs[2], count));
            loops::select(elements::<Truth>(inputs[0], count), x, y, elements_mut(out, count));
        }
    }

    fn few(&self) -> Kernel {
        Kernel::new(few::Select::<T>(PhantomData))
    }
}

/// Bytes of a cache line, which buffers are made of.
pub(super) const LINE: usize = 64;

/// # Safety
/// `start` points to `count` initialized and aligned elements that nobody changes while the result is used.
#[inline(always)]
unsafe fn elements<'a, T: Element>(start: *const u8, count: usize) -> &'a [T] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts(start.cast(), count) }
}

/// # Safety
/// `start` points to `count` initialized and aligned elements that nobody else uses while the result is used.
#[inline(always)]
unsafe fn elements_mut<'a, T: Element>(start: *mut u8, count: usize) -> &'a mut [T] {
    // SAFETY: the caller's promise.
    unsafe { std::slice::from_raw_parts_mut(start.cast(), count) }
}
