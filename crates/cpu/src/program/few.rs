//! Kernels for a few elements, which cost less than calling a loop.
//!
//! They compute [`FEW`] elements at once, whatever lies behind those that there are: slots and pads are whole cache
//! lines. All write them in one piece, since a register that is read soon after it was written in pieces waits for
//! these to reach the cache.

use std::array::from_fn;
use std::marker::PhantomData;

use ndgrad_array::{Binary, Element, Layout, Predicate, Reduction, Truth, Unary};

use super::routine::{Operand, Run};
use crate::movement::with_size;

/// The largest number of elements that are few.
pub(crate) const FEW: usize = 4;

/// # Safety
/// `from` points to `FEW` aligned elements.
#[inline(always)]
unsafe fn read<T: Copy>(from: *const u8) -> [T; FEW] {
    // SAFETY: the caller's promise; an element may have any bits.
    unsafe { from.cast::<[T; FEW]>().read() }
}

/// # Safety
/// `out` points to room for `FEW` aligned elements that nobody else uses.
#[inline(always)]
unsafe fn write<T>(out: *mut u8, values: [T; FEW]) {
    // SAFETY: the caller's promise.
    unsafe { out.cast::<[T; FEW]>().write(values) }
}

/// Writes elements that were read one by one in one piece, or two. The compiler alone would copy each by itself.
#[inline(always)]
pub(crate) fn write_together<T: Copy>(out: &mut [T; FEW], values: [T; FEW]) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::*;
        let to = std::ptr::from_mut(out).cast::<__m128i>();
        if size_of::<T>() == 4 {
            // SAFETY: both are four elements of four bytes, which are written as such; the processor has these registers.
            return unsafe {
                let [a, b, c, d] = std::mem::transmute_copy::<[T; FEW], [i32; FEW]>(&values);
                _mm_storeu_si128(to, _mm_set_epi32(d, c, b, a));
            };
        }
        if size_of::<T>() == 8 {
            // SAFETY: as above, of eight bytes.
            return unsafe {
                let [a, b, c, d] = std::mem::transmute_copy::<[T; FEW], [i64; FEW]>(&values);
                _mm_storeu_si128(to, _mm_set_epi64x(b, a));
                _mm_storeu_si128(to.add(1), _mm_set_epi64x(d, c));
            };
        }
    }
    *out = values;
}

/// Copies `FEW` elements of this many bytes.
///
/// # Safety
/// `from` points to so many aligned elements, `out` to room for them that nobody else uses.
#[inline(always)]
pub(super) unsafe fn copy(size: usize, from: *const u8, out: *mut u8) {
    // SAFETY: the caller's promise.
    with_size!(size, T => unsafe { write::<T>(out, read(from)) })
}

/// Element `place`.
///
/// # Safety
/// `from` points to aligned elements of which this is one.
#[inline(always)]
unsafe fn element<T: Copy>(from: *const u8, place: usize) -> T {
    // SAFETY: the caller's promise.
    unsafe { from.cast::<T>().add(place).read() }
}

pub(super) struct Map<T, F>(pub F, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes a few elements of each operand.
unsafe impl<T: Element, F: Unary> Run for Map<T, F> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, read(x).map(|x| self.0.value(x))) }
    }
}

pub(super) struct Zip<T, F>(pub F, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes a few elements of each operand.
unsafe impl<T: Element, F: Binary> Run for Zip<T, F> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        let (x, y) = unsafe { (read::<T>(x), read::<T>(y)) };
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, from_fn(|i| self.0.value(x[i], y[i]))) }
    }
}

pub(super) struct Compare<T, P>(pub P, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes a few elements of each operand.
unsafe impl<T: Element, P: Predicate> Run for Compare<T, P> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        let (x, y) = unsafe { (read::<T>(x), read::<T>(y)) };
        // SAFETY: the caller's promise.
        unsafe { write(out, from_fn(|i| Truth::new(self.0.holds(x[i], y[i]).into()))) }
    }
}

pub(super) struct Select<T>(pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes a few elements of each operand.
unsafe impl<T: Element> Run for Select<T> {
    unsafe fn run(&self, mask: *const u8, x: *const u8, y: *const u8, out: *mut u8) {
        // Of bytes, not of truths: what lies behind those that there are may be any number.
        // SAFETY: the caller's promise.
        let (mask, x, y) = unsafe { (read::<u8>(mask), read::<T>(x), read::<T>(y)) };
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, from_fn(|i| if mask[i] != 0 { x[i] } else { y[i] })) }
    }
}

/// Brings what a layout shows of a slot together.
pub(super) struct Load<T> {
    places: [usize; FEW],
    element: PhantomData<fn() -> T>,
}

impl<T> Load<T> {
    pub fn new(layout: &Layout) -> Load<T> {
        let mut places = [layout.offset(); FEW];
        places.iter_mut().zip(layout.offsets()).for_each(|(to, place)| *to = place);
        Load { places, element: PhantomData }
    }
}

// SAFETY: the places lie within the slot, which was checked when the operand was.
unsafe impl<T: Copy> Run for Load<T> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise; the pad has room for them, and they may have any bits.
        unsafe { write_together::<T>(&mut *out.cast(), self.places.map(|place| element(x, place))) }
    }
}

