//! `+ - * / %` and unary minus, for tensors and numbers, and `& | ^ !`, for tensors of bool, in every combination of
//! value and reference. A large tensor on the left that comes by value, which nobody else has and no gradient needs, is
//! written over: what `a * b + c` multiplies makes room for the sum.

use std::borrow::Cow;
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Sub};

use ndgrad_array::DTypes;

use crate::Tensor;
use crate::ops::{self, Zip, check_dtype, refuse};

/// What may stand beside a tensor in arithmetic: another tensor, or a number, which takes the tensor's dtype.
pub trait Operand {
    /// This operand as a tensor that can be combined with `other`.
    ///
    /// # Panics
    /// When it is a number that the dtype of `other` does not have.
    #[track_caller]
    fn beside(&self, other: &Tensor) -> Cow<'_, Tensor>;

    /// The tensor, if it is one and not a number.
    fn as_tensor(&self) -> Option<&Tensor> {
        None
    }
}

impl Operand for Tensor {
    #[inline]
    fn beside(&self, _: &Tensor) -> Cow<'_, Tensor> {
        Cow::Borrowed(self)
    }

    fn as_tensor(&self) -> Option<&Tensor> {
        Some(self)
    }
}

impl Operand for &Tensor {
    #[inline]
    fn beside(&self, _: &Tensor) -> Cow<'_, Tensor> {
        Cow::Borrowed(self)
    }

    fn as_tensor(&self) -> Option<&Tensor> {
        Some(self)
    }
}

impl Operand for f64 {
    #[track_caller]
    fn beside(&self, other: &Tensor) -> Cow<'_, Tensor> {
        Cow::Owned(Tensor::scalar_like(other, *self))
    }
}

impl Operand for i32 {
    #[track_caller]
    fn beside(&self, other: &Tensor) -> Cow<'_, Tensor> {
        Cow::Owned(Tensor::scalar_like(other, (*self).into()))
    }
}

macro_rules! operators {
    ($($Operator:ident $method:ident,)*) => {$(
        operators!(@ $Operator $method, |a: Tensor, b: Tensor| ops::$Operator.apply_over(a, &b));
        operators!(@ $Operator $method, |a: Tensor, b: &Tensor| ops::$Operator.apply_over(a, b));
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

operators! { Add add, Sub sub, Mul mul, Div div, Rem rem, }

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

macro_rules! logical_operators {
    ($($Operator:ident $operator:ident $method:ident,)*) => {$(
        logical_operators!(@ $Operator $operator $method, Tensor, Tensor);
        logical_operators!(@ $Operator $operator $method, Tensor, &Tensor);
        logical_operators!(@ $Operator $operator $method, &Tensor, Tensor);
        logical_operators!(@ $Operator $operator $method, &Tensor, &Tensor);
    )*};
    (@ $Operator:ident $operator:ident $method:ident, $A:ty, $B:ty) => {
        impl $Operator<$B> for $A {
            type Output = Tensor;

            #[track_caller]
            fn $operator(self, other: $B) -> Tensor {
                only_bool(stringify!($operator), &self);
                only_bool(stringify!($operator), &other);
                Tensor::$method(&self, other)
            }
        }
    };
}

logical_operators! { BitAnd bitand logical_and, BitOr bitor logical_or, BitXor bitxor logical_xor, }

impl Not for Tensor {
    type Output = Tensor;

    #[track_caller]
    fn not(self) -> Tensor {
        !&self
    }
}

impl Not for &Tensor {
    type Output = Tensor;

    #[track_caller]
    fn not(self) -> Tensor {
        only_bool("not", self);
        self.logical_not()
    }
}

/// For numbers these operators would mean bits to some readers and truth to others.
#[track_caller]
fn only_bool(name: &str, x: &Tensor) {
    if let Err(error) = check_dtype(name, DTypes::BOOL, &x.spec()) {
        refuse(error);
    }
}
