//! `Scalar`: the numbers that formulas are written over.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// A number as a formula sees it.
///
/// A formula is written once, generic over `Scalar`, and read in several ways: as `f32` and `f64` it is the
/// loop that a CPU runs. It may not branch on values ([`Scalar::select`] chooses), so that the same formula can
/// be read over lanes of a vector register.
///
/// Square root and the four operations are exact to the last bit by IEEE 754; the other functions are those of
/// the `libm` crate, so that every machine computes the same bits.
pub trait Scalar:
    Copy + Add<Output = Self> + Sub<Output = Self> + Mul<Output = Self> + Div<Output = Self> + Neg<Output = Self>
{
    /// The answer of a comparison.
    type Mask: Copy;
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// The nearest number to a literal of the formula.
    fn literal(value: f64) -> Self;
    /// `self * factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// The square root; NaN below 0.
    fn sqrt(self) -> Self;
    /// The distance from 0.
    fn abs(self) -> Self;
    /// e to the power of self.
    fn exp(self) -> Self;
    /// The natural logarithm; -inf at 0, NaN below.
    fn ln(self) -> Self;
    /// Whether self is less than `other`; false if either is NaN.
    fn less(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is true, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
}

macro_rules! scalar {
    ($float:ty, $exp:path, $ln:path) => {
        impl Scalar for $float {
            type Mask = bool;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;

            #[inline(always)]
            fn literal(value: f64) -> Self {
                value as $float
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                <$float>::mul_add(self, factor, term)
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                <$float>::sqrt(self)
            }

            #[inline(always)]
            fn abs(self) -> Self {
                <$float>::abs(self)
            }

            #[inline(always)]
            fn exp(self) -> Self {
                $exp(self)
            }

            #[inline(always)]
            fn ln(self) -> Self {
                $ln(self)
            }

            #[inline(always)]
            fn less(self, other: Self) -> bool {
                self < other
            }

            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }
        }
    };
}

scalar!(f32, libm::expf, libm::logf);
scalar!(f64, libm::exp, libm::log);
