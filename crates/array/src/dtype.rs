//! `DType`: the type of an array's elements.

use std::fmt;

use bytemuck::Pod;

use crate::Scalar;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DType {
    /// IEEE 754 binary32, the default.
    #[default]
    F32,
    /// IEEE 754 binary64.
    F64,
}

impl DType {
    /// Every dtype.
    pub const ALL: &'static [DType] = &[DType::F32, DType::F64];

    /// Bytes per element.
    #[inline]
    pub fn size(self) -> usize {
        match self {
            DType::F32 => 4,
            DType::F64 => 8,
        }
    }

    /// The name as written in programs and messages: `f32`.
    pub fn name(self) -> &'static str {
        match self {
            DType::F32 => "f32",
            DType::F64 => "f64",
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A Rust type that an array can hold.
pub trait Element: Pod + Scalar + PartialOrd + Default + fmt::Debug + Send + Sync {
    /// The dtype that stands for this type.
    const DTYPE: DType;
    /// The nearest value of this type.
    fn from_f64(value: f64) -> Self;
    /// The value, widened.
    fn to_f64(self) -> f64;
}

impl Element for f32 {
    const DTYPE: DType = DType::F32;

    #[inline]
    fn from_f64(value: f64) -> f32 {
        value as f32
    }

    #[inline]
    fn to_f64(self) -> f64 {
        self.into()
    }
}

impl Element for f64 {
    const DTYPE: DType = DType::F64;

    #[inline]
    fn from_f64(value: f64) -> f64 {
        value
    }

    #[inline]
    fn to_f64(self) -> f64 {
        self
    }
}

/// Runs a block with `$T` standing for the Rust type of a dtype.
///
/// ```
/// use ndgrad_array::{DType, with_dtype};
/// let bytes = with_dtype!(DType::F64, T => std::mem::size_of::<T>());
/// assert_eq!(bytes, 8);
/// ```
#[macro_export]
macro_rules! with_dtype {
    ($dtype:expr, $T:ident => $body:expr) => {
        match $dtype {
            $crate::DType::F32 => {
                type $T = f32;
                $body
            }
            $crate::DType::F64 => {
                type $T = f64;
                $body
            }
            other => unreachable!("dtype {other} has no Rust type"),
        }
    };
}
