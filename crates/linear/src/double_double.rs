//! `DoubleDouble`: a number kept as the sum of two `f64`, about 32 significant digits.
//!
//! Products are made exact by splitting factors in halves instead of with `f64::mul_add`: both give the same
//! bits, but where the compiler may not assume a fused multiply-add (any plain x86-64 build) `mul_add` is a
//! call into a library and cannot become SIMD.
//!
//! Sources: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische
//! Mathematik 18 (1971); D. E. Knuth, The Art of Computer Programming 2, section 4.2.2 (the sum of two
//! numbers with its error); Y. Hida, X. S. Li, D. H. Bailey, "Algorithms for quad-double precision floating
//! point arithmetic", ARITH-15 (2001).

use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// `2^27 + 1`, which splits 53 bits into two halves of at most 26.
const SPLITTER: f64 = 134_217_729.0;

/// The rounded sum of `a` and `b`, and what rounding left out (Knuth): `a + b` equals the two together.
#[inline(always)]
pub(crate) fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let part = sum - a;
    (sum, (a - (sum - part)) + (b - part))
}

/// The same as [`two_sum`] where `a` is known to be no smaller than `b` in size (Dekker).
#[inline(always)]
fn quick_two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    (sum, b - (sum - a))
}

/// `a` as the exact sum of two numbers of at most 26 bits each (Veltkamp, Dekker), for `|a| < 2^996`.
#[inline(always)]
fn split(a: f64) -> (f64, f64) {
    let scaled = SPLITTER * a;
    let high = scaled - (scaled - a);
    (high, a - high)
}

/// The rounded product of `a` and `b`, given with their halves, and what rounding left out (Dekker).
#[inline(always)]
fn two_product(a: f64, a_halves: (f64, f64), b: f64, b_halves: (f64, f64)) -> (f64, f64) {
    let product = a * b;
    let error = ((a_halves.0 * b_halves.0 - product) + a_halves.0 * b_halves.1 + a_halves.1 * b_halves.0)
        + a_halves.1 * b_halves.1;
    (product, error)
}

/// `high + low`, where `low` is at most half a unit in the last place of `high`.
///
/// Operations have a relative error of a few times `2^-104`. Numbers beyond about `2^996` and parts under
/// the range of `f64` are not catered for: callers scale their data by powers of two first.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct DoubleDouble {
    pub(crate) high: f64,
    pub(crate) low: f64,
}

impl DoubleDouble {
    pub(crate) const ZERO: DoubleDouble = DoubleDouble { high: 0.0, low: 0.0 };

    /// The exact sum of `a` and `b`.
    #[inline(always)]
    pub(crate) fn sum(a: f64, b: f64) -> Self {
        let (high, low) = two_sum(a, b);
        DoubleDouble { high, low }
    }

    /// The exact product of `a` and `b`.
    #[inline(always)]
    pub(crate) fn product(a: f64, b: f64) -> Self {
        let (high, low) = two_product(a, split(a), b, split(b));
        DoubleDouble { high, low }
    }

    /// The square root; of a negative number, NaN.
    pub(crate) fn sqrt(self) -> Self {
        let root = self.high.sqrt();
        if root == 0.0 {
            return DoubleDouble::from(root);
        }
        // One Newton step from a root of 53 bits gives twice as many.
        let rest = self - DoubleDouble::product(root, root);
        DoubleDouble::sum(root, rest.high / (2.0 * root))
    }

    /// The nearest `f64`.
    #[inline(always)]
    pub(crate) fn value(self) -> f64 {
        self.high
    }
}

impl From<f64> for DoubleDouble {
    #[inline(always)]
    fn from(high: f64) -> Self {
        DoubleDouble { high, low: 0.0 }
    }
}

impl Add for DoubleDouble {
    type Output = Self;

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        let (high, high_error) = two_sum(self.high, other.high);
        let (low, low_error) = two_sum(self.low, other.low);
        let (high, error) = quick_two_sum(high, high_error + low);
        let (high, low) = quick_two_sum(high, error + low_error);
        DoubleDouble { high, low }
    }
}

impl AddAssign for DoubleDouble {
    #[inline(always)]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for DoubleDouble {
    type Output = Self;

    #[inline(always)]
    fn neg(self) -> Self {
        DoubleDouble { high: -self.high, low: -self.low }
    }
}

impl Sub for DoubleDouble {
    type Output = Self;

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for DoubleDouble {
    type Output = Self;

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        let DoubleDouble { high, low } = DoubleDouble::product(self.high, other.high);
        let (high, low) = quick_two_sum(high, low + (self.high * other.low + self.low * other.high));
        DoubleDouble { high, low }
    }
}

impl Div for DoubleDouble {
    type Output = Self;

    /// Long division: two quotients of 53 bits, and a third that rounds.
    fn div(self, other: Self) -> Self {
        let first = self.high / other.high;
        let rest = self - other * first.into();
        let second = rest.high / other.high;
        let third = (rest - other * second.into()).high / other.high;
        DoubleDouble::sum(first, second) + third.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_rational::BigRational;
    use num_traits::{Signed, ToPrimitive};
    use proptest::prelude::*;

    fn exact(number: DoubleDouble) -> BigRational {
        BigRational::from_float(number.high).unwrap() + BigRational::from_float(number.low).unwrap()
    }

    /// `|computed - expected|` in units of `scale`.
    fn error(computed: DoubleDouble, expected: &BigRational, scale: &BigRational) -> f64 {
        ((exact(computed) - expected).abs() / scale.abs()).to_f64().unwrap()
    }

    fn numbers() -> impl Strategy<Value = DoubleDouble> {
        (-1e6..1e6, -1e-11..1e-11).prop_map(|(high, low): (f64, f64)| DoubleDouble::sum(high, low))
    }

    proptest! {
        #[test]
        fn sums_and_products_of_two_numbers_are_exact(a in -1e6..1e6, b in -1e-9..1e-9) {
            let [x, y] = [a, b].map(|number| BigRational::from_float(number).unwrap());
            prop_assert_eq!(exact(DoubleDouble::sum(a, b)), &x + &y);
            prop_assert_eq!(exact(DoubleDouble::product(a, b)), x * y);
        }

        #[test]
        fn the_split_product_is_the_fused_one(a in -1e6..1e6, b in -1e6..1e6) {
            let DoubleDouble { high, low } = DoubleDouble::product(a, b);
            prop_assert_eq!((high, low), (a * b, a.mul_add(b, -high)));
        }

        #[test]
        fn operations_agree_with_rational_arithmetic_to_31_digits(a in numbers(), b in numbers()) {
            let (x, y) = (exact(a), exact(b));
            let size = x.abs() + y.abs();
            prop_assert!(error(a + b, &(&x + &y), &size) < 1e-31);
            prop_assert!(error(a - b, &(&x - &y), &size) < 1e-31);
            prop_assert!(error(a * b, &(&x * &y), &(&x * &y)) < 1e-31);
            prop_assert!(error(a / b, &(&x / &y), &(&x / &y)) < 1e-31);
            let square = a * a;
            prop_assert!(error(square.sqrt(), &x.abs(), &x) < 1e-31);
        }
    }

    #[test]
    fn the_root_of_zero_is_zero() {
        assert_eq!(DoubleDouble::ZERO.sqrt(), DoubleDouble::ZERO);
    }
}
