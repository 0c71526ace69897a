//! `Layout`: where in a buffer each element of an array lies.

use crate::{MAX_RANK, Shape};

/// A shape, the distance in elements between neighbours along each axis, and the place of the first element.
///
/// Views (transposes, slices, broadcasts, flips) differ from what they view in their layout alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    shape: Shape,
    strides: [isize; MAX_RANK],
    offset: usize,
    /// Whether the elements lie one behind the other in row-major order: asked more often than layouts are made.
    contiguous: bool,
}

impl Layout {
    /// Row-major order from the start of a buffer.
    #[inline(always)]
    pub fn contiguous(shape: Shape) -> Layout {
        let mut layout = Layout { shape, strides: [0; MAX_RANK], offset: 0, contiguous: true };
        layout.set_contiguous(&shape);
        layout
    }

    /// Becomes row-major order from the start of a buffer, in the place where it is. Most arrays have one or two axes, which
    /// needs no loop.
    #[inline(always)]
    pub(crate) fn set_contiguous(&mut self, shape: &Shape) {
        self.shape = *shape;
        match shape[..] {
            [] => self.strides = [0; MAX_RANK],
            [_] => self.strides = [1, 0, 0, 0, 0, 0, 0, 0],
            [_, columns] => self.strides = [columns as isize, 1, 0, 0, 0, 0, 0, 0],
            _ => self.strides = row_major_of_many(shape),
        }
        (self.offset, self.contiguous) = (0, true);
    }

    /// Any layout.
    #[inline]
    fn new(shape: Shape, strides: [isize; MAX_RANK], offset: usize) -> Layout {
        let contiguous = lies_in_row_major_order(&shape, &strides);
        Layout { shape, strides, offset, contiguous }
    }

    /// Finds again, after a change, how the elements lie.
    #[inline]
    fn find_order(&mut self) {
        self.contiguous = lies_in_row_major_order(&self.shape, &self.strides);
    }

    /// The sizes of the axes.
    #[inline]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The distance in elements between neighbours, one per axis.
    #[inline]
    pub fn strides(&self) -> &[isize] {
        &self.strides[..self.shape.rank()]
    }

    /// The place of the first element.
    #[inline]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether the elements lie one behind the other in row-major order; so do none at all.
    #[inline]
    pub fn is_contiguous(&self) -> bool {
        self.contiguous
    }

    /// Whether all elements, of which there is one at least, are one and the same in memory: a single number, perhaps
    /// stretched.
    #[inline]
    pub fn is_single(&self) -> bool {
        self.shape.iter().zip(&self.strides).all(|(&size, &stride)| size == 1 || (stride == 0 && size != 0))
    }

    /// The axes in another order: axis `i` of the result is axis `order[i]` of this layout.
    /// `order` must hold each axis once.
    pub fn permute(&self, order: &[usize]) -> Layout {
        debug_assert_eq!(order.len(), self.shape.rank());
        let mut sizes = [0; MAX_RANK];
        let mut strides = [0; MAX_RANK];
        for (to, &from) in order.iter().enumerate() {
            sizes[to] = self.shape[from];
            strides[to] = self.strides[from];
        }
        Layout::new(Shape::new(&sizes[..order.len()]), strides, self.offset)
    }

    /// The last two axes exchanged. The rank must be at least 2.
    #[inline]
    pub fn transpose(&self) -> Layout {
        let (rows, columns) = (self.shape.rank() - 2, self.shape.rank() - 1);
        let mut layout = *self;
        layout.shape.set(rows, self.shape[columns]);
        layout.shape.set(columns, self.shape[rows]);
        layout.strides.swap(rows, columns);
        layout.find_order();
        layout
    }

    /// `count` elements of `axis` from `start` on, each `step` from the one before. They must exist.
    pub fn slice(&self, axis: usize, start: usize, count: usize, step: isize) -> Layout {
        let mut layout = *self;
        layout.shape.set(axis, count);
        // With less than two elements the step leads nowhere, and may be any number.
        if count > 1 {
            layout.strides[axis] *= step;
        }
        if count > 0 {
            layout.offset = self.offset.strict_add_signed(self.strides[axis] * start as isize);
        }
        layout.find_order();
        layout
    }

