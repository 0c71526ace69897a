//! `Element`: the types that kernels compute with; `Item`: those that programs read and write.

use std::fmt::Debug;
use std::num::Wrapping;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

use bytemuck::{Pod, Zeroable};

use crate::{DType, Scalar};

/// A type that kernels compute with, one per dtype.
pub trait Element: Pod + Scalar + PartialOrd + Default + Debug + Send + Sync {
    /// The dtype that it stands for.
    const DTYPE: DType;
    /// The value, widened.
    fn widen(self) -> Wide;
    /// The nearest value: a fraction is cut off, what is too large for a whole number saturates, whole numbers wrap
    /// around among each other, and everything but 0 is true.
    fn narrow(wide: Wide) -> Self;
    /// The value as f64: exact but for large i64.
    fn to_f64(self) -> f64;
}

/// A number of any dtype.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Wide {
    /// From f32 or f64.
    Float(f64),
    /// From a whole number, or 0 and 1 from false and true.
    Whole(i64),
}

/// True or false as one byte: what arrays of bool hold. Always 0 or 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(transparent)]
pub struct Truth(u8);

impl Truth {
    /// From a comparison.
    #[inline(always)]
    pub const fn new(truth: bool) -> Truth {
        Truth(truth as u8)
    }

    /// As Rust has it.
    #[inline(always)]
    pub const fn get(self) -> bool {
        self.0 != 0
    }
}

macro_rules! arithmetic_of_truth {
    ($($Operator:ident $method:ident,)*) => {$(
        impl $Operator for Truth {
            type Output = Truth;

            fn $method(self, _: Truth) -> Truth {
                unreachable!("operations on bool are comparisons, choices and logic")
            }
        }
    )*};
}

arithmetic_of_truth! { Add add, Sub sub, Mul mul, Div div, Rem rem, }

impl Neg for Truth {
    type Output = Truth;

    fn neg(self) -> Truth {
        unreachable!("operations on bool are comparisons, choices and logic")
    }
}

macro_rules! float_element {
    ($($type:ty: $dtype:ident),*) => {$(
        impl Element for $type {
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn widen(self) -> Wide {
                Wide::Float(self as f64)
            }

            #[inline(always)]
            fn narrow(wide: Wide) -> Self {
                match wide {
                    Wide::Float(value) => value as $type,
                    Wide::Whole(value) => value as $type,
                }
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
        }
    )*};
}

float_element!(f32: F32, f64: F64);

macro_rules! whole_element {
    ($($type:ty: $dtype:ident),*) => {$(
        impl Element for Wrapping<$type> {
            const DTYPE: DType = DType::$dtype;

            #[inline(always)]
            fn widen(self) -> Wide {
                Wide::Whole(self.0 as i64)
            }

            #[inline(always)]
            fn narrow(wide: Wide) -> Self {
                Wrapping(match wide {
                    Wide::Float(value) => value as $type,
                    Wide::Whole(value) => value as $type,
                })
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.0 as f64
            }
        }
    )*};
}

whole_element!(i32: I32, i64: I64, u8: U8);

impl Element for Truth {
    const DTYPE: DType = DType::Bool;

    #[inline(always)]
    fn widen(self) -> Wide {
        Wide::Whole(self.0.into())
    }

    #[inline(always)]
    fn narrow(wide: Wide) -> Self {
        Truth::new(match wide {
            Wide::Float(value) => value != 0.0,
            Wide::Whole(value) => value != 0,
        })
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self.0.into()
    }
}

/// A Rust type whose values a program puts into arrays and reads from them.
pub trait Item: Copy + Debug + PartialEq + Send + Sync + 'static {
    /// The type that kernels use for it.
    type Element: Element;
    /// As kernels have it.
    fn store(self) -> Self::Element;
    /// As programs have it.
    fn load(element: Self::Element) -> Self;
}

macro_rules! item {
    ($($type:ty as $element:ty: $store:expr, $load:expr;)*) => {$(
        impl Item for $type {
            type Element = $element;

            #[inline(always)]
            fn store(self) -> $element {
                $store(self)
            }

            #[inline(always)]
            fn load(element: $element) -> $type {
                $load(element)
            }
        }
    )*};
}

item! {
    f32 as f32: |x| x, |x| x;
    f64 as f64: |x| x, |x| x;
    i32 as Wrapping<i32>: Wrapping, |x: Wrapping<i32>| x.0;
    i64 as Wrapping<i64>: Wrapping, |x: Wrapping<i64>| x.0;
    u8 as Wrapping<u8>: Wrapping, |x: Wrapping<u8>| x.0;
    bool as Truth: Truth::new, Truth::get;
}

/// Runs an expression with `$T` standing for the [`Element`] of a dtype.
///
/// ```
/// use ndgrad_array::{DType, with_dtype};
/// let bytes = with_dtype!(DType::F64, T => std::mem::size_of::<T>());
/// assert_eq!(bytes, 8);
/// ```
///
/// With a set of dtypes, only those are compiled, and another one is a panic:
///
/// ```
/// use ndgrad_array::{DType, DTypes, Element, with_dtype};
/// let largest = with_dtype!(DType::F32, DTypes::FLOATS, T => T::DTYPE.size());
/// assert_eq!(largest, 4);
/// ```
#[macro_export]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        $crate::with_dtype!($dtype, $crate::DTypes::ALL, $T => $body)
    };
    ($dtype:expr, $dtypes:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::DType::F32 => $crate::with_dtype!(@ $dtypes, F32, f32, $T => $body),
            $crate::DType::F64 => $crate::with_dtype!(@ $dtypes, F64, f64, $T => $body),
            $crate::DType::I32 => $crate::with_dtype!(@ $dtypes, I32, ::std::num::Wrapping<i32>, $T => $body),
            $crate::DType::I64 => $crate::with_dtype!(@ $dtypes, I64, ::std::num::Wrapping<i64>, $T => $body),
            $crate::DType::U8 => $crate::with_dtype!(@ $dtypes, U8, ::std::num::Wrapping<u8>, $T => $body),
            $crate::DType::Bool => $crate::with_dtype!(@ $dtypes, Bool, $crate::Truth, $T => $body),
        }
    };
    (@ $dtypes:expr, $dtype:ident, $type:ty, $T:ident => $body:expr) => {
        if const { $dtypes.contains($crate::DType::$dtype) } {
            type $T = $type;
            $body
        } else {
            unreachable!("no kernel for {}", $crate::DType::$dtype)
        }
    };
}
