//! Kernels for a few elements, which cost less than calling a loop.
//!
//! They compute [`FEW`] elements at once, whatever lies behind those that there are: slots and pads are whole cache
//! lines. All write them in one piece, since a register that is read soon after it was written in pieces waits for
//! these to reach the cache.

use std::array::from_fn;
use std::marker::PhantomData;

use ndgrad_array::{Binary, Element, Layout, Predicate, Reduction, Truth, Unary};

use super::chain::{Handed, Kernel};
use super::lane::MOST_INPUTS;
use super::routine::Operand;
use crate::movement::with_size;

/// The largest number of elements that are few.
pub(crate) const FEW: usize = 4;

/// A kernel of a few elements.
///
/// # Safety
/// What [`Few::compute`] reads stays within what its own safety section says.
pub(super) unsafe trait Few: Send + Sync {
    /// What it computes a few of.
    type Output: Copy;

    /// Whether this input is read by [`Inputs::few`] alone, so that it may come in registers.
    fn takes(&self, input: usize) -> bool;

    /// Computes all of the result.
    ///
    /// # Safety
    /// The inputs that the kernel has point to the initialized elements of the slots that it was made for, which nobody writes
    /// meanwhile, or come in registers if the kernel takes them so.
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [Self::Output; FEW];
}

/// Where the inputs of a kernel are: in memory, or, where there is no pointer, in registers.
pub(super) struct Inputs<'a> {
    /// Behind those of the inputs is that of the result.
    pub pointers: &'a [*mut u8; MOST_INPUTS + 1],
    pub handed: Handed,
}

impl Inputs<'_> {
    /// The first few elements of an input, whatever lies behind those that there are.
    ///
    /// # Safety
    /// The input is in registers, or a slot of `T` is where it points to.
    #[inline(always)]
    unsafe fn few<T: Copy>(&self, input: usize) -> [T; FEW] {
        let pointer = self.pointers[input];
        if const { Handed::fits::<T>() } && pointer.is_null() {
            return self.handed.elements();
        }
        // SAFETY: the caller's promise. Slots are whole cache lines, and an element may have any bits.
        unsafe { pointer.cast::<[T; FEW]>().read() }
    }

    /// Element `place` of an input.
    ///
    /// # Safety
    /// A slot of `T` with such an element is where the input points to.
    #[inline(always)]
    unsafe fn element<T: Copy>(&self, input: usize, place: usize) -> T {
        // SAFETY: the caller's promise.
        unsafe { self.pointers[input].cast::<T>().add(place).read() }
    }
}

/// Elements that were read or computed one by one, brought together in registers: they are written in one piece, or two. The
/// compiler alone would write each by itself.
#[inline(always)]
pub(crate) fn together<T: Copy>(values: [T; FEW]) -> [T; FEW] {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::*;
        use std::mem::transmute_copy;
        if size_of::<T>() == 4 {
            // SAFETY: both are four elements of four bytes, which stay as they are; the processor has these registers.
            return unsafe {
                let [a, b, c, d] = transmute_copy::<[T; FEW], [i32; FEW]>(&values);
                transmute_copy(&_mm_set_epi32(d, c, b, a))
            };
        }
        if size_of::<T>() == 8 {
            // SAFETY: as above, of eight bytes.
            return unsafe {
                let [a, b, c, d] = transmute_copy::<[T; FEW], [i64; FEW]>(&values);
                transmute_copy(&[_mm_set_epi64x(b, a), _mm_set_epi64x(d, c)])
            };
        }
    }
    values
}

/// Copies `FEW` elements of this many bytes.
///
/// # Safety
/// `from` points to so many aligned elements, `out` to room for them that nobody else uses.
#[inline(always)]
pub(super) unsafe fn copy(size: usize, from: *const u8, out: *mut u8) {
    // SAFETY: the caller's promise.
    with_size!(size, T => unsafe { out.cast::<[T; FEW]>().write(from.cast::<[T; FEW]>().read()) })
}

pub(super) struct Map<T, F>(pub F, pub PhantomData<fn() -> T>);

// SAFETY: it reads a few elements of its input.
unsafe impl<T: Element, F: Unary> Few for Map<T, F> {
    type Output = T;

    fn takes(&self, input: usize) -> bool {
        input == 0
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [T; FEW] {
        // SAFETY: the caller's promise.
        unsafe { inputs.few::<T>(0) }.map(|x| self.0.value(x))
    }
}

pub(super) struct Zip<T, F>(pub F, pub PhantomData<fn() -> T>);

// SAFETY: it reads a few elements of each input.
unsafe impl<T: Element, F: Binary> Few for Zip<T, F> {
    type Output = T;

    fn takes(&self, input: usize) -> bool {
        input < 2
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [T; FEW] {
        // SAFETY: the caller's promise.
        let (x, y) = unsafe { (inputs.few::<T>(0), inputs.few::<T>(1)) };
        from_fn(|i| self.0.value(x[i], y[i]))
    }
}

pub(super) struct Compare<T, P>(pub P, pub PhantomData<fn() -> T>);

// SAFETY: it reads a few elements of each input.
unsafe impl<T: Element, P: Predicate> Few for Compare<T, P> {
    type Output = Truth;

