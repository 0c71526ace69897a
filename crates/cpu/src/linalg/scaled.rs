//! `Scaled`: a product that neither overflows nor vanishes on the way.

use ndgrad_array::Scalar;

/// `mantissa * 2^exponent`, with a mantissa that is 0, not finite, or of a magnitude in [1, 2).
#[derive(Clone, Copy, Debug)]
pub struct Scaled {
    mantissa: f64,
    exponent: i64,
}

impl Scaled {
    pub const ONE: Scaled = Scaled { mantissa: 1.0, exponent: 0 };

    pub fn of(x: f64) -> Scaled {
        if x == 0.0 || !x.is_finite() {
            return Scaled { mantissa: x, exponent: 0 };
        }
        // Below the normal numbers the exponent's bits are all 0.
        let (normal, shift) = if x.is_normal() { (x, 0) } else { (x * (1u64 << 54) as f64, -54) };
        let bits = normal.to_bits();
        let exponent = (bits >> 52 & 0x7ff) as i64 - 1023;
        let mantissa = f64::from_bits(bits & !(0x7ff << 52) | 1023 << 52);
        Scaled { mantissa, exponent: exponent + shift }
    }

    pub fn times(self, other: Scaled) -> Scaled {
        let product = Scaled::of(self.mantissa * other.mantissa);
        Scaled { exponent: product.exponent + self.exponent + other.exponent, ..product }
    }

    pub fn product(factors: impl IntoIterator<Item = f64>) -> Scaled {
        factors.into_iter().fold(Scaled::ONE, |product, factor| product.times(Scaled::of(factor)))
    }

    pub fn exponent(self) -> i64 {
        self.exponent
    }

    pub fn get(self) -> f64 {
        scale(self.mantissa, self.exponent)
    }

    /// -1, 0, 1 or NaN.
    pub fn sign(self) -> f64 {
        if self.mantissa == 0.0 || self.mantissa.is_nan() { self.mantissa } else { self.mantissa.signum() }
    }

    /// The logarithm of the magnitude. Nothing cancels near 1, as the mantissa is brought to [0.7, 1.4] first.
    pub fn ln_abs(self) -> f64 {
        let magnitude = self.mantissa.abs();
        match magnitude > std::f64::consts::SQRT_2 && magnitude.is_finite() {
            true => Scalar::ln(magnitude / 2.0) + (self.exponent + 1) as f64 * std::f64::consts::LN_2,
            false => Scalar::ln(magnitude) + self.exponent as f64 * std::f64::consts::LN_2,
        }
    }
}

/// `x * 2^exponent`
pub fn scale(mut x: f64, mut exponent: i64) -> f64 {
    const STEP: i64 = 1000;
    let power = |exponent: i64| f64::from_bits(((exponent + 1023) as u64) << 52);
    while exponent.abs() > STEP && x != 0.0 && x.is_finite() {
        let step = exponent.signum() * STEP;
        x *= power(step);
        exponent -= step;
    }
    x * power(exponent.clamp(-STEP, STEP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_that_overflow_on_the_way() {
        let power = |exponent: i32| 2f64.powi(exponent);
        assert_eq!(Scaled::product([power(900), -power(800), power(-1000), 3.0]).get(), -3.0 * power(700));
        assert_eq!(Scaled::product([power(-900), power(-800), power(1000)]).get(), power(-700));
        assert_eq!(Scaled::product([f64::from_bits(1), power(1000), power(74)]).get(), 1.0);
        assert_eq!(Scaled::product([1e200, 1e200]).get(), f64::INFINITY);
        assert_eq!(Scaled::product([1e-200, -1e-200]).get(), 0.0);
        assert_eq!(Scaled::product([0.0, f64::MAX, f64::MAX]).get(), 0.0);
        assert_eq!(Scaled::product([]).get(), 1.0);
        assert!(Scaled::product([f64::NAN, 1.0]).sign().is_nan());
    }

    #[test]
    fn logarithms_of_what_a_float_cannot_hold() {
        let huge = Scaled::product([1e300; 4]);
        assert!((huge.ln_abs() - 1200.0 * std::f64::consts::LN_10).abs() < 2e-12);
        assert_eq!(Scaled::of(0.0).ln_abs(), f64::NEG_INFINITY);
        assert!((Scaled::of(1.0 - f64::EPSILON).ln_abs() / f64::EPSILON + 1.0).abs() < 1e-12);
    }
}