    /// Without `axis`, at its position `index`, which must exist.
    pub fn select(&self, axis: usize, index: usize) -> Layout {
        let mut layout = self.slice(axis, index, 1, 1);
        layout.strides.copy_within(axis + 1.., axis);
        layout.shape = self.shape.remove(axis);
        layout.find_order();
        layout
    }

    /// The elements whose positions along `first` and `second`, two different axes, grow together: from 0 along
    /// `first` and `offset` along `second`, or, if it is negative, from `-offset` and 0. Both axes go, and one of as
    /// many elements as there are comes last.
    pub fn diagonal(&self, first: usize, second: usize, offset: isize) -> Layout {
        let skip = offset.unsigned_abs();
        let (above, below) = if offset >= 0 { (skip, 0) } else { (0, skip) };
        let count = self.shape[first].saturating_sub(below).min(self.shape[second].saturating_sub(above));
        let cut = self.slice(first, below.min(self.shape[first]), count, 1).slice(
            second,
            above.min(self.shape[second]),
            count,
            1,
        );
        let rank = self.shape.rank();
        let kept: Vec<usize> = (0..rank).filter(|&axis| axis != first && axis != second).collect();
        let mut layout = cut.permute(&[&kept[..], &[first, second]].concat());
        layout.strides[rank - 2] += layout.strides[rank - 1];
        layout.strides[rank - 1] = 0;
        layout.shape = layout.shape.remove(rank - 1);
        layout.find_order();
        layout
    }

    /// With one more axis, of size 1, at `axis`.
    pub fn expand(&self, axis: usize) -> Layout {
        let mut layout = *self;
        layout.shape = self.shape.insert(axis, 1);
        layout.strides.copy_within(axis..MAX_RANK - 1, axis + 1);
        layout.strides[axis] = 0;
        layout
    }

    /// Stretched to `shape` by [`Shape::broadcast`]'s rule; stretched axes have stride 0.
    /// This layout's shape must broadcast to `shape`.
    #[inline]
    pub fn broadcast_to(&self, shape: Shape) -> Layout {
        let added = shape.rank() - self.shape.rank();
        let mut strides = [0; MAX_RANK];
        for axis in 0..self.shape.rank() {
            if self.shape[axis] == shape[axis + added] {
                strides[axis + added] = self.strides[axis];
            }
        }
        Layout::new(shape, strides, self.offset)
    }

    /// The same elements in row-major order under another shape of the same size, if that needs no copy.
    pub fn reshape(&self, shape: Shape) -> Option<Layout> {
        debug_assert_eq!(shape.size(), self.shape.size());
        if self.is_contiguous() {
            return Some(Layout { offset: self.offset, ..Layout::contiguous(shape) });
        }
        let collapsed = self.collapse();
        let mut layout = Layout::new(shape, [0; MAX_RANK], self.offset);
        // Each run of axes that lies evenly spaced may be cut anew; walk both shapes from the last axis.
        let mut runs = (0..collapsed.shape.rank()).rev();
        let (mut left, mut stride) = (1, 0);
        for axis in (0..shape.rank()).rev().filter(|&axis| shape[axis] != 1) {
            if left == 1 {
                let run = runs.next()?;
                (left, stride) = (collapsed.shape[run], collapsed.strides[run]);
            }
            if left % shape[axis] != 0 {
                return None;
            }
            layout.strides[axis] = stride;
            stride *= shape[axis] as isize;
            left /= shape[axis];
        }
        layout.find_order();
        Some(layout)
    }

    /// The same elements in the same order with as few axes as possible: axes of size 1 are dropped, and
    /// neighbours that lie evenly spaced are joined. Kernels loop over this form.
    pub fn collapse(&self) -> Layout {
        Layout::collapse_all([*self])[0]
    }

