//! `Scalar`: the numbers that formulas are written over.

use std::num::Wrapping;
use std::ops::{Add, BitAnd, BitOr, BitXor, Div, Mul, Neg, Not, Rem, Sub};

use crate::{Truth, math};

/// A number as a formula sees it.
///
/// A formula is written once, generic over `Scalar`, and read in several ways: as `f32` it is a loop that a CPU
/// runs. It may not branch on values ([`Scalar::select`] chooses), so that the same formula can be read over lanes
/// of a vector register.
///
/// The four operations and the square root are exact to the last bit by IEEE 754; the other functions are ours or
/// those of the `libm` crate, so that every machine computes the same bits. Whole numbers wrap around. What has no meaning
/// for a dtype (the sine of an i32) is never called: an operation names the dtypes that it takes.
pub trait Scalar:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Rem<Output = Self>
    + Neg<Output = Self>
{
    /// The answer of a comparison.
    type Mask: Copy
        + Into<bool>
        + BitAnd<Output = Self::Mask>
        + BitOr<Output = Self::Mask>
        + BitXor<Output = Self::Mask>
        + Not<Output = Self::Mask>;
    /// 0
    const ZERO: Self;
    /// 1
    const ONE: Self;
    /// What is below everything else: minus infinity, or the smallest whole number.
    const LOWEST: Self;
    /// What is above everything else: infinity, or the largest whole number.
    const HIGHEST: Self;
    /// What is no number; 0 where every element is one.
    const NAN: Self;

    /// The nearest number to a literal of the formula.
    fn literal(value: f64) -> Self;
    /// Whether self is less than `other`; false if either is NaN.
    fn less(self, other: Self) -> Self::Mask;
    /// Whether both are equal; false if either is NaN.
    fn equal(self, other: Self) -> Self::Mask;
    /// `yes` where the mask is true, `no` elsewhere.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;
    /// The distance from 0; the smallest whole number is its own.
    fn abs(self) -> Self;
    /// `self * factor + term`, rounded once.
    fn mul_add(self, factor: Self, term: Self) -> Self;
    /// Self to the power of `exponent`. For whole numbers by repeated multiplication; to a negative power it is 0
    /// but for 1 and -1.
    fn pow(self, exponent: Self) -> Self;

    /// The magnitude of self with the sign of `sign`.
    fn copysign(self, sign: Self) -> Self;
    /// The square root; NaN below 0.
    fn sqrt(self) -> Self;
    /// The cube root.
    fn cbrt(self) -> Self;
    /// e to the power of self.
    fn exp(self) -> Self;
    /// 2 to the power of self.
    fn exp2(self) -> Self;
    /// e to the power of self, less 1, without cancellation near 0.
    fn exp_m1(self) -> Self;
    /// The natural logarithm; -inf at 0, NaN below.
    fn ln(self) -> Self;
    /// The logarithm to base 2.
    fn log2(self) -> Self;
    /// The logarithm to base 10.
    fn log10(self) -> Self;
    /// The natural logarithm of 1 + self, without cancellation near 0.
    fn ln_1p(self) -> Self;
    /// The sine of an angle in radians.
    fn sin(self) -> Self;
    /// The cosine of an angle in radians.
    fn cos(self) -> Self;
    /// The tangent of an angle in radians.
    fn tan(self) -> Self;
    /// The angle in [-pi/2, pi/2] with this sine; NaN outside [-1, 1].
    fn asin(self) -> Self;
    /// The angle in [0, pi] with this cosine; NaN outside [-1, 1].
    fn acos(self) -> Self;
    /// The angle in (-pi/2, pi/2) with this tangent.
    fn atan(self) -> Self;
    /// The angle of the point (x, self), in [-pi, pi].
    fn atan2(self, x: Self) -> Self;
    /// The hyperbolic sine.
    fn sinh(self) -> Self;
    /// The hyperbolic cosine.
    fn cosh(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The inverse of the hyperbolic sine.
    fn asinh(self) -> Self;
    /// The inverse of the hyperbolic cosine; NaN below 1.
    fn acosh(self) -> Self;
    /// The inverse of the hyperbolic tangent; NaN outside [-1, 1].
    fn atanh(self) -> Self;
    /// The distance of the point (self, other) from the origin, without overflow between.
    fn hypot(self, other: Self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// 1 less the error function, without cancellation.
    fn erfc(self) -> Self;
    /// The probability that a standard normal number is below self, without cancellation.
    fn normal_cdf(self) -> Self;
    /// The gamma function.
    fn gamma(self) -> Self;
    /// The logarithm of the absolute value of the gamma function.
    fn lgamma(self) -> Self;
    /// The largest whole number not above self.
    fn floor(self) -> Self;
    /// The smallest whole number not below self.
    fn ceil(self) -> Self;
    /// The nearest whole number; of two equally near ones the even one.
    fn round_even(self) -> Self;
    /// Self without its fraction.
    fn trunc(self) -> Self;
}

macro_rules! float_scalar {
    ($float:ident, $($name:ident($($other:ident)?) = $function:path),* $(,)?) => {
        impl Scalar for $float {
            type Mask = bool;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const LOWEST: Self = $float::NEG_INFINITY;
            const HIGHEST: Self = $float::INFINITY;
            const NAN: Self = $float::NAN;

            #[inline(always)]
            fn literal(value: f64) -> Self {
                value as $float
            }

            #[inline(always)]
            fn less(self, other: Self) -> bool {
                self < other
            }

            #[inline(always)]
            fn equal(self, other: Self) -> bool {
                self == other
            }

            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }

            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                $float::mul_add(self, factor, term)
            }

            #[inline(always)]
            fn copysign(self, sign: Self) -> Self {
                $float::copysign(self, sign)
            }

            #[inline(always)]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }

            #[inline(always)]
            fn floor(self) -> Self {
                $float::floor(self)
            }

            #[inline(always)]
            fn ceil(self) -> Self {
                $float::ceil(self)
            }

            #[inline(always)]
            fn round_even(self) -> Self {
                self.round_ties_even()
            }

            #[inline(always)]
            fn trunc(self) -> Self {
                $float::trunc(self)
            }

            $(
                #[inline(always)]
                fn $name(self, $($other: Self)?) -> Self {
                    $function(self, $($other)?)
                }
            )*
        }
    };
}