/// `COUNT` numbers together, as lanes that are combined as a tree: what `reduce` does with them. `value` gives each number
/// together with the identity, which is the value of a lane without one.
#[inline(always)]
fn fold<T: Copy, const COUNT: usize>(
    identity: T,
    value: impl Fn(usize) -> T,
    combine: impl Fn(T, T) -> T,
) -> T {
    let pair =
        |left: usize, right: usize| combine(value(left), if right < COUNT { value(right) } else { identity });
    match COUNT {
        0 => identity,
        1 => value(0),
        2 => pair(0, 1),
        _ => combine(pair(0, 2), pair(1, 3)),
    }
}

/// A result for each row.
#[inline(always)]
fn each_row<T: Element>(rows: usize, row: impl Fn(usize) -> T) -> [T; FEW] {
    // The number of rows is the same at every run, so the processor foresees which it is.
    match rows {
        1 => [row(0), T::ZERO, T::ZERO, T::ZERO],
        2 => [row(0), row(1), T::ZERO, T::ZERO],
        _ => from_fn(row),
    }
}

/// Where the numbers of rows lie: the first, and the distances to its neighbours in the next row and in its own.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    pub start: usize,
    pub row_stride: isize,
    pub stride: isize,
}

impl Grid {
    fn place(&self, row: usize, i: usize) -> usize {
        let start = self.start.wrapping_add_signed(self.row_stride * row as isize);
        start.wrapping_add_signed(self.stride * i as isize)
    }

    /// Where the numbers of each row lie; rows that are not there are the first one again.
    pub fn places<const COUNT: usize>(&self, rows: usize) -> [[usize; COUNT]; FEW] {
        from_fn(|row| from_fn(|i| self.place(if row < rows { row } else { 0 }, i)))
    }
}

/// Rows of `COUNT` numbers, each to one.
pub(crate) struct Fold<T, F, const COUNT: usize> {
    pub formula: F,
    /// Where the numbers of each row lie.
    pub places: [[usize; COUNT]; FEW],
    pub rows: usize,
    /// What the result is divided by.
    pub divisor: Option<T>,
}

// SAFETY: it reads what its operand's layout shows, and writes a few results.
unsafe impl<T: Element, F: Reduction, const COUNT: usize> Run for Fold<T, F, COUNT> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        let formula = self.formula;
        let row = |row: usize| {
            // SAFETY: the caller's promise.
            let number = |i: usize| unsafe { element::<T>(x, self.places[row][i]) };
            let value = |i: usize| formula.combine(formula.identity(), number(i));
            let combine = |left, right| formula.combine(left, right);
            let total = fold::<T, COUNT>(formula.identity(), value, combine);
            self.divisor.map_or(total, |divisor| total / divisor)
        };
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, each_row(self.rows, row)) }
    }
}

/// Rows of `COUNT` numbers times a column.
pub(crate) struct Dots<T, const COUNT: usize> {
    /// Where the numbers of each row lie, and those of the column.
    pub matrix: [[usize; COUNT]; FEW],
    pub column: [usize; COUNT],
    pub rows: usize,
    /// Whether the column is the first operand.
    pub is_column_first: bool,
    pub element: PhantomData<fn() -> T>,
}

// SAFETY: it reads what its operands' layouts show, and writes a few results.
unsafe impl<T: Element, const COUNT: usize> Run for Dots<T, COUNT> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        let (matrix, column) = if self.is_column_first { (y, x) } else { (x, y) };
        // SAFETY: the caller's promise.
        let factors: [T; COUNT] = from_fn(|i| unsafe { element::<T>(column, self.column[i]) });
        let dot = |row: usize| {
            // SAFETY: the caller's promise.
            let number = |i: usize| unsafe { element::<T>(matrix, self.matrix[row][i]) };
            // What is added to 0 is rounded as a fused multiply-add would round it; the sum of all as that of each.
            fold::<T, COUNT>(T::ZERO, |i| number(i) * factors[i], |left, right| left + right) + T::ZERO
        };
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, each_row(self.rows, dot)) }
    }
}

/// Whether rows of an operand are few, and so are the numbers of each; there is one of each at least.
pub(crate) fn are_few(rows: usize, count: usize) -> bool {
    (1..=FEW).contains(&rows) && (1..=FEW).contains(&count)
}

/// Runs an expression with `$COUNT` standing for a few.
macro_rules! with_count {
    ($count:expr, $COUNT:ident => $body:expr) => {
        match $count {
            1 => {
                const $COUNT: usize = 1;
                $body
            }
            2 => {
                const $COUNT: usize = 2;
                $body
            }
            3 => {
                const $COUNT: usize = 3;
                $body
            }
            _ => {
                const $COUNT: usize = 4;
                $body
            }
        }
    };
}

pub(crate) use with_count;

/// [`Load`], for elements of the operand's size.
pub(super) fn load(operand: &Operand) -> Box<dyn Run> {
    let layout = &operand.layout;
    with_size!(operand.slot.dtype.size(), T => Box::new(Load::<T>::new(layout)))
}
