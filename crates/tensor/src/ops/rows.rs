//! `Rows`: numbers of rows, in memory that the thread uses again.

use std::fmt;
use std::ops::Deref;

use ndgrad_array::Buffer;

/// Numbers of rows, from 0 on. An operation owns those that it takes, and a batch should not ask the system for memory.
///
/// ```
/// use ndgrad_tensor::ops::Rows;
/// let rows = Rows::from(&[2, 0][..]);
/// assert_eq!(rows[..], [2, 0]);
/// ```
#[derive(Clone)]
pub struct Rows {
    numbers: Buffer,
    count: usize,
}

impl From<&[usize]> for Rows {
    #[inline]
    fn from(rows: &[usize]) -> Rows {
        let mut numbers = Buffer::new(size_of_val(rows));
        numbers.as_mut_slice()[..rows.len()].copy_from_slice(rows);
        Rows { numbers, count: rows.len() }
    }
}

impl Deref for Rows {
    type Target = [usize];

    #[inline]
    fn deref(&self) -> &[usize] {
        &self.numbers.as_slice()[..self.count]
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self[..], f)
    }
}