    /// [`Layout::collapse`] for layouts of one shape together: axes are joined where every layout allows it.
    pub fn collapse_all<const N: usize>(layouts: [Layout; N]) -> [Layout; N] {
        let shape = layouts[0].shape;
        let mut joined = layouts;
        let mut sizes = [0; MAX_RANK];
        let mut rank = 0;
        for axis in 0..shape.rank() {
            let size = shape[axis];
            if size == 1 {
                continue;
            }
            let joins = rank > 0
                && (0..N).all(|i| joined[i].strides[rank - 1] == layouts[i].strides[axis] * size as isize);
            if joins {
                sizes[rank - 1] *= size;
            } else {
                sizes[rank] = size;
                rank += 1;
            }
            for i in 0..N {
                joined[i].strides[rank - 1] = layouts[i].strides[axis];
            }
        }
        for layout in &mut joined {
            layout.shape = Shape::new(&sizes[..rank]);
            layout.strides[rank..].fill(0);
            layout.find_order();
        }
        joined
    }

    /// The first `axis` axes, and the others (whose places count from 0): the place of an element is the (wrapping)
    /// sum of its places in both.
    pub fn split(&self, axis: usize) -> (Layout, Layout) {
        let part = |from: usize, to: usize, offset| {
            let mut strides = [0; MAX_RANK];
            strides[..to - from].copy_from_slice(&self.strides[from..to]);
            Layout::new(Shape::new(&self.shape[from..to]), strides, offset)
        };
        (part(0, axis, self.offset), part(axis, self.shape.rank(), 0))
    }

    /// The place of every element, in row-major order.
    pub fn offsets(&self) -> Offsets {
        self.offsets_from(0)
    }

    /// The places of the elements from the one numbered `first` (in row-major order, from 0) on.
    pub fn offsets_from(&self, first: usize) -> Offsets {
        let left = self.shape.size().saturating_sub(first);
        let mut offsets = Offsets { layout: *self, index: [0; MAX_RANK], next: self.offset as isize, left };
        if first > 0 && left > 0 {
            let mut rest = first;
            for axis in (0..self.shape.rank()).rev() {
                offsets.index[axis] = rest % self.shape[axis];
                offsets.next += self.strides[axis] * offsets.index[axis] as isize;
                rest /= self.shape[axis];
            }
        }
        offsets
    }
}

/// The strides of elements in row-major order.
#[inline(never)]
fn row_major_of_many(shape: &Shape) -> [isize; MAX_RANK] {
    let mut strides = [0; MAX_RANK];
    let mut stride = 1;
    for axis in (0..shape.rank()).rev() {
        strides[axis] = stride as isize;
        stride *= shape[axis];
    }
    strides
}

/// Whether elements lie one behind the other in row-major order; so do none at all.
#[inline]
fn lies_in_row_major_order(shape: &Shape, strides: &[isize; MAX_RANK]) -> bool {
    let mut expected = 1;
    for axis in (0..shape.rank()).rev().filter(|&axis| shape[axis] != 1) {
        if strides[axis] != expected {
            // No elements lie anywhere.
            return shape.contains(&0);
        }
        expected *= shape[axis] as isize;
    }
    true
}

/// The places of a layout's elements, in row-major order.
#[derive(Clone, Debug)]
pub struct Offsets {
    layout: Layout,
    index: [usize; MAX_RANK],
    next: isize,
    left: usize,
}