float_scalar! { f32,
    pow(exponent) = math::pow_single, cbrt() = math::cbrt_single, exp() = math::exp_single, exp2() = math::exp2_single,
    exp_m1() = math::exp_m1_single, ln() = math::ln_single, log2() = math::log2_single, log10() = math::log10_single,
    ln_1p() = math::ln_1p_single, sin() = math::sin_single, cos() = math::cos_single, tan() = math::tan_single,
    asin() = math::asin_single, acos() = math::acos_single, atan() = math::atan_single,
    atan2(x) = math::atan2_single, sinh() = math::sinh_single, cosh() = math::cosh_single,
    tanh() = math::tanh_single, asinh() = math::asinh_single, acosh() = math::acosh_single,
    atanh() = math::atanh_single, hypot(other) = math::hypot_single, erf() = math::erf_single,
    erfc() = math::erfc_single, normal_cdf() = math::normal_cdf_single, gamma() = libm::tgammaf,
    lgamma() = libm::lgammaf,
}

float_scalar! { f64,
    pow(exponent) = libm::pow, cbrt() = libm::cbrt, exp() = math::exp, exp2() = math::exp2, exp_m1() = math::exp_m1,
    ln() = math::ln, log2() = math::log2, log10() = math::log10, ln_1p() = math::ln_1p, sin() = libm::sin,
    cos() = libm::cos, tan() = libm::tan, asin() = libm::asin, acos() = libm::acos, atan() = libm::atan,
    atan2(x) = libm::atan2, sinh() = math::sinh, cosh() = math::cosh, tanh() = math::tanh, asinh() = libm::asinh,
    acosh() = libm::acosh, atanh() = libm::atanh, hypot(other) = libm::hypot, erf() = libm::erf,
    erfc() = libm::erfc, normal_cdf() = math::normal_cdf, gamma() = libm::tgamma, lgamma() = libm::lgamma,
}

