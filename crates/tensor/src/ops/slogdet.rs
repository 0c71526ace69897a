//! `slogdet`: the sign of a determinant and the logarithm of its magnitude.

use ndgrad_array::{Array, DTypes, MatrixFunction, OperationError, Result, Spec};
use smallvec::SmallVec;

use super::matrices::{batch_of, compute_all, conditioned, infer_square};
use super::{Call, Case, Listed, Op, Part, Saves, apply};
use crate::{Index, Tensor};

/// The sign of the determinant and the logarithm of its magnitude, side by side.
#[derive(Clone, Copy, Debug)]
pub struct LogDet;

/// One of the two numbers per matrix.
#[track_caller]
fn number(both: &Tensor, which: isize) -> Tensor {
    let leading = std::iter::repeat_n(Index::ALL, both.rank() - 1);
    let indices: SmallVec<[Index; 4]> = leading.chain([Index::At(which)]).collect();
    apply(Part { indices }, &[both])
}

impl Listed for LogDet {
    const NAME: &'static str = "slogdet";
    const DOC: &'static str = "The sign of the determinant and the logarithm of its magnitude, of each matrix.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let shapes: [&[usize]; 5] = [&[3, 3], &[1, 1], &[0, 0], &[2, 2, 2], &[0, 2, 2]];
        let case = |shape: &&[usize]| Case::new(LogDet, &[shape]).within([-1.0, 1.0]).prepared(0, conditioned);
        shapes.iter().map(case).collect()
    }
}

impl Op for LogDet {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::INPUTS
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        infer_square("slogdet", inputs[0])?;
        Ok(inputs[0].with_shape(batch_of(inputs[0].shape, &[2])))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        compute_all(MatrixFunction::LogDeterminant, inputs, out);
    }

    /// Of the logarithm `A^-T` (Giles, "Collected matrix derivative results for forward and reverse mode algorithmic
    /// differentiation", 2008, section 2.3.2 on the determinant); the sign is constant.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let head = number(head, 1).reshape(batch_of(call.shape(0), &[1, 1]));
        head * call.input(0).inverse().transpose()
    }
}

impl Tensor {
    /// The sign of the determinant (-1, 0 or 1) and the natural logarithm of its magnitude, of each matrix of the last
    /// two axes, which go; 0 and -inf of a singular matrix. By elimination with partial pivoting, in f64; nothing
    /// overflows, and nothing cancels where the determinant is near 1.
    ///
    /// The sign has gradient 0. The logarithm has none at a singular matrix: `backward` refuses it, in the name of
    /// `inverse`.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// let (sign, log) = tensor([[0.0, 1e30], [1e30, 0.0]]).slogdet();
    /// assert_eq!(sign.item(), -1.0);
    /// assert!((log.item() - 60.0 * 10f64.ln()).abs() < 1e-4);
    /// ```
    ///
    /// # Panics
    /// When a matrix is not square.
    #[track_caller]
    pub fn slogdet(&self) -> (Tensor, Tensor) {
        let both = apply(LogDet, &[self]);
        (number(&both, 0), number(&both, 1))
    }
}