    fn takes(&self, input: usize) -> bool {
        input < 2
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [Truth; FEW] {
        // SAFETY: the caller's promise.
        let (x, y) = unsafe { (inputs.few::<T>(0), inputs.few::<T>(1)) };
        from_fn(|i| Truth::new(self.0.holds(x[i], y[i]).into()))
    }
}

pub(super) struct Select<T>(pub PhantomData<fn() -> T>);

// SAFETY: it reads a few elements of each input.
unsafe impl<T: Element> Few for Select<T> {
    type Output = T;

    fn takes(&self, input: usize) -> bool {
        input > 0
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [T; FEW] {
        // Of bytes, not of truths: what lies behind those that there are may be any number.
        // SAFETY: the caller's promise.
        let (mask, x, y) = unsafe { (inputs.few::<u8>(0), inputs.few::<T>(1), inputs.few::<T>(2)) };
        from_fn(|i| if mask[i] != 0 { x[i] } else { y[i] })
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
unsafe impl<T: Copy + Send + Sync> Few for Load<T> {
    type Output = T;

    fn takes(&self, _: usize) -> bool {
        false
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [T; FEW] {
        // SAFETY: the caller's promise.
        self.places.map(|place| unsafe { inputs.element(0, place) })
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

/// Whether these are the first places in their order.
fn are_first<const COUNT: usize>(places: &[usize; COUNT]) -> bool {
    places.iter().copied().eq(0..COUNT)
}

/// Rows of `COUNT` numbers, each to one.
pub(crate) struct Fold<T, F, const COUNT: usize> {
    formula: F,
    /// Where the numbers of each row lie.
    places: [[usize; COUNT]; FEW],
    rows: usize,
    /// Whether they are the first numbers of the input, in one row.
    is_first: bool,
    /// What the result is divided by.
    divisor: Option<T>,
}

impl<T: Element, F: Reduction, const COUNT: usize> Fold<T, F, COUNT> {
    pub fn new(formula: F, numbers: Grid, rows: usize, divisor: Option<T>) -> Self {
        let places = numbers.places(rows);
        Fold { formula, places, rows, is_first: rows == 1 && are_first(&places[0]), divisor }
    }

    #[inline(always)]
    fn row(&self, number: impl Fn(usize) -> T) -> T {
        let formula = self.formula;
        let value = |i: usize| formula.combine(formula.identity(), number(i));
        let total = fold::<T, COUNT>(formula.identity(), value, |left, right| formula.combine(left, right));
        self.divisor.map_or(total, |divisor| total / divisor)
    }
}

// SAFETY: it reads what its input's layout shows.
unsafe impl<T: Element, F: Reduction, const COUNT: usize> Few for Fold<T, F, COUNT> {
    type Output = T;

    fn takes(&self, input: usize) -> bool {
        self.is_first && input == 0
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [T; FEW] {
        if self.is_first {
            // SAFETY: the caller's promise.
            let numbers = unsafe { inputs.few::<T>(0) };
            return [self.row(|i| numbers[i]), T::ZERO, T::ZERO, T::ZERO];
        }
        // SAFETY: the caller's promise.
        each_row(self.rows, |row| self.row(|i| unsafe { inputs.element(0, self.places[row][i]) }))
    }
}

/// Rows of `COUNT` numbers times a column.
pub(crate) struct Dots<T, const COUNT: usize> {
    /// Where the numbers of each row lie, and those of the column.
    matrix: [[usize; COUNT]; FEW],
    column: [usize; COUNT],
    rows: usize,
    /// Whether the column is the first numbers of its input.
    is_first: bool,
    /// Whether the column is the first operand.
    is_column_first: bool,
    element: PhantomData<fn() -> T>,
}

impl<T, const COUNT: usize> Dots<T, COUNT> {
    pub fn new(matrix: Grid, rows: usize, column: Grid, is_column_first: bool) -> Self {
        let [column, ..] = column.places(1);
        let (matrix, is_first) = (matrix.places(rows), are_first(&column));
        Dots { matrix, column, rows, is_first, is_column_first, element: PhantomData }
    }

    fn column_input(&self) -> usize {
        usize::from(!self.is_column_first)
    }
}

// SAFETY: it reads what its inputs' layouts show.
unsafe impl<T: Element, const COUNT: usize> Few for Dots<T, COUNT> {
    type Output = T;

    fn takes(&self, input: usize) -> bool {
        self.is_first && input == self.column_input()
    }

    #[inline(always)]
    unsafe fn compute(&self, inputs: &Inputs<'_>) -> [T; FEW] {
        let (column, matrix) = (self.column_input(), 1 - self.column_input());
        let factors: [T; COUNT] = if self.is_first {
            // SAFETY: the caller's promise.
            let numbers = unsafe { inputs.few::<T>(column) };
            from_fn(|i| numbers[i])
        } else {
            // SAFETY: the caller's promise.
            self.column.map(|place| unsafe { inputs.element(column, place) })
        };
        each_row(self.rows, |row| {
            // SAFETY: the caller's promise.
            let number = |i: usize| unsafe { inputs.element::<T>(matrix, self.matrix[row][i]) };
            // What is added to 0 is rounded as a fused multiply-add would round it; the sum of all as that of each.
            fold::<T, COUNT>(T::ZERO, |i| number(i) * factors[i], |left, right| left + right) + T::ZERO
        })
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
pub(super) fn load(operand: &Operand) -> Kernel {
    let layout = &operand.layout;
    with_size!(operand.slot.dtype.size(), T => Kernel::new(Load::<T>::new(layout)))
}
