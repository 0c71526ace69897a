//! Numbers read from the beginning of bytes, without looking for their end first.

/// The powers of ten that are exact in f64.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];

/// Below this, whole numbers are exact in f64.
const EXACT: u64 = 1 << 53;

/// The number that `bytes` begin with, correctly rounded, and the bytes that it takes. `None` where there is none, or
/// where its end must be known first: the same text may still be a number (`1e999`, for one, which is infinite).
///
/// A number of few digits is a whole number times or divided by a power of ten, both of them exact, so that one
/// rounding gives the result: W. D. Clinger, "How to read floating point numbers accurately" (1990). The standard
/// library reads the others.
#[inline]
pub(crate) fn prefix(bytes: &[u8]) -> Option<(f64, usize)> {
    let mut at = usize::from(matches!(bytes.first(), Some(b'-' | b'+')));
    let negative = bytes.first() == Some(&b'-');
    let mut digits = 0;
    let start = at;
    at = whole(bytes, at, &mut digits);
    let mut count = at - start;
    let mut exponent = 0;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        let point = at;
        at = whole(bytes, at, &mut digits);
        exponent = -((at - point) as i64);
        count += at - point;
    }
    if count == 0 {
        return None;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'-' | b'+')));
        let (first, mut power) = (at + 1 + sign, 0);
        let end = whole(bytes, first, &mut power);
        if end == first {
            return None;
        }
        // More digits than this are no power to compute with.
        let power = if end - first > 8 { 99_999_999 } else { power as i64 };
        exponent += if bytes[at + 1] == b'-' { -power } else { power };
        at = end;
    }
    // Nineteen digits fit into 64 bits.
    let number = if count <= 19 && digits <= EXACT && exponent.unsigned_abs() <= 22 {
        let (number, power) = (digits as f64, POWERS[exponent.unsigned_abs() as usize]);
        let number = if exponent < 0 { number / power } else { number * power };
        if negative { -number } else { number }
    } else {
        std::str::from_utf8(&bytes[..at]).ok()?.parse().ok().filter(|number: &f64| number.is_finite())?
    };
    Some((number, at))
}

/// Appends the digits from `at` on to `number` (which wraps if they are too many), and gives their end.
#[inline(always)]
fn whole(bytes: &[u8], mut at: usize, number: &mut u64) -> usize {
    while let Some(eight) = bytes.get(at..at + 8) {
        let eight = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        let Some(value) = eight_digits(eight) else { break };
        *number = number.wrapping_mul(100_000_000).wrapping_add(value);
        at += 8;
    }
    while let Some(digit @ 0..10) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')) {
        *number = number.wrapping_mul(10).wrapping_add(digit.into());
        at += 1;
    }
    at
}

/// The number that eight ASCII digits make, the first in the lowest byte: neighbours are joined to numbers of two
/// digits, these to four, and these to eight.
#[inline(always)]
fn eight_digits(bytes: u64) -> Option<u64> {
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    let is_digits = (bytes & 0xF0F0_F0F0_F0F0_F0F0)
        | ((bytes.wrapping_add(0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4);
    if is_digits != 0x3333_3333_3333_3333 {
        return None;
    }
    let ones = bytes - ZEROS;
    let twos = (ones * 10 + (ones >> 8)) & 0x00FF_00FF_00FF_00FF;
    let fours = (twos * 100 + (twos >> 16)) & 0x0000_FFFF_0000_FFFF;
    Some((fours * 10_000 + (fours >> 32)) & 0xFFFF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_follows_is_left() {
        let cases: [(&str, f64, usize); 8] = [
            ("1,2", 1.0, 1),
            ("-0.25\n", -0.25, 5),
            ("+.5;", 0.5, 3),
            ("5.", 5.0, 2),
            ("1e-3,", 1e-3, 4),
            ("12345678.12345678,", 12345678.12345678, 17),
            ("0.1234567890123456789012345,", 0.12345678901234568, 27),
            ("1E+10 ", 1e10, 5),
        ];
        for (text, number, end) in cases {
            assert_eq!(prefix(text.as_bytes()), Some((number, end)), "{text}");
        }
        for text in ["", ",", "-", ".", "-.", "e5", "1e", "1e+", "1e999", "x1", "nan"] {
            assert_eq!(prefix(text.as_bytes()), None, "{text}");
        }
        assert_eq!(prefix(b"-0").map(|(zero, _)| zero.to_bits()), Some((-0.0f64).to_bits()));
    }

    proptest! {
        /// The standard library rounds correctly.
        #[test]
        fn numbers_are_those_of_the_standard_library(text in r"[+-]?[0-9]{0,24}(\.[0-9]{0,24})?([eE][+-]?[0-9]{1,3})?") {
            let expected = text.parse::<f64>().ok().filter(|number| number.is_finite());
            let (number, end) = prefix(text.as_bytes()).unzip();
            prop_assert_eq!(number.map(f64::to_bits), expected.map(f64::to_bits));
            prop_assert!(end.is_none_or(|end| end == text.len()));
        }

        #[test]
        fn every_number_reads_back(bits in any::<u64>()) {
            let number = f64::from_bits(bits);
            prop_assume!(number.is_finite());
            for text in [format!("{number}"), format!("{number:e}")] {
                prop_assert_eq!(prefix(text.as_bytes()).map(|(number, _)| number.to_bits()), Some(bits));
            }
        }
    }
}
