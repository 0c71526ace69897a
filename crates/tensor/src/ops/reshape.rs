//! `reshape`: the same elements under another shape.

use ndgrad_array::{Array, Layout, OperationError, Result, Shape, Spec};
use ndgrad_cpu::copied;
use smallvec::SmallVec;

use super::{Call, Case, Listed, Op, Saves, apply};
use crate::{Integers, Tensor};

/// The same elements in row-major order under another shape, of which one size may be -1: what is left.
#[derive(Clone, Debug)]
pub struct Reshape {
    /// The new sizes.
    pub sizes: SmallVec<[isize; 8]>,
}

impl Reshape {
    fn resolve(&self, shape: &Shape) -> Result<Shape, OperationError> {
        let refused = |rule: &str| {
            let sizes = format!("{:?}", &self.sizes[..]);
            Err(OperationError::new("reshape", rule)
                .operand("tensor", shape, format!("{} elements", shape.size()))
                .operand("sizes", sizes, ""))
        };
        let (mut known, mut open) = (1usize, None);
        for (axis, &size) in self.sizes.iter().enumerate() {
            match size {
                0.. => known *= size as usize,
                -1 if open.is_none() => open = Some(axis),
                _ => return refused("sizes are not negative, but for one -1 that stands for what is left"),
            }
        }
        let elements = shape.size();
        let left = if open.is_some() { elements.checked_div(known).unwrap_or(0) } else { 1 };
        // Counted before they become a shape, which has few axes.
        if known * left != elements {
            return refused("the number of elements must stay");
        }
        Ok(self.sizes.iter().map(|&size| if size == -1 { left } else { size as usize }).collect())
    }
}

impl Listed for Reshape {
    const NAME: &'static str = "reshape";
    const DOC: &'static str = "The same elements in row-major order under another shape.";

    fn cases() -> Vec<Case> {
        let case = |sizes: &[isize], shape: &[usize]| {
            Case::new(Reshape { sizes: SmallVec::from_slice(sizes) }, &[shape])
        };
        vec![case(&[3, -1], &[2, 3]), case(&[-1], &[2, 1, 2]), case(&[1, 1], &[]), case(&[0, 5], &[2, 0])]
    }
}

impl Op for Reshape {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn saves(&self) -> Saves {
        Saves::NONE
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        Ok(inputs[0].with_shape(self.resolve(&inputs[0].shape)?))
    }

    fn view(&self, input: &Layout) -> Option<Layout> {
        input.reshape(self.resolve(input.shape()).expect("checked by infer"))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        *out = copied(inputs[0]).into_view(*out.layout());
    }

    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        head.reshape(call.shape(0))
    }
}

impl Tensor {
    /// The same elements in row-major order under another shape; one size may be -1: what is left. A view where
    /// the layout allows it.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([1.0, 2.0, 3.0]).reshape([-1, 1]).shape(), [3, 1]);
    /// ```
    ///
    /// # Panics
    /// When the number of elements would change.
    #[track_caller]
    pub fn reshape(&self, sizes: impl Integers) -> Tensor {
        apply(Reshape { sizes: sizes.integers() }, &[self])
    }
}
