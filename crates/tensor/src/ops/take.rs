//! `take`: rows by number.

use ndgrad_array::{Array, Backend, OperationError, Result, Spec};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Rows, Saves, ScatterRows, apply};
use crate::Tensor;

/// Takes rows (positions along the first axis) by number, in any order, any number of times.
#[derive(Clone, Debug)]
pub struct Take {
    /// The rows.
    pub rows: Rows,
}

impl Listed for Take {
    const NAME: &'static str = "take";
    const DOC: &'static str = "Rows by number, in any order, any number of times.";

    fn cases() -> Vec<Case> {
        let case = |rows: &[usize], shape: &[usize]| Case::new(Take { rows: rows.into() }, &[shape]);
        vec![case(&[2, 0, 2], &[3, 2]), case(&[1], &[2]), case(&[], &[2, 2]), case(&[0, 0], &[1, 2, 2])]
    }
}

impl Op for Take {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_rows("take", &self.rows, inputs[0])?;
        let sizes = [self.rows.len()].into_iter().chain(inputs[0].shape[1..].iter().copied());
        Ok(inputs[0].with_shape(sizes.collect()))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        Cpu.gather(inputs[0], &self.rows, out);
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(ScatterRows { rows: self.rows.clone(), count: call.shape(0)[0] }, &[head])
    }
}

/// Every row must exist along the first axis.
pub(super) fn check_rows(name: &str, rows: &[usize], spec: Spec) -> Result<(), OperationError> {
    let Some(&count) = spec.shape.first() else {
        return Err(OperationError::new(name, "a scalar has no rows"));
    };
    match rows.iter().find(|&&row| row >= count) {
        None => Ok(()),
        Some(row) => Err(OperationError::new(name, "row out of bounds").operand("row", row, "").operand(
            "tensor",
            spec.shape,
            format!("has rows 0 to {}", count as isize - 1),
        )),
    }
}

impl Tensor {
    /// The rows with these numbers, in this order: `out[i] = self[rows[i]]` along the first axis. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(x.take(&[2, 0]).to_vec::<f32>(), [5.0, 6.0, 1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// When there is no such row.
    #[track_caller]
    pub fn take(&self, rows: &[usize]) -> Tensor {
        apply(Take { rows: rows.into() }, &[self])
    }
}
