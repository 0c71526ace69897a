//! Sums of powers in one pass, and the polynomials that are orthogonal over the numbers that they were taken of.

use std::cmp::Ordering;

use crate::double_double::DoubleDouble;

/// Sums of the powers of `(value - shift) / 2^scale`, with 32 digits: those of the numbers themselves would lose the
/// digits in which the numbers differ. The shift is a number amid the first ones, and the scale the size of their differences.
#[derive(Clone, Debug)]
pub(crate) struct Moments {
    shift: f64,
    /// A power of 2, or 0 as long as all numbers are the same.
    unit: f64,
    /// The sums of powers 0, 1, 2, …
    sums: Vec<DoubleDouble>,
}

impl Moments {
    /// Nothing so far; powers up to `power`.
    pub fn new(power: usize) -> Moments {
        Moments { shift: f64::NAN, unit: 0.0, sums: vec![DoubleDouble::ZERO; power + 1] }
    }

    pub fn add(&mut self, values: &[f64]) {
        if self.shift.is_nan() && !values.is_empty() {
            // The value nearest the mean: of equal numbers the differences are exactly 0.
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            let nearest = |a: &&f64, b: &&f64| (*a - mean).abs().total_cmp(&(*b - mean).abs());
            self.shift = values.iter().min_by(nearest).copied().unwrap_or(0.0);
            self.find_unit(values.iter().fold(0.0, |most, value| f64::max(most, (value - self.shift).abs())));
        }
        for &value in values {
            let mut difference = DoubleDouble::sum(value, -self.shift);
            self.find_unit(difference.high.abs());
            if self.unit != 0.0 {
                difference =
                    DoubleDouble { high: difference.high / self.unit, low: difference.low / self.unit };
            }
            let mut power = DoubleDouble::from(1.0);
            let last = self.sums.len() - 1;
            for (index, sum) in self.sums.iter_mut().enumerate() {
                *sum += power;
                if index < last {
                    power = power * difference;
                }
            }
        }
    }

    fn find_unit(&mut self, size: f64) {
        if self.unit == 0.0 && size > 0.0 {
            self.unit = 2f64.powi(libm::log2(size).round().clamp(-1000.0, 1000.0) as i32);
        }
    }

    /// The mean and, of powers up to 2, the sum of squares about it over the count less `ddof`, under a root. A
    /// deviation of 0 is given as 1, so that what does not vary is not divided by it.
    pub fn mean_and_deviation(&self, ddof: u32) -> (f64, f64) {
        let count = self.sums[0];
        let mean = self.sums[1] / count;
        let centre = (DoubleDouble::from(self.shift) + scaled(mean, self.unit)).value();
        if self.sums.len() < 3 {
            return (centre, 1.0);
        }
        let squares = self.sums[2] - mean * self.sums[1];
        let variance = squares / (count - DoubleDouble::from(f64::from(ddof)));
        let deviation = variance.sqrt().value() * self.unit;
        (centre, if deviation > 0.0 && deviation.is_finite() { deviation } else { 1.0 })
    }

    /// The polynomials of degrees up to half the highest power, or how many there are if the numbers are too few.
    ///
    /// The recurrence comes from the sums of powers by Chebyshev's algorithm (W. Gautschi, Orthogonal Polynomials:
    /// Computation and Approximation, Oxford 2004, section 2.1.7), which loses digits as the degree grows; it has
    /// 32 to begin with.
    pub fn polynomials(&self) -> Result<Polynomials, usize> {
        let degree = (self.sums.len() - 1) / 2;
        let count = 2 * degree + 1;
        let (mut centres, mut squares) = (Vec::new(), Vec::new());
        // `current[l]` is the sum of p_k(t) t^l, where p_k is the polynomial of degree k.
        let mut before = vec![DoubleDouble::ZERO; count];
        let mut current = self.sums.clone();
        for k in 0..=degree {
            let square = current[k];
            let scale = squares.last().copied().unwrap_or(square);
            // Also where it is NaN.
            if (square.high / self.sums[2 * k].high).partial_cmp(&1e-27) != Some(Ordering::Greater) {
                return Err(k.saturating_sub(1));
            }
            let ratio = if k == 0 { DoubleDouble::ZERO } else { square / scale };
            squares.push(square);
            if k == degree {
                break;
            }
            let mut alpha = current[k + 1] / square;
            if k > 0 {
                alpha = alpha - before[k] / scale;
            }
            centres.push(alpha);
            let next = (0..count).map(|l| match l + 1 < count - k {
                true if l > k => current[l + 1] - alpha * current[l] - ratio * before[l],
                _ => DoubleDouble::ZERO,
            });
            let next = Vec::from_iter(next);
            before = std::mem::replace(&mut current, next);
        }
        let root = |square: &DoubleDouble| square.sqrt();
        let roots = Vec::from_iter(squares.iter().map(root));
        let slopes = roots.windows(2).map(|pair| (pair[0] / pair[1]).value() / self.unit);
        let unit = self.unit;
        let drops = (0..degree).map(|k| match k {
            0 => 0.0,
            _ => (squares[k] / roots[k - 1] / roots[k + 1]).value(),
        });
        // In terms of q_k = p_k / |p_k|: q_(k+1) = (t - centre) slope q_k - drop q_(k-1), drop = |p_k|^2 / (|p_(k-1)| |p_(k+1)|).
        Ok(Polynomials {
            start: (DoubleDouble::from(1.0) / roots[0]).value(),
            shift: self.shift,
            centres: centres.iter().map(|centre| scaled(*centre, unit).value()).collect(),
            slopes: slopes.collect(),
            drops: drops.collect(),
        })
    }
}

