//! `norm`: the length of a vector, of all elements or those along some axes.

use ndgrad_array::{Array, Backend, DTypes, OperationError, Result, Scalar, Spec, Wide};
use ndgrad_cpu::Cpu;

use super::elements::where_equal;
use super::axes::axes_cases;
use super::{Axes, Call, Case, Fold, FoldOp, Listed, Map, Max, Op, Sum, apply, check_dtype};
use crate::{Integers, Tensor};

/// The p-norm `(sum |x|^p)^(1/p)` along some axes.
#[derive(Clone, Debug)]
pub struct Norm {
    /// p: above 0; infinity stands for the largest absolute value.
    pub order: f64,
    /// The axes that go.
    pub axes: Axes,
    /// Whether they stay with size 1.
    pub keepdims: bool,
}

/// `x^exponent`, with a gradient for a constant exponent.
#[derive(Clone, Copy, Debug, Default)]
struct Power {
    exponent: f64,
}

impl Map for Power {
    const NAME: &'static str = "norm";
    const DOC: &'static str = "A number to a constant power.";

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        x.pow(S::literal(self.exponent))
    }

    fn gradient(self, call: &Call<'_>, head: &Tensor) -> Tensor {
        head * Power { exponent: self.exponent - 1.0 }.apply(&call.input(0)) * self.exponent
    }
}

/// What a norm is divided by: itself, and 1 for 0.
#[derive(Clone, Copy, Debug, Default)]
struct Divisor;

impl Map for Divisor {
    const NAME: &'static str = "norm";
    const DOC: &'static str = "The number, and 1 for 0.";

    #[inline(always)]
    fn value<S: Scalar>(self, x: S) -> S {
        S::select(x.equal(S::ZERO), S::ONE, x)
    }

    fn gradient(self, _: &Call<'_>, head: &Tensor) -> Tensor {
        head.clone()
    }
}

/// A number by which elements of which this is the largest are divided, so that their powers neither overflow nor
/// vanish. For squares it is a power of two, which rounds nothing.
#[derive(Clone, Copy, Debug, Default)]
struct Scale {
    squares: bool,
}

impl Map for Scale {
    const NAME: &'static str = "norm";
    const DOC: &'static str = "A number of the size of the largest.";

    #[inline(always)]
    fn value<S: Scalar>(self, top: S) -> S {
        let none = top.equal(S::ZERO) | top.equal(S::HIGHEST) | !top.equal(top);
        // The largest number has no power of two above it; the least has none below.
        let half = S::select(S::ONE.less(top), top * S::literal(0.5), top);
        let scale = if self.squares { half.log2().floor().exp2() } else { top };
        S::select(none, S::ONE, scale)
    }

    fn gradient(self, _: &Call<'_>, _: &Tensor) -> Tensor {
        unreachable!("scales are not recorded")
    }
}

impl Norm {
    fn fold<F: Fold>(&self, fold: F, x: &Tensor) -> Tensor {
        apply(FoldOp { fold, axes: self.axes.clone(), keepdims: true }, &[x])
    }
}

impl Listed for Norm {
    const NAME: &'static str = "norm";
    const DOC: &'static str = "The p-norm of the elements along some axes.";
    const DTYPES: DTypes = DTypes::FLOATS;

    fn cases() -> Vec<Case> {
        let case = |order, (axes, keepdims, shape): (Axes, bool, &[usize])| {
            Case::new(Norm { order, axes, keepdims }, &[shape]).within([0.3, 3.0])
        };
        let of = |order| axes_cases(true).into_iter().map(move |parts| case(order, parts));
        [2.0, 1.0, f64::INFINITY, 3.0].into_iter().flat_map(of).collect()
    }
}

