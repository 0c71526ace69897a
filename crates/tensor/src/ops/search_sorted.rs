//! `search_sorted`: where numbers belong in a sorted line.

use ndgrad_array::{Array, Backend, DType, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Saves, apply, same_dtype};
use crate::{Operand, Tensor};

/// Where numbers belong in a sorted line. Inputs: the line, the numbers.
#[derive(Clone, Copy, Debug)]
pub struct SearchSorted {
    /// Whether a number belongs behind those that are equal to it.
    pub right: bool,
}

impl Listed for SearchSorted {
    const NAME: &'static str = "search_sorted";
    const DOC: &'static str = "Where numbers belong in a sorted line, as i64.";
    const DIFFERENTIABLE: bool = false;

    fn cases() -> Vec<Case> {
        let case = |right, line: &[usize], x: &[usize]| Case::new(SearchSorted { right }, &[line, x]);
        // A line of one number is sorted whatever it is.
        vec![case(false, &[1], &[5]), case(true, &[1], &[2, 3]), case(false, &[0], &[2]), case(true, &[1], &[])]
    }
}

impl Op for SearchSorted {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        same_dtype(Self::NAME, inputs)?;
        if inputs[0].shape.rank() != 1 {
            return Err(OperationError::new(Self::NAME, "what is searched is one sorted line")
                .operand("tensor", inputs[0].shape, format!("{} axes", inputs[0].shape.rank()))
                .remedy("search one line at a time, for example x.i(0)"));
        }
        Ok(Spec { dtype: DType::I64, ..inputs[1] })
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.search_sorted(inputs[0], inputs[1], self.right, out);
    }

    fn gradient(&self, _: &Call<'_>, _: &Tensor, _: usize) -> Tensor {
        unreachable!("positions are not recorded")
    }
}

impl Tensor {
    /// For each number how many elements of this sorted line (rising, NaN last, as [`Tensor::sort`] leaves it) are less
    /// than it: the first place at which it can be put in so that the line stays sorted. i64, of the shape of
    /// `numbers`. In a line that is not sorted the answers mean nothing.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let line = tensor([1.0, 2.0, 2.0, 4.0]);
    /// assert_eq!(line.search_sorted(tensor([0.0, 2.0, 3.0, 9.0])).to_vec::<i64>(), [0, 1, 3, 4]);
    /// assert_eq!(line.search_sorted_right(2.0).item(), 3.0);
    /// ```
    ///
    /// # Panics
    /// When this tensor does not have one axis, or the dtypes differ.
    #[track_caller]
    pub fn search_sorted(&self, numbers: impl Operand) -> Tensor {
        apply(SearchSorted { right: false }, &[self, &numbers.beside(self)])
    }

    /// For each number how many elements of this sorted line are not greater than it: the last place at which it can be
    /// put in so that the line stays sorted.
    ///
    /// # Panics
    /// As [`Tensor::search_sorted`].
    #[track_caller]
    pub fn search_sorted_right(&self, numbers: impl Operand) -> Tensor {
        apply(SearchSorted { right: true }, &[self, &numbers.beside(self)])
    }
}
