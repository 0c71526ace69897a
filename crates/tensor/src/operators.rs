//! `+ - * /` and unary minus, for tensors and numbers in every combination of value and reference.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::Tensor;

/// What may stand beside a tensor in arithmetic: another tensor, or a number, which takes the tensor's dtype.
pub trait Operand {
    /// This operand as a tensor that can be combined with `other`.
    ///
    /// # Panics
    /// When it is a number that the dtype of `other` does not have.
    #[track_caller]
    fn beside(self, other: &Tensor) -> Tensor;
}

impl Operand for Tensor {
    fn beside(self, _: &Tensor) -> Tensor {
        self
    }
}

impl Operand for &Tensor {
    fn beside(self, _: &Tensor) -> Tensor {
        self.clone()
    }
}

impl Operand for f64 {
    #[track_caller]
    fn beside(self, other: &Tensor) -> Tensor {
        Tensor::scalar_like(other, self)
    }
}

impl Operand for i32 {
    #[track_caller]
    fn beside(self, other: &Tensor) -> Tensor {
        Tensor::scalar_like(other, self.into())
    }
}

macro_rules! operators {
    ($($Operator:ident $method:ident,)*) => {$(
        operators!(@ $Operator $method, |a: Tensor, b: Tensor| Tensor::$method(&a, &b));
        operators!(@ $Operator $method, |a: Tensor, b: &Tensor| Tensor::$method(&a, b));
        operators!(@ $Operator $method, |a: &Tensor, b: Tensor| Tensor::$method(a, &b));
        operators!(@ $Operator $method, |a: &Tensor, b: &Tensor| Tensor::$method(a, b));
        operators!(@ $Operator $method, |a: Tensor, b: f64| Tensor::$method(&a, b));
        operators!(@ $Operator $method, |a: &Tensor, b: f64| Tensor::$method(a, b));
        operators!(@ $Operator $method, |a: Tensor, b: i32| Tensor::$method(&a, b));
        operators!(@ $Operator $method, |a: &Tensor, b: i32| Tensor::$method(a, b));
        operators!(@ $Operator $method, |a: i32, b: Tensor| Tensor::$method(&Tensor::scalar_like(&b, a.into()), &b));
        operators!(@ $Operator $method, |a: i32, b: &Tensor| Tensor::$method(&Tensor::scalar_like(b, a.into()), b));
        operators!(@ $Operator $method, |a: f64, b: Tensor| Tensor::$method(&Tensor::scalar_like(&b, a), &b));
        operators!(@ $Operator $method, |a: f64, b: &Tensor| Tensor::$method(&Tensor::scalar_like(b, a), b));
    )*};
    (@ $Operator:ident $method:ident, |$a:ident: $A:ty, $b:ident: $B:ty| $call:expr) => {
        impl $Operator<$B> for $A {
            type Output = Tensor;

            #[inline]
            #[track_caller]
            fn $method(self, other: $B) -> Tensor {
                let ($a, $b) = (self, other);
                $call
            }
        }
    };
}

operators! { Add add, Sub sub, Mul mul, Div div, }

impl Neg for Tensor {
    type Output = Tensor;

    #[track_caller]
    fn neg(self) -> Tensor {
        Tensor::neg(&self)
    }
}

impl Neg for &Tensor {
    type Output = Tensor;

    #[track_caller]
    fn neg(self) -> Tensor {
        Tensor::neg(self)
    }
}
