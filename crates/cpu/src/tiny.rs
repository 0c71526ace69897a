//! Arrays of a few elements, computed straight away: to set out tiles, rows and vector registers for them would take
//! many times longer than the numbers do. The formulas and the order of sums are those of the large kernels.

use ndgrad_array::{Array, Binary, Element, Unary};

use crate::fold::LANES;

/// Elements of what counts as few: a sum has a lane for each.
pub const MOST: usize = LANES;

/// An operand by the elements of a result: one behind the other for each of them, or one for all.
struct Few<'a, T> {
    elements: &'a [T],
    /// 1 or 0.
    step: usize,
}

impl<'a, T: Element> Few<'a, T> {
    #[inline(always)]
    fn of(x: &'a Array, count: usize) -> Option<Self> {
        let (layout, elements) = (x.layout(), x.buffer::<T>());
        let step = if layout.is_contiguous() && layout.shape().size() == count {
            1
        } else if layout.is_single() {
            0
        } else {
            return None;
        };
        // One slice for all that is read, so that the loop has no bounds to check.
        let elements = elements.get(layout.offset()..)?.get(..step * (count - 1) + 1)?;
        Some(Few { elements, step })
    }

    #[inline(always)]
    fn at(&self, i: usize) -> T {
        self.elements[i * self.step]
    }
}

/// `out[i] = formula(x[i])`, if they are few: whether they were.
#[inline]
pub fn map<T: Element, F: Unary>(formula: F, x: &Array, out: &mut Array) -> bool {
    let out = out.as_mut_slice::<T>();
    if out.is_empty() || out.len() > MOST {
        return false;
    }
    let Some(x) = Few::<T>::of(x, out.len()) else { return false };
    for (i, out) in out.iter_mut().enumerate() {
        *out = formula.value(x.at(i));
    }
    true
}

/// `out[i] = formula(x[i], y[i])`, if they are few: whether they were.
#[inline]
pub fn zip<T: Element, F: Binary>(formula: F, x: &Array, y: &Array, out: &mut Array) -> bool {
    let out = out.as_mut_slice::<T>();
    if out.is_empty() || out.len() > MOST {
        return false;
    }
    let (Some(x), Some(y)) = (Few::<T>::of(x, out.len()), Few::<T>::of(y, out.len())) else { return false };
    for (i, out) in out.iter_mut().enumerate() {
        *out = formula.value(x.at(i), y.at(i));
    }
    true
}
