//! `split`, `chunk`, `roll`: a tensor cut along an axis.

use ndgrad_array::OperationError;

use crate::Tensor;
use crate::ops::{accept, refuse, resolve_axis};

/// How [`Tensor::split`] cuts an axis: into a number of equal pieces, or into pieces of these sizes.
pub trait Sections {
    /// The sizes of the pieces of an axis of this size.
    ///
    /// # Errors
    /// When they do not make up the axis.
    fn sections(self, size: usize) -> Result<Vec<usize>, OperationError>;
}

impl Sections for usize {
    fn sections(self, size: usize) -> Result<Vec<usize>, OperationError> {
        if self > 0 && size.is_multiple_of(self) {
            return Ok(vec![size / self; self]);
        }
        Err(OperationError::new("split", "the axis cannot be cut into so many equal pieces")
            .operand("pieces", self, "")
            .operand("axis", size, "positions")
            .remedy("name the sizes, x.split([2, 1], axis), or use chunk, whose last piece may be smaller"))
    }
}

impl Sections for &[usize] {
    fn sections(self, size: usize) -> Result<Vec<usize>, OperationError> {
        if self.iter().sum::<usize>() == size {
            return Ok(self.to_vec());
        }
        Err(OperationError::new("split", "the sizes must add up to that of the axis")
            .operand("sizes", format!("{self:?}"), format!("{} positions", self.iter().sum::<usize>()))
            .operand("axis", size, "positions"))
    }
}

impl<const N: usize> Sections for [usize; N] {
    fn sections(self, size: usize) -> Result<Vec<usize>, OperationError> {
        self[..].sections(size)
    }
}

impl Tensor {
    /// The tensor cut along an axis (counted from the end if negative): into a number of equal pieces, or into pieces
    /// of the sizes given. Views. [`Tensor::concat`] puts them together again.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([1, 2, 3, 4, 5, 6]);
    /// assert_eq!(x.split(3, 0)[1].to_vec::<i32>(), [3, 4]);
    /// assert_eq!(x.split([1, 5], 0)[1].to_vec::<i32>(), [2, 3, 4, 5, 6]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or it cannot be cut so.
    #[track_caller]
    pub fn split(&self, sections: impl Sections, axis: isize) -> Vec<Tensor> {
        let axis = accept(resolve_axis("split", axis, self.rank()));
        self.cut(axis, &accept(sections.sections(self.shape()[axis])))
    }

    /// The tensor cut along an axis (counted from the end if negative) into at most `count` pieces: all of one size,
    /// but for the last, which may be smaller. Views. An empty axis is one piece.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let sizes: Vec<usize> = tensor([1, 2, 3, 4, 5]).chunk(3, 0).iter().map(|piece| piece.len()).collect();
    /// assert_eq!(sizes, [2, 2, 1]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis, or `count` is 0.
    #[track_caller]
    pub fn chunk(&self, count: usize, axis: isize) -> Vec<Tensor> {
        let axis = accept(resolve_axis("chunk", axis, self.rank()));
        if count == 0 {
            refuse(OperationError::new("chunk", "at least one piece is needed").operand("pieces", count, ""));
        }
        let size = self.shape()[axis];
        let piece = size.div_ceil(count).max(1);
        let sizes: Vec<usize> =
            (0..size.max(1)).step_by(piece).map(|start| piece.min(size - start)).collect();
        self.cut(axis, &sizes)
    }

    #[track_caller]
    fn cut(&self, axis: usize, sizes: &[usize]) -> Vec<Tensor> {
        let mut pieces = Vec::with_capacity(sizes.len());
        let mut start = 0;
        for size in sizes {
            pieces.push(self.narrow(axis, start, start + size));
            start += size;
        }
        pieces
    }

    /// Every position along an axis (counted from the end if negative) moved on by `shift`, back if negative; what
    /// leaves at one end comes in at the other. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1, 2, 3, 4]).roll(1, 0).to_vec::<i32>(), [4, 1, 2, 3]);
    /// ```
    ///
    /// # Panics
    /// When there is no such axis.
    #[track_caller]
    pub fn roll(&self, shift: isize, axis: isize) -> Tensor {
        let axis = accept(resolve_axis("roll", axis, self.rank()));
        let size = self.shape()[axis];
        let shift = shift.checked_rem_euclid(size as isize).unwrap_or(0) as usize;
        if shift == 0 {
            return self.clone();
        }
        let pieces = self.cut(axis, &[size - shift, shift]);
        Tensor::concat(&[&pieces[1], &pieces[0]], axis as isize)
    }
}
