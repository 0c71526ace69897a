//! `Target`: where the elements of a product go.

use std::marker::PhantomData;
use std::slice;

use crate::simd::prefetch_all;

/// A matrix of results, or a part of one. Threads write parts that do not overlap.
pub struct Target<'a, T> {
    start: *mut T,
    /// From the start of a row to that of the next.
    stride: usize,
    rows: usize,
    columns: usize,
    borrows: PhantomData<&'a mut [T]>,
}

// SAFETY: as for the slice that it borrows; parts that several threads have do not overlap.
unsafe impl<T: Send> Send for Target<'_, T> {}
// SAFETY: through a reference only `part` can be called, whose caller sees to it that parts do not overlap.
unsafe impl<T: Send> Sync for Target<'_, T> {}

impl<'a, T> Target<'a, T> {
    /// Rows of so many columns, one behind the other.
    pub fn new(out: &'a mut [T], columns: usize) -> Self {
        let rows = out.len() / columns;
        Target { start: out.as_mut_ptr(), stride: columns, rows, columns, borrows: PhantomData }
    }

    /// # Safety
    /// What is written through this part is not read or written through another at the same time.
    pub unsafe fn part(&self, row: usize, rows: usize, column: usize, columns: usize) -> Target<'a, T> {
        assert!(row + rows <= self.rows && column + columns <= self.columns);
        let start = self.start.wrapping_add(row * self.stride + column);
        Target { start, rows, columns, ..*self }
    }

    /// Asks for a block of elements (rows, columns), which will be read soon.
    #[inline(always)]
    pub fn prefetch(&self, [row, column]: [usize; 2], [rows, columns]: [usize; 2]) {
        for row in row..row + rows {
            let run = self.start.wrapping_add(row * self.stride + column);
            prefetch_all(run.cast_const().cast(), columns * size_of::<T>());
        }
    }

    /// So many elements of a row.
    #[inline(always)]
    pub fn run(&mut self, row: usize, column: usize, count: usize) -> &mut [T] {
        assert!(row < self.rows && column + count <= self.columns);
        // SAFETY: the run lies in the part, which is part of the slice that was borrowed, and what is written through it
        // is seen through no other part.
        unsafe { slice::from_raw_parts_mut(self.start.add(row * self.stride + column), count) }
    }
}
