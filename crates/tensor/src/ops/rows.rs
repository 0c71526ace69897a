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
pub struct Rows(Numbers);

#[derive(Clone)]
enum Numbers {
    /// Those of a small batch, and how many.
    Few([usize; FEW], usize),
    Many(Buffer, usize),
}

const FEW: usize = 8;

impl From<&[usize]> for Rows {
    #[inline]
    fn from(rows: &[usize]) -> Rows {
        if rows.len() <= FEW {
            let mut few = [0; FEW];
            few.iter_mut().zip(rows).for_each(|(to, &row)| *to = row);
            return Rows(Numbers::Few(few, rows.len()));
        }
        let mut numbers = Buffer::new(size_of_val(rows));
        numbers.as_mut_slice()[..rows.len()].copy_from_slice(rows);
        Rows(Numbers::Many(numbers, rows.len()))
    }
}

impl Deref for Rows {
    type Target = [usize];

    #[inline]
    fn deref(&self) -> &[usize] {
        match &self.0 {
            Numbers::Few(numbers, count) => &numbers[..*count],
            Numbers::Many(numbers, count) => &numbers.as_slice()[..*count],
        }
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self[..], f)
    }
}