fn scaled(number: DoubleDouble, unit: f64) -> DoubleDouble {
    DoubleDouble { high: number.high * unit, low: number.low * unit }
}

/// Polynomials of which the values at the numbers learned from are orthogonal to each other and to a constant, and
/// have squares that add up to 1: R's `poly`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Polynomials {
    /// The polynomial of degree 0.
    pub start: f64,
    /// What is taken from a number before anything else.
    pub shift: f64,
    pub centres: Vec<f64>,
    pub slopes: Vec<f64>,
    pub drops: Vec<f64>,
}

impl Polynomials {
    pub fn degree(&self) -> usize {
        self.centres.len()
    }

    /// The polynomials of degrees 1 and up at these numbers, one list for each degree.
    pub fn values(&self, numbers: &[f64]) -> Vec<Vec<f64>> {
        let mut all = vec![Vec::with_capacity(numbers.len()); self.degree()];
        for &number in numbers {
            let place = number - self.shift;
            let (mut before, mut current) = (0.0, self.start);
            for (degree, values) in all.iter_mut().enumerate() {
                let next = (place - self.centres[degree]) * self.slopes[degree] * current
                    - self.drops[degree] * before;
                values.push(next);
                before = std::mem::replace(&mut current, next);
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polynomials(numbers: &[f64], degree: usize) -> Result<Polynomials, usize> {
        let mut moments = Moments::new(2 * degree);
        moments.add(numbers);
        moments.polynomials()
    }

    /// poly(c(1, 2, 4, 7), 3) of R, which by hand is a Gram-Schmidt process: the first is (x - 3.5) / sqrt(21).
    #[test]
    fn polynomials_are_orthonormal_wherever_the_numbers_lie() {
        for shift in [0.0, 1e9, -3e5] {
            let numbers = [1.0, 2.0, 4.0, 7.0, 9.0, 9.5, 12.0].map(|number| number + shift);
            let values = polynomials(&numbers, 4).unwrap().values(&numbers);
            for (i, a) in values.iter().enumerate() {
                assert!(a.iter().sum::<f64>().abs() < 1e-14, "{shift} {i}");
                for (j, b) in values.iter().enumerate() {
                    let product: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                    assert!(
                        (product - f64::from(u8::from(i == j))).abs() < 1e-13,
                        "{shift} {i} {j} {product}"
                    );
                }
            }
        }
        let numbers = [1.0, 2.0, 4.0, 7.0];
        let first = &polynomials(&numbers, 3).unwrap().values(&numbers)[0];
        for (value, number) in first.iter().zip(numbers) {
            assert!((value - (number - 3.5) / 21f64.sqrt()).abs() < 1e-15);
        }
    }

    #[test]
    fn an_outlier_at_the_beginning_is_no_reason_to_refuse() {
        let mut numbers = vec![1e4];
        numbers.extend((0..200).map(|i| f64::from(i * i % 37)));
        let values = polynomials(&numbers, 3).unwrap().values(&numbers);
        for (i, a) in values.iter().enumerate() {
            for (j, b) in values.iter().enumerate() {
                let product: f64 = a.iter().zip(b).map(|(x, y)| x * y).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-7, "{i} {j} {product}");
            }
        }
    }

    #[test]
    fn as_many_as_there_are_different_numbers() {
        assert_eq!(polynomials(&[1.0, 2.0, 3.0, 3.0], 3), Err(2));
        assert_eq!(polynomials(&[5.0, 5.0], 1), Err(0));
        assert!(polynomials(&[1.0, 2.0, 3.0, 3.0], 2).is_ok());
    }

    #[test]
    fn means_far_from_the_origin_keep_their_digits() {
        let mut moments = Moments::new(2);
        moments.add(&[1e15 + 1.0, 1e15 + 2.0, 1e15 + 6.0]);
        assert_eq!(moments.mean_and_deviation(1), (1e15 + 3.0, 7f64.sqrt()));
        let mut constant = Moments::new(2);
        constant.add(&[0.1; 1000]);
        assert_eq!(constant.mean_and_deviation(0), (0.1, 1.0));
    }
}
