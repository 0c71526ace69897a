//! `DType`: the type of an array's elements; `DTypes`: a set of them.

use std::fmt;

/// The type of an array's elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DType {
    /// IEEE 754 binary32, the default.
    #[default]
    F32,
    /// IEEE 754 binary64.
    F64,
    /// Whole numbers of 32 bits; arithmetic wraps around.
    I32,
    /// Whole numbers of 64 bits; arithmetic wraps around.
    I64,
    /// Whole numbers from 0 to 255; arithmetic wraps around.
    U8,
    /// True or false.
    Bool,
}

impl DType {
    /// Every dtype.
    pub const ALL: &'static [DType] =
        &[DType::F32, DType::F64, DType::I32, DType::I64, DType::U8, DType::Bool];

    /// Bytes per element.
    #[inline]
    pub const fn size(self) -> usize {
        match self {
            DType::U8 | DType::Bool => 1,
            DType::F32 | DType::I32 => 4,
            DType::F64 | DType::I64 => 8,
        }
    }

    /// The name as written in programs and messages: `f32`.
    pub const fn name(self) -> &'static str {
        match self {
            DType::F32 => "f32",
            DType::F64 => "f64",
            DType::I32 => "i32",
            DType::I64 => "i64",
            DType::U8 => "u8",
            DType::Bool => "bool",
        }
    }

    /// Whether its numbers have a fraction: those that gradients flow through.
    #[inline]
    pub const fn is_float(self) -> bool {
        DTypes::FLOATS.contains(self)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A set of dtypes: those that an operation takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DTypes(u8);

impl DTypes {
    /// f32 and f64.
    pub const FLOATS: DTypes = DTypes::of(&[DType::F32, DType::F64]);
    /// i32, i64 and u8.
    pub const INTEGERS: DTypes = DTypes::of(&[DType::I32, DType::I64, DType::U8]);
    /// All that one can calculate with.
    pub const NUMBERS: DTypes = DTypes(DTypes::FLOATS.0 | DTypes::INTEGERS.0);
    /// Numbers that have an opposite: all but u8.
    pub const SIGNED: DTypes = DTypes::of(&[DType::F32, DType::F64, DType::I32, DType::I64]);
    /// bool alone.
    pub const BOOL: DTypes = DTypes::of(&[DType::Bool]);
    /// Every dtype.
    pub const ALL: DTypes = DTypes::of(DType::ALL);

    /// The set of these.
    pub const fn of(dtypes: &[DType]) -> DTypes {
        let mut bits = 0;
        let mut i = 0;
        while i < dtypes.len() {
            bits |= 1 << dtypes[i] as u8;
            i += 1;
        }
        DTypes(bits)
    }

    /// Whether `dtype` is one of them.
    #[inline]
    pub const fn contains(self, dtype: DType) -> bool {
        self.0 & 1 << dtype as u8 != 0
    }

    /// Those that are in both sets.
    #[inline]
    pub const fn and(self, other: DTypes) -> DTypes {
        DTypes(self.0 & other.0)
    }

    /// One after another, in the order of [`DType::ALL`].
    pub fn iter(self) -> impl Iterator<Item = DType> {
        DType::ALL.iter().copied().filter(move |&dtype| self.contains(dtype))
    }
}

impl fmt::Display for DTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.iter().map(DType::name).collect();
        f.pad(&names.join(", "))
    }
}

impl fmt::Debug for DTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
