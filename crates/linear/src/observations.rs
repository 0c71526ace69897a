//! `Observations`: the rows of a regression, block by block, as often as a method reads them.

use std::ops::Range;

use ndgrad_array::{Error, Result};

/// Consecutive rows of a regression.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// The number of the first row, counted from 0 over all blocks.
    pub first: u64,
    /// The columns of the design, row after row. An intercept is not among them.
    pub x: &'a [f64],
    /// The target, one number for each row.
    pub y: &'a [f64],
    /// The weight of each row, at least 0; `None` where all are 1.
    pub weights: Option<&'a [f64]>,
    /// What is added to the linear predictor of each row; `None` where that is 0.
    pub offset: Option<&'a [f64]>,
    /// The cluster that each row belongs to, counted from 0; `None` where rows are independent.
    pub clusters: Option<&'a [u32]>,
}

impl<'a> Block<'a> {
    /// Rows without weights, offset or clusters.
    pub fn new(first: u64, x: &'a [f64], y: &'a [f64]) -> Block<'a> {
        Block { first, x, y, weights: None, offset: None, clusters: None }
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.y.len()
    }

    /// The weight of a row: 1 where there are none.
    #[inline(always)]
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[row])
    }
}

/// Rows that can be read from the start again, in blocks that are the same each time. The size of the blocks may not
/// depend on the number of threads, as sums follow it.
pub trait Observations {
    /// The names of the columns of the design, without an intercept's.
    fn names(&self) -> &[String];

    /// Whether the model has an intercept.
    fn has_intercept(&self) -> bool;

    /// Whether another pass costs no more than reading memory does; methods then prefer cheap passes to few.
    fn in_memory(&self) -> bool {
        false
    }

    /// Hands every block to `visit`, in order, until one returns an error.
    ///
    /// # Errors
    /// What `visit` returns, or why the rows cannot be read.
    fn pass(&mut self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()>;
}

/// Rows in memory.
///
/// ```
/// use ndgrad_linear::{InMemory, Observations};
///
/// let names = ["area", "age"].map(String::from);
/// let mut rows = InMemory::new(names, vec![50.0, 3.0, 80.0, 12.0], vec![700.0, 820.0])?;
/// let mut sum = 0.0;
/// rows.pass(&mut |block| {
///     sum += block.y.iter().sum::<f64>();
///     Ok(())
/// })?;
/// assert_eq!(sum, 1520.0);
/// # Ok::<(), ndgrad_array::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    /// The names of the columns.
    pub names: Vec<String>,
    /// Whether the model has an intercept.
    pub intercept: bool,
    /// The columns of the design, row after row.
    pub x: Vec<f64>,
    /// The target.
    pub y: Vec<f64>,
    /// The weight of each row, if they differ.
    pub weights: Option<Vec<f64>>,
    /// What is added to the linear predictor of each row.
    pub offset: Option<Vec<f64>>,
    /// The cluster of each row.
    pub clusters: Option<Vec<u32>>,
}

/// Numbers in a block of rows in memory.
const BLOCK: usize = 1 << 19;

impl InMemory {
    /// Rows with an intercept, and without weights, offset or clusters; those are set as fields.
    ///
    /// # Errors
    /// [`Error::Data`] if `x` does not hold a number for each name and each of `y`.
    pub fn new(names: impl Into<Vec<String>>, x: Vec<f64>, y: Vec<f64>) -> Result<InMemory> {
        let names = names.into();
        if names.len().checked_mul(y.len()) != Some(x.len()) {
            return Err(Error::Data(format!(
                "observations: {} numbers of x are not {} rows of {} columns\n    \
                 give a row of x for each number of y",
                x.len(),
                y.len(),
                names.len()
            )));
        }
        Ok(InMemory { names, intercept: true, x, y, ..InMemory::default() })
    }

    /// The blocks of this many rows of `width` columns.
    pub(crate) fn parts(rows: usize, width: usize) -> impl Iterator<Item = Range<usize>> {
        let height = (BLOCK / width.max(1)).max(1);
        (0..rows).step_by(height).map(move |first| first..rows.min(first + height))
    }
}

impl Observations for InMemory {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn has_intercept(&self) -> bool {
        self.intercept
    }

    fn in_memory(&self) -> bool {
        true
    }

    fn pass(&mut self, visit: &mut dyn FnMut(&Block<'_>) -> Result<()>) -> Result<()> {
        let width = self.names.len();
        for part in InMemory::parts(self.y.len(), width) {
            visit(&Block {
                first: part.start as u64,
                x: &self.x[part.start * width..part.end * width],
                y: &self.y[part.clone()],
                weights: self.weights.as_ref().map(|weights| &weights[part.clone()]),
                offset: self.offset.as_ref().map(|offset| &offset[part.clone()]),
                clusters: self.clusters.as_ref().map(|clusters| &clusters[part.clone()]),
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_consecutive_and_hold_every_row() {
        let (rows, width) = (400_000, 3);
        let x = Vec::from_iter((0..rows * width).map(|i| i as f64));
        let y = Vec::from_iter((0..rows).map(|i| i as f64));
        let mut all = InMemory::new(["a", "b", "c"].map(String::from), x.clone(), y.clone()).unwrap();
        all.weights = Some(y.clone());
        let (mut seen_x, mut seen_y, mut blocks) = (Vec::new(), Vec::new(), 0);
        all.pass(&mut |block| {
            assert_eq!((block.first, block.rows() * width), (seen_y.len() as u64, block.x.len()));
            assert_eq!(block.weights, Some(block.y));
            seen_x.extend(block.x);
            seen_y.extend(block.y);
            blocks += 1;
            Ok(())
        })
        .unwrap();
        assert_eq!((seen_x, seen_y), (x, y));
        assert!(blocks > 1);
    }

    #[test]
    fn rows_that_are_not_whole_are_refused() {
        let error = InMemory::new(["a".to_string()], vec![1.0, 2.0, 3.0], vec![1.0, 2.0]).unwrap_err();
        assert!(error.to_string().contains("3 numbers of x are not 2 rows of 1 columns"), "{error}");
    }
}
