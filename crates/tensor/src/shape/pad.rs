//! `pad`: a frame around a tensor.

use ndgrad_array::{OperationError, Shape};
use smallvec::SmallVec;

use crate::Tensor;
use crate::create::check_number;
use crate::index::Index;
use crate::ops::{Embed, apply, refuse};

/// What [`Tensor::pad`] puts around a tensor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pad {
    /// This number.
    Constant(f64),
    /// The element at the edge: `a a | a b c | c c`.
    Edge,
    /// The elements mirrored at the edge, which is not repeated: `c b | a b c | b a`. What is wider than the tensor is
    /// mirrored again at its other end.
    Reflect,
}

impl Tensor {
    /// The tensor with a frame: for each axis so many positions before and behind it; one pair stands for all axes.
    /// A copy.
    ///
    /// ```
    /// use ndgrad_tensor::{Pad, tensor};
    /// let x = tensor([1, 2, 3]);
    /// assert_eq!(x.pad(&[(1, 2)], Pad::Constant(0.0)).to_vec::<i32>(), [0, 1, 2, 3, 0, 0]);
    /// assert_eq!(x.pad(&[(1, 2)], Pad::Edge).to_vec::<i32>(), [1, 1, 2, 3, 3, 3]);
    /// assert_eq!(x.pad(&[(1, 2)], Pad::Reflect).to_vec::<i32>(), [2, 1, 2, 3, 2, 1]);
    /// ```
    ///
    /// # Panics
    /// When there are neither one pair nor as many as axes; when the dtype has no such constant; when an empty axis
    /// has no edge.
    #[track_caller]
    pub fn pad(&self, widths: &[(usize, usize)], with: Pad) -> Tensor {
        let shape = self.shape();
        if widths.len() != 1 && widths.len() != shape.rank() {
            refuse(
                OperationError::new("pad", "one pair of widths is needed, or one per axis")
                    .operand("widths", format!("{widths:?}"), "")
                    .operand("tensor", shape, format!("has {} axes", shape.rank())),
            );
        }
        let width = |axis: usize| if widths.len() == 1 { widths[0] } else { widths[axis] };
        if let Pad::Constant(background) = with {
            check_number(self.dtype(), background);
            let sizes: SmallVec<[usize; 8]> =
                (0..shape.rank()).map(|axis| width(axis).0 + shape[axis] + width(axis).1).collect();
            let inside = |axis: usize| Index::from(width(axis).0..width(axis).0 + shape[axis]);
            let indices = (0..shape.rank()).map(inside).collect();
            return apply(Embed { indices, shape: Shape::new(&sizes), background }, &[self]);
        }
        let mut padded = self.clone();
        for axis in 0..shape.rank() {
            let (before, behind) = width(axis);
            if before + behind == 0 {
                continue;
            }
            if shape[axis] == 0 {
                refuse(
                    OperationError::new("pad", "an empty axis has no edge")
                        .operand("tensor", shape, format!("is empty along axis {axis}"))
                        .remedy("pad it with a number: Pad::Constant(0.0)"),
                );
            }
            let last = shape[axis] as isize - 1;
            let source = |position: isize| match with {
                Pad::Reflect => {
                    let turn = position.checked_rem_euclid(2 * last).unwrap_or(0);
                    turn.min(2 * last - turn)
                }
                _ => position.clamp(0, last),
            };
            let positions: Vec<isize> = (-(before as isize)..=last + behind as isize).map(source).collect();
            padded = padded.take_axis(axis as isize, &positions[..]);
        }
        padded
    }
}
