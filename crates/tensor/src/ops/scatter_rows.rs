//! `scatter_rows`: rows added where numbers say, the transpose of `take`.

use ndgrad_array::{Array, Backend, DTypes, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::take::check_rows;
use super::{Call, Case, Listed, Op, Rows, Saves, Take, apply, check_dtype};
use crate::Tensor;

/// Adds each row of the input to the row of the result that is named for it: the gradient of [`Take`].
#[derive(Clone, Debug)]
pub struct ScatterRows {
    /// Where each row goes.
    pub rows: Rows,
    /// The number of rows of the result.
    pub count: usize,
}

impl Listed for ScatterRows {
    const NAME: &'static str = "scatter_rows";
    const DOC: &'static str = "Each row added to the row of the result named for it.";
    const DTYPES: DTypes = DTypes::NUMBERS;

    fn cases() -> Vec<Case> {
        let case = |rows: &[usize], count, shape: &[usize]| {
            Case::new(ScatterRows { rows: rows.into(), count }, &[shape])
        };
        vec![case(&[2, 0, 2], 4, &[3, 2]), case(&[1], 2, &[1]), case(&[], 2, &[0, 3])]
    }
}

impl Op for ScatterRows {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype("scatter_rows", Self::DTYPES, &inputs[0])?;
        if inputs[0].shape.first() != Some(&self.rows.len()) {
            return Err(OperationError::new("scatter_rows", "one number per row is needed")
                .operand("tensor", inputs[0].shape, "")
                .operand("rows", self.rows.len(), "numbers"));
        }
        let result = inputs[0].with_shape(inputs[0].shape.remove(0).insert(0, self.count));
        check_rows("scatter_rows", &self.rows, result)?;
        Ok(result)
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.scatter_add(inputs[0], &self.rows, out);
    }

    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(Take { rows: self.rows.clone() }, &[head])
    }
}

impl Tensor {
    /// A tensor with `count` rows, to which each row of this one is added where `rows` says:
    /// `out[rows[i]] += self[i]` along the first axis, from zeros.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([1.0, 2.0, 4.0]);
    /// assert_eq!(x.scatter_rows(&[1, 1, 0], 3).to_vec::<f32>(), [4.0, 3.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// When there is not one number per row, or one of them is not below `count`.
    #[track_caller]
    pub fn scatter_rows(&self, rows: &[usize], count: usize) -> Tensor {
        apply(ScatterRows { rows: rows.into(), count }, &[self])
    }
}
