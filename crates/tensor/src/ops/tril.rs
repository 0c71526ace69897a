//! `tril`, `triu`: the lower and the upper triangle of matrices; `tri`: one of ones.

use ndgrad_array::{Array, Backend, DType, OperationError, Result, Shape, Spec, Truth, Wide};
use ndgrad_cpu::Cpu;

use super::{Call, Case, Listed, Op, Saves, accept, apply};
use crate::Tensor;

/// Keeps the elements on and below a diagonal of the last two axes; 0 elsewhere.
#[derive(Clone, Copy, Debug)]
pub struct Tril {
    /// The diagonal: 0 is the main one, 1 the next above, -1 the next below.
    pub offset: isize,
}

impl Listed for Tril {
    const NAME: &'static str = "tril";
    const DOC: &'static str = "The elements on and below a diagonal of the last two axes; 0 elsewhere.";

    fn cases() -> Vec<Case> {
        let case = |offset, shape: &[usize]| Case::new(Tril { offset }, &[shape]);
        vec![case(0, &[3, 3]), case(1, &[2, 3]), case(-1, &[2, 3, 2]), case(-5, &[2, 2]), case(0, &[0, 2])]
    }
}

impl Op for Tril {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_matrix("tril", inputs[0].shape)?;
        Ok(inputs[0])
    }

    /// Chosen, not multiplied by 0, which would leave NaN and infinities standing.
    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        let spec = out.spec();
        let sizes = &spec.shape[spec.shape.rank() - 2..];
        let mut mask = Array::new(Spec { dtype: DType::Bool, ..spec.with_shape(Shape::new(sizes)) });
        for (place, kept) in mask.as_mut_slice::<Truth>().iter_mut().enumerate() {
            let (row, column) = (place / sizes[1], place % sizes[1]);
            *kept = Truth::new(column as isize - row as isize <= self.offset);
        }
        let mut zero = Array::new(spec.with_shape(Shape::SCALAR));
        Cpu.fill(Wide::Whole(0), &mut zero);
        Cpu.select(&mask, inputs[0], &zero, out);
    }

    fn gradient(&self, _: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        apply(*self, &[head])
    }
}

fn check_matrix(name: &str, shape: Shape) -> Result<(), OperationError> {
    if shape.rank() >= 2 {
        return Ok(());
    }
    Err(OperationError::new(name, "a matrix is needed, or matrices along the last two axes")
        .operand("tensor", shape, format!("{} axes", shape.rank()))
        .remedy("give it two axes, for example x.reshape([1, -1])"))
}

impl Tensor {
    /// The elements on and below a diagonal of the last two axes, 0 elsewhere. Diagonal 0 is the main one, 1 the next
    /// above, -1 the next below. A copy.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.tril(0).to_vec::<i32>(), [1, 0, 0, 4, 5, 0]);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    #[track_caller]
    pub fn tril(&self, offset: isize) -> Tensor {
        apply(Tril { offset }, &[self])
    }

    /// The elements on and above a diagonal of the last two axes, 0 elsewhere. Diagonal 0 is the main one, 1 the next
    /// above, -1 the next below.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let x = tensor([[1, 2, 3], [4, 5, 6]]);
    /// assert_eq!(x.triu(1).to_vec::<i32>(), [0, 2, 3, 0, 0, 6]);
    /// ```
    ///
    /// # Panics
    /// When there are fewer than two axes.
    #[track_caller]
    pub fn triu(&self, offset: isize) -> Tensor {
        accept(check_matrix("triu", self.shape()));
        self.transpose().tril(offset.saturating_neg()).transpose()
    }

    /// Ones on and below a diagonal of a matrix of this many rows and columns, zeros above, as f32.
    ///
    /// ```
    /// use ndgrad_tensor::Tensor;
    /// assert_eq!(Tensor::tri(2, 3, 0).to_vec::<f32>(), [1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
    /// ```
    pub fn tri(rows: usize, columns: usize, offset: isize) -> Tensor {
        Tensor::tri_as(rows, columns, offset, DType::F32)
    }

    /// [`Tensor::tri`] of this dtype.
    ///
    /// ```
    /// use ndgrad_tensor::{DType, Tensor};
    /// assert_eq!(Tensor::tri_as(2, 2, -1, DType::I32).to_vec::<i32>(), [0, 0, 1, 0]);
    /// ```
    pub fn tri_as(rows: usize, columns: usize, offset: isize, dtype: DType) -> Tensor {
        Tensor::ones_as([rows, columns], dtype).tril(offset)
    }
}