/// What numbers without a fraction have, and what they have not.
macro_rules! whole_scalar {
    ($type:ty, $zero:expr, $one:expr, $lowest:expr, $highest:expr, $literal:expr, $abs:expr, $pow:expr) => {
        impl Scalar for $type {
            type Mask = bool;
            const ZERO: Self = $zero;
            const ONE: Self = $one;
            const LOWEST: Self = $lowest;
            const HIGHEST: Self = $highest;
            const NAN: Self = $zero;

            #[inline(always)]
            fn literal(value: f64) -> Self {
                $literal(value)
            }

            #[inline(always)]
            fn less(self, other: Self) -> bool {
                self < other
            }

            #[inline(always)]
            fn equal(self, other: Self) -> bool {
                self == other
            }

            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                if mask { yes } else { no }
            }

            #[inline(always)]
            fn abs(self) -> Self {
                $abs(self)
            }

            #[inline(always)]
            fn mul_add(self, factor: Self, term: Self) -> Self {
                self * factor + term
            }

            #[inline(always)]
            fn pow(self, exponent: Self) -> Self {
                $pow(self, exponent)
            }

            whole_scalar!(@ copysign(sign) sqrt() cbrt() exp() exp2() exp_m1() ln() log2() log10() ln_1p() sin()
                cos() tan() asin() acos() atan() atan2(x) sinh() cosh() tanh() asinh() acosh() atanh() hypot(other) erf()
                erfc() normal_cdf() gamma() lgamma() floor() ceil() round_even() trunc());
        }
    };
    (@ $($name:ident($($other:ident)?))*) => {$(
        fn $name(self, $($other: Self)?) -> Self {
            $(let _ = $other;)?
            unreachable!(concat!(stringify!($name), " is an operation on floats"))
        }
    )*};
}

macro_rules! whole_numbers {
    ($($type:ident, $abs:expr, $negative:expr;)*) => {$(
        whole_scalar!(
            Wrapping<$type>,
            Wrapping(0),
            Wrapping(1),
            Wrapping($type::MIN),
            Wrapping($type::MAX),
            |value: f64| Wrapping(value as $type),
            $abs,
            |base: Wrapping<$type>, exponent: Wrapping<$type>| {
                if $negative(exponent.0) {
                    // The reciprocal, cut to a whole number: of -1 it is 1 or -1.
                    return match (base.0.wrapping_mul(base.0) == 1, exponent.0 % 2 == 0) {
                        (false, _) => Wrapping(0),
                        (true, true) => Wrapping(1),
                        (true, false) => base,
                    };
                }
                let mut power = Wrapping(1);
                let (mut square, mut left) = (base, exponent.0);
                while left > 0 {
                    if left % 2 == 1 {
                        power *= square;
                    }
                    square *= square;
                    left /= 2;
                }
                power
            }
        );
    )*};
}

whole_numbers! {
    i32, |x: Wrapping<i32>| Wrapping(x.0.wrapping_abs()), |x| x < 0;
    i64, |x: Wrapping<i64>| Wrapping(x.0.wrapping_abs()), |x| x < 0;
    u8, |x| x, |_| false;
}

whole_scalar!(
    Truth,
    Truth::new(false),
    Truth::new(true),
    Truth::new(false),
    Truth::new(true),
    |value: f64| Truth::new(value != 0.0),
    |x| x,
    |_, _| unreachable!("pow is an operation on numbers")
);
