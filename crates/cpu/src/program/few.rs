//! Kernels for so few elements that fetching a vector register, or waiting for one that was written piece by piece,
//! would take longer than to compute one element after the other.

use std::marker::PhantomData;

use ndgrad_array::{Binary, Element, Layout, Predicate, Reduction, Truth, Unary};

use super::routine::{Operand, Run};
use crate::movement::with_size;

/// The largest number of elements that are few.
pub(crate) const FEW: usize = 4;

/// Writes `count` elements, one by one: a vector register that is read soon after it was written in pieces waits for
/// them to reach the cache, so the compiler is kept from making one.
///
/// # Safety
/// `out` points to room for `count` elements that nobody else uses.
#[inline(always)]
unsafe fn write<T>(out: *mut u8, count: usize, mut value: impl FnMut(usize) -> T) {
    for i in 0..count {
        // SAFETY: the caller's promise.
        unsafe { out.cast::<T>().add(i).write_volatile(value(i)) };
    }
}

/// Element `i`.
///
/// # Safety
/// `from` points to more than `i` initialized elements.
#[inline(always)]
unsafe fn read<T: Copy>(from: *const u8, i: usize) -> T {
    // SAFETY: the caller's promise.
    unsafe { from.cast::<T>().add(i).read() }
}

pub(super) struct Map<T, F>(pub F, pub usize, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes as many elements of each operand as it was made for.
unsafe impl<T: Element, F: Unary> Run for Map<T, F> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, self.1, |i| self.0.value(read::<T>(x, i))) }
    }
}

pub(super) struct Zip<T, F>(pub F, pub usize, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes as many elements of each operand as it was made for.
unsafe impl<T: Element, F: Binary> Run for Zip<T, F> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, self.1, |i| self.0.value(read::<T>(x, i), read::<T>(y, i))) }
    }
}

pub(super) struct Compare<T, P>(pub P, pub usize, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes as many elements of each operand as it was made for.
unsafe impl<T: Element, P: Predicate> Run for Compare<T, P> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        let answer = |holds: bool| Truth::new(holds);
        // SAFETY: the caller's promise.
        unsafe { write(out, self.1, |i| answer(self.0.holds(read::<T>(x, i), read::<T>(y, i)).into())) }
    }
}

pub(super) struct Select<T>(pub usize, pub PhantomData<fn() -> T>);

// SAFETY: it reads and writes as many elements of each operand as it was made for.
unsafe impl<T: Element> Run for Select<T> {
    unsafe fn run(&self, mask: *const u8, x: *const u8, y: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, self.0, |i| read(if read::<Truth>(mask, i).get() { x } else { y }, i)) }
    }
}

/// Brings what a layout shows of a slot together.
pub(super) struct Load<T> {
    places: [usize; FEW],
    count: usize,
    element: PhantomData<fn() -> T>,
}

impl<T> Load<T> {
    pub fn new(layout: &Layout) -> Load<T> {
        let mut places = [0; FEW];
        let count = layout.shape().size();
        places.iter_mut().zip(layout.offsets()).for_each(|(to, place)| *to = place);
        Load { places, count, element: PhantomData }
    }
}

// SAFETY: the places lie within the slot, which was checked when the operand was.
unsafe impl<T: Copy> Run for Load<T> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, self.count, |i| read(x, self.places[i])) }
    }
}

/// A few numbers together, as lanes that are combined as a tree: what `reduce` does with them. `value` gives each number
/// together with the identity, which is the value of a lane without one.
#[inline(always)]
pub(crate) fn fold<T: Copy>(
    count: usize,
    identity: T,
    value: impl Fn(usize) -> T,
    combine: impl Fn(T, T) -> T,
) -> T {
    let pair =
        |left: usize, right: usize| combine(value(left), if right < count { value(right) } else { identity });
    match count {
        0 => identity,
        1 => value(0),
        2 => pair(0, 1),
        _ => combine(pair(0, 2), pair(1, 3)),
    }
}

/// Rows of a few numbers, each to one.
pub(crate) struct Fold<T, F> {
    pub formula: F,
    /// Where the first row begins, where its neighbour does, and where a number's neighbour lies.
    pub start: usize,
    pub row_stride: isize,
    pub stride: isize,
    pub count: usize,
    pub rows: usize,
    /// What the result is divided by.
    pub divisor: Option<T>,
}

// SAFETY: it reads what its operand's layout shows, and writes a result for each row.
unsafe impl<T: Element, F: Reduction> Run for Fold<T, F> {
    unsafe fn run(&self, x: *const u8, _: *const u8, _: *const u8, out: *mut u8) {
        let formula = self.formula;
        let fold_row = |row: usize| {
            let start = self.start.wrapping_add_signed(self.row_stride * row as isize);
            let value = |i: usize| {
                let place = start.wrapping_add_signed(self.stride * i as isize);
                // SAFETY: the caller's promise.
                formula.combine(formula.identity(), unsafe { read::<T>(x, place) })
            };
            let total =
                fold(self.count, formula.identity(), value, |left, right| formula.combine(left, right));
            self.divisor.map_or(total, |divisor| total / divisor)
        };
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, self.rows, fold_row) }
    }
}

/// Rows of a few numbers times a column.
pub(crate) struct Dots<T> {
    /// Where in the matrix the first row begins, where its neighbour does, and where a number's neighbour lies.
    pub start: usize,
    pub row_stride: isize,
    pub stride: isize,
    /// The same of the column.
    pub column_start: usize,
    pub column_stride: isize,
    pub count: usize,
    pub rows: usize,
    /// Whether the column is the first operand.
    pub is_column_first: bool,
    pub element: PhantomData<fn() -> T>,
}

// SAFETY: it reads what its operands' layouts show, and writes a result for each row.
unsafe impl<T: Element> Run for Dots<T> {
    unsafe fn run(&self, x: *const u8, y: *const u8, _: *const u8, out: *mut u8) {
        let (matrix, column) = if self.is_column_first { (y, x) } else { (x, y) };
        let dot = |row: usize| {
            let start = self.start.wrapping_add_signed(self.row_stride * row as isize);
            let product = |i: usize| {
                let place = start.wrapping_add_signed(self.stride * i as isize);
                let column_place = self.column_start.wrapping_add_signed(self.column_stride * i as isize);
                // What is added to 0 is rounded as a fused multiply-add would round it.
                // SAFETY: the caller's promise.
                unsafe { read::<T>(matrix, place) * read::<T>(column, column_place) + T::ZERO }
            };
            fold(self.count, T::ZERO, product, |left, right| left + right)
        };
        // SAFETY: the caller's promise.
        unsafe { write::<T>(out, self.rows, dot) }
    }
}

/// Whether rows of an operand are few, and so are the numbers of each.
pub(crate) fn are_few(rows: usize, count: usize) -> bool {
    rows <= FEW && count <= FEW
}

/// [`Load`], for elements of the operand's size.
pub(super) fn load(operand: &Operand) -> Box<dyn Run> {
    let layout = &operand.layout;
    with_size!(operand.slot.dtype.size(), T => Box::new(Load::<T>::new(layout)))
}