impl Iterator for Offsets {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let place = self.next as usize;
        for axis in (0..self.layout.shape.rank()).rev() {
            self.index[axis] += 1;
            self.next += self.layout.strides[axis];
            if self.index[axis] < self.layout.shape[axis] {
                break;
            }
            self.next -= self.layout.strides[axis] * self.layout.shape[axis] as isize;
            self.index[axis] = 0;
        }
        Some(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places(layout: &Layout) -> Vec<usize> {
        layout.offsets().collect()
    }

    /// Some view of a contiguous array: permuted, sliced, flipped, stretched.
    fn views() -> impl Strategy<Value = Layout> {
        let axis = (1usize..5, any::<u8>(), any::<bool>());
        (proptest::collection::vec(axis, 0..5), any::<u64>()).prop_map(|(axes, order)| {
            let sizes: Vec<usize> = axes.iter().map(|axis| axis.0).collect();
            let mut layout = Layout::contiguous(Shape::new(&sizes));
            for (axis, &(size, cut, flip)) in axes.iter().enumerate() {
                let start = cut as usize % size;
                layout = match flip {
                    true => layout.slice(axis, start, start + 1, -1),
                    false => layout.slice(axis, start, size - start, 1),
                };
            }
            let mut permutation: Vec<usize> = (0..axes.len()).collect();
            for i in 1..axes.len() {
                permutation.swap(i, (order >> (8 * i)) as usize % (i + 1));
            }
            layout.permute(&permutation)
        })
    }

    proptest! {
        #[test]
        fn collapsing_keeps_elements_and_their_order(layout in views()) {
            prop_assert_eq!(places(&layout), places(&layout.collapse()));
        }

        #[test]
        fn a_reshape_without_copy_keeps_elements_and_their_order(layout in views(), cut in 1usize..7) {
            let size = layout.shape().size();
            for first in (1..=size).filter(|first| size.is_multiple_of(*first)) {
                let rest = size / first;
                let target = match rest.is_multiple_of(cut) {
                    true => Shape::from([first, 1, rest / cut, cut]),
                    false => Shape::from([first, rest]),
                };
                if let Some(reshaped) = layout.reshape(target) {
                    prop_assert_eq!(places(&layout), places(&reshaped));
                }
            }
        }

        #[test]
        fn places_can_be_counted_from_any_element(layout in views(), first in 0usize..30) {
            let rest: Vec<usize> = layout.offsets_from(first).collect();
            let expected: Vec<usize> = places(&layout).into_iter().skip(first).collect();
            prop_assert_eq!(expected, rest);
        }

        #[test]
        fn places_of_the_parts_add_up(layout in views()) {
            for axis in 0..=layout.shape().rank() {
                let (outer, inner) = layout.split(axis);
                // Backwards strides make places of the inner part wrap around 0.
                let sums = outer.offsets().flat_map(|a| inner.offsets().map(move |b| a.wrapping_add(b)));
                prop_assert_eq!(places(&layout), sums.collect::<Vec<usize>>());
            }
        }

        #[test]
        fn a_contiguous_layout_is_the_row_major_one(layout in views()) {
            let consecutive = places(&layout).windows(2).all(|pair| pair[1] == pair[0] + 1);
            prop_assert_eq!(layout.is_contiguous(), consecutive);
        }
    }

    #[test]
    fn diagonals_above_and_below() {
        let layout = Layout::contiguous(Shape::from([2, 3, 4]));
        let diagonal = |offset| layout.diagonal(1, 2, offset);
        assert_eq!(*diagonal(0).shape(), [2, 3]);
        assert_eq!(places(&diagonal(0)), [0, 5, 10, 12, 17, 22]);
        assert_eq!(places(&diagonal(2)), [2, 7, 14, 19]);
        assert_eq!(places(&diagonal(-2)), [8, 20]);
        assert_eq!(*diagonal(4).shape(), [2, 0]);
        assert_eq!(*diagonal(-9).shape(), [2, 0]);
        assert_eq!(places(&layout.diagonal(2, 0, 1)), [12, 16, 20]);
    }

    #[test]
    fn a_view_without_elements_can_be_reshaped() {
        let layout = Layout::contiguous(Shape::from([0, 6])).slice(1, 0, 3, 2);
        assert!(layout.is_contiguous());
        assert!(layout.reshape(Shape::from([3, 0])).is_some());
    }

    #[test]
    fn a_transpose_cannot_be_flattened_in_place() {
        let layout = Layout::contiguous(Shape::from([2, 3])).transpose();
        assert_eq!(places(&layout), [0, 3, 1, 4, 2, 5]);
        assert_eq!(layout.reshape(Shape::from([6])), None);
        assert!(layout.reshape(Shape::from([3, 1, 2])).is_some());
    }

    /// Found by fuzzing: the step times the stride overflowed.
    #[test]
    fn a_huge_step_takes_one_element() {
        let layout = Layout::contiguous(Shape::from([3, 4])).slice(0, 1, 1, isize::MAX);
        assert_eq!(layout.offsets().collect::<Vec<_>>(), [4, 5, 6, 7]);
    }
}