impl Op for Norm {
    fn name(&self) -> &'static str {
        Self::NAME
    }

    fn infer(&self, inputs: &[Spec]) -> Result<Spec, OperationError> {
        check_dtype(Self::NAME, Self::DTYPES, &inputs[0])?;
        if self.order.is_nan() || self.order <= 0.0 {
            return Err(OperationError::new(Self::NAME, "the order of a norm lies above 0")
                .operand("order", self.order, "")
                .remedy("how many elements are not 0 says count_nonzero"));
        }
        let axes = self.axes.partition(Self::NAME, inputs[0].shape.rank())?;
        Ok(inputs[0].with_shape(axes.reduced(&inputs[0].shape, self.keepdims)))
    }

    fn forward(&self, inputs: &[&Array], out: &mut Array) {
        if inputs[0].shape().size() == 0 {
            return Cpu.fill(Wide::Float(0.0), out);
        }
        let sizes = Tensor::from_array(inputs[0].clone()).abs();
        let scaled = |squares| {
            let scale = Scale { squares }.apply(&self.fold(Max, &sizes));
            (&sizes / &scale, scale)
        };
        let norm = match self.order {
            1.0 => self.fold(Sum, &sizes),
            f64::INFINITY => self.fold(Max, &sizes),
            2.0 => {
                let (sizes, scale) = scaled(true);
                self.fold(Sum, &sizes.square()).sqrt() * scale
            }
            order => {
                let (sizes, scale) = scaled(false);
                let sum = self.fold(Sum, &Power { exponent: order }.apply(&sizes));
                Power { exponent: 1.0 / order }.apply(&sum) * scale
            }
        };
        *out = norm.reshape(*out.shape()).array();
    }

    /// Each element has the share (|x| / y)^(p - 1), with its sign; 0 where the norm is 0.
    fn gradient(&self, call: &Call<'_>, head: &Tensor, _: usize) -> Tensor {
        let (x, shape) = (call.input(0), call.shape(0));
        let axes = self.axes.partition(Self::NAME, shape.rank()).expect("checked by infer");
        let stretching = axes.reduced(&shape, true);
        let (head, y) = (head.reshape(stretching), call.output().reshape(stretching));
        let share = |exponent: f64| Power { exponent }.apply(&(x.abs() / Divisor.apply(&y)));
        match self.order {
            1.0 => head * x.sign(),
            f64::INFINITY => head * (x.sign() * where_equal(&x.abs(), &y)),
            2.0 => head * (x / Divisor.apply(&y)),
            order => head * (x.sign() * share(order - 1.0)),
        }
    }
}

impl Tensor {
    /// The p-norm `(sum |x|^p)^(1/p)` of all elements as one vector, as a scalar; 0 of none. `order` is p: 1, 2,
    /// `f64::INFINITY` for the largest absolute value, or any other number above 0. Neither overflows where the norm
    /// is finite. The gradient where the norm is 0 is 0.
    ///
    /// ```
    /// use ndgrad_tensor::tensor;
    /// assert_eq!(tensor([3e30, -4e30]).norm(2.0).item() as f32, 5e30);
    /// assert_eq!(tensor([3.0, -4.0]).norm(f64::INFINITY).item(), 4.0);
    /// ```
    ///
    /// # Panics
    /// When the order is not above 0; for dtypes other than floats.
    #[track_caller]
    pub fn norm(&self, order: f64) -> Tensor {
        apply(Norm { order, axes: Axes::All, keepdims: false }, &[self])
    }

    /// [`Tensor::norm`] along these axes (counted from the end if negative), which go.
    ///
    /// # Panics
    /// As [`Tensor::norm`], and when there is no such axis, or one is named twice.
    #[track_caller]
    pub fn norm_axes(&self, axes: impl Integers, order: f64) -> Tensor {
        apply(Norm { order, axes: Axes::Some(axes.integers()), keepdims: false }, &[self])
    }

    /// [`Tensor::norm_axes`], where the axes stay with size 1.
    ///
    /// # Panics
    /// As [`Tensor::norm_axes`].
    #[track_caller]
    pub fn norm_keepdims(&self, axes: impl Integers, order: f64) -> Tensor {
        apply(Norm { order, axes: Axes::Some(axes.integers()), keepdims: true }, &[self])
    }
}
