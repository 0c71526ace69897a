//! Where an axis has its ticks, and what is written at them.
//!
//! Steps are 1, 2 or 5 times a power of ten, the "nice numbers" of P. S. Heckbert, *Nice Numbers for Graph
//! Labels*, Graphics Gems (1990). Every tick is a whole number times a power of ten, and its label is written
//! from that, never from the rounded `f64`.

use crate::number::{digits, plain, power_of_ten, shortest, value};
use crate::range::Range;

/// The marks of one axis. Positions are in axis units: the value itself, or its decimal logarithm.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ticks {
    /// The labelled ticks, from low to high.
    pub(crate) major: Vec<Tick>,
    /// Short marks without a label, in any order.
    pub(crate) minor: Vec<f64>,
    /// What every label is to be multiplied with and added to (`×10⁶`, `+ 1500`), or nothing.
    pub(crate) note: String,
}

/// A labelled tick.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
}

/// Ticks of a linear axis over `range`: at least two, at most `most` (5 or more) of them.
pub(crate) fn linear(range: Range, most: usize) -> Ticks {
    let (units, exponent) = nice(range, most);
    let (labels, note) = labels(&units, exponent);
    let major = units.iter().zip(labels).map(|(&units, label)| Tick { at: value(units, exponent), label });
    Ticks { major: major.collect(), minor: Vec::new(), note }
}

/// Ticks of a logarithmic axis over `range`, which holds decimal logarithms.
pub(crate) fn logarithmic(range: Range, most: usize) -> Ticks {
    let (first, last) = (range.low.ceil() as i32, range.high.floor() as i32);
    let decades = (last - first + 1).max(0) as usize;
    if decades >= 2 {
        let stride = [1, 2, 5, 10, 20, 50, 100, 200].into_iter().find(|stride| decades <= stride * most);
        let stride = stride.expect("f64 spans 633 decades, and 200 * 5 covers them") as i32;
        let powers: Vec<i32> = (first..=last).filter(|power| power % stride == 0).collect();
        let decimal = powers.iter().all(|power| (-4..=5).contains(power));
        let label = |power| if decimal { shortest(1, power) } else { power_of_ten(power) };
        let major = powers.iter().map(|&power| Tick { at: f64::from(power), label: label(power) });
        let minor = if stride == 1 { between_decades(range) } else { Vec::new() };
        return Ticks { major: major.collect(), minor, note: String::new() };
    }
    let within = |(at, _): &(f64, i64)| range.contains(*at);
    let near = (range.low.floor() as i32)..=last.max(first);
    let marks = near.flat_map(|power| {
        [1, 2, 5].map(|mantissa| (f64::from(power) + libm::log10(mantissa as f64), mantissa)).into_iter()
    });
    let marks: Vec<(f64, i64)> = marks.filter(within).collect();
    if marks.len() >= 3 {
        let label = |at: f64, mantissa: i64| shortest(mantissa, (at + 1e-9).floor() as i32);
        let major = marks.iter().map(|&(at, mantissa)| Tick { at, label: label(at, mantissa) });
        return Ticks { major: major.collect(), minor: between_decades(range), note: String::new() };
    }
    // Less than a decade: evenly spaced values say more than powers do. They are found near 1, where no f64
    // is too small to divide by.
    let power = range.low.floor();
    let near_one = Range::new(libm::exp10(range.low - power), libm::exp10(range.high - power));
    let (units, exponent) = nice(near_one, most);
    let (labels, note) = labels(&units, exponent + power as i32);
    let at = |units| power + libm::log10(value(units, exponent));
    let major = units.iter().zip(labels).map(|(&units, label)| Tick { at: at(units), label });
    Ticks { major: major.filter(|tick| range.contains(tick.at)).collect(), minor: Vec::new(), note }
}

/// The 2nd to 9th multiples of every power of ten within `range`.
fn between_decades(range: Range) -> Vec<f64> {
    let powers = (range.low.floor() as i32)..=(range.high.floor() as i32);
    let marks = powers.flat_map(|power| (2..=9).map(move |n| f64::from(power) + libm::log10(f64::from(n))));
    marks.filter(|&at| range.contains(at)).collect()
}

/// The multiples of the smallest nice step that are no more than `most`, as units of a power of ten.
fn nice(range: Range, most: usize) -> (Vec<i64>, i32) {
    let most_steps = most as i64;
    // Halved, because the span of -1e308..1e308 is no f64.
    let rough = (range.high / 2.0 - range.low / 2.0) / (most as f64 / 2.0);
    let start = libm::log10(rough).floor() as i32;
    for exponent in start.. {
        for mantissa in [1, 2, 5] {
            let at = |index: i64| value(index * mantissa, exponent);
            let step = at(1);
            let (mut first, mut last) =
                ((range.low / step).ceil() as i64, (range.high / step).floor() as i64);
            // The divisions round; the ticks themselves decide.
            first += i64::from(at(first) < range.low) - i64::from(at(first - 1) >= range.low);
            last += i64::from(at(last + 1) <= range.high) - i64::from(at(last) > range.high);
            if last - first < most_steps {
                return ((first..=last).map(|index| index * mantissa).collect(), exponent);
            }
        }
    }
    unreachable!("a step as wide as the range leaves at most two ticks")
}

/// Short labels for the ticks, and the note which says what was taken out of them.
fn labels(units: &[i64], exponent: i32) -> (Vec<String>, String) {
    let mut notes = Vec::new();
    let (low, high) = (units[0], units[units.len() - 1]);
    let mut offset = 0;
    // Beyond six digits the eye compares only the last ones; the common rest goes to the note.
    if digits(low.abs().max(high.abs())) > 6 && digits(high - low) < 6 {
        let unit = 10_i64.pow(digits(high - low) as u32);
        offset = low.div_euclid(unit) * unit;
    }
    let largest = units.iter().map(|units| (units - offset).abs()).max().unwrap_or(0);
    let magnitude = digits(largest) - 1 + exponent;
    let power = if (-3..6).contains(&magnitude) { 0 } else { magnitude };
    if power != 0 {
        notes.push(format!("×{}", power_of_ten(power)));
    }
    if offset != 0 {
        let sign = if offset < 0 { "\u{2212}" } else { "+" };
        notes.push(format!("{sign} {}", shortest(offset.abs(), exponent)));
    }
    (units.iter().map(|units| plain(units - offset, exponent - power)).collect(), notes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(ticks: &Ticks) -> Vec<&str> {
        ticks.major.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn everyday_ranges_get_plain_labels() {
        assert_eq!(texts(&linear(Range::new(-4.3, 3.9), 8)), ["−4", "−3", "−2", "−1", "0", "1", "2", "3"]);
        assert_eq!(
            texts(&linear(Range::new(0.05, 0.35), 7)),
            ["0.05", "0.10", "0.15", "0.20", "0.25", "0.30", "0.35"]
        );
        assert_eq!(texts(&linear(Range::new(2_600.0, 6_400.0), 5)), ["3000", "4000", "5000", "6000"]);
    }

    #[test]
    fn large_and_small_magnitudes_share_a_power() {
        let ticks = linear(Range::new(-1e300, 1e300), 5);
        assert_eq!(texts(&ticks), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(ticks.note, "×10³⁰⁰");
        let ticks = linear(Range::new(0.0, 4e-300), 5);
        assert_eq!((texts(&ticks), ticks.note.as_str()), (vec!["0", "1", "2", "3", "4"], "×10⁻³⁰⁰"));
    }

    #[test]
    fn a_long_common_start_becomes_an_offset() {
        let ticks = linear(Range::new(1e9, 1e9 + 1.0), 6);
        assert_eq!(texts(&ticks), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(ticks.note, "+ 1000000000");
        assert_eq!(ticks.major[1].at, 1_000_000_000.2);
        let ticks = linear(Range::new(-1e9, -1e9 + 1.0), 6);
        assert_eq!((texts(&ticks)[5], ticks.note.as_str()), ("1.0", "− 1000000000"));
    }

    #[test]
    fn logarithmic_axes_mark_decades() {
        let ticks = logarithmic(Range::new(-4.2, 1.1), 8);
        assert_eq!(texts(&ticks), ["0.0001", "0.001", "0.01", "0.1", "1", "10"]);
        assert!(ticks.minor.len() >= 8 * 5);
        assert_eq!(texts(&logarithmic(Range::new(-300.0, 300.0), 7))[0], "10⁻³⁰⁰");
        assert_eq!(texts(&logarithmic(Range::new(0.0, 1.0), 7)), ["1", "10"]);
        assert_eq!(texts(&logarithmic(Range::new(-0.1, 0.9), 7)), ["1", "2", "5"]);
        assert_eq!(
            texts(&logarithmic(Range::new(0.30, 0.48), 7)),
            ["2.0", "2.2", "2.4", "2.6", "2.8", "3.0"]
        );
    }

    /// What a reader makes of a label: the note's power and offset applied to it.
    fn read(label: &str, note: &str) -> f64 {
        let number = |text: &str| -> f64 {
            let text: String = text.chars().map(|c| if c == '−' { '-' } else { c }).collect();
            let Some((mantissa, power)) = text.split_once("×10") else { return text.parse().unwrap() };
            format!("{mantissa}e{}", lowered(power)).parse().unwrap()
        };
        let (power, offset) = match note.split_once(['+', '−']) {
            Some((power, offset)) => {
                (power, number(offset.trim()) * if note.contains('+') { 1.0 } else { -1.0 })
            }
            None => (note, 0.0),
        };
        let power = power.trim().strip_prefix("×10").map_or(String::from("0"), lowered);
        number(&format!("{}×10{}", label, raised(&power))) + offset
    }

    const RAISED: &str = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹";
    const LOWERED: &str = "-0123456789";

    fn translate(text: &str, from: &str, to: &str) -> String {
        let letter = |c| to.chars().nth(from.chars().position(|f| f == c).unwrap()).unwrap();
        text.chars().map(letter).collect()
    }

    fn lowered(text: &str) -> String {
        translate(text, RAISED, LOWERED)
    }

    fn raised(text: &str) -> String {
        translate(text, LOWERED, RAISED)
    }

    proptest! {
        #[test]
        fn linear_ticks_are_nice(low in -1e3..1e3_f64, span in 1e-3..1e3_f64, scale in -290..290_i32, most in 5..12_usize) {
            let scale: f64 = format!("1e{scale}").parse().unwrap();
            let range = Range::new(low * scale, (low + span) * scale);
            let ticks = linear(range, most);
            prop_assert!((2..=most).contains(&ticks.major.len()), "{} ticks", ticks.major.len());
            prop_assert!(ticks.major.iter().all(|tick| range.contains(tick.at)));
            prop_assert!(ticks.major.windows(2).all(|pair| pair[0].at < pair[1].at && pair[0].label != pair[1].label));
            // No tick is missing at either end, and the label says the place.
            let step = ticks.major[1].at - ticks.major[0].at;
            prop_assert!(ticks.major[0].at - range.low < step * 1.001);
            prop_assert!(range.high - ticks.major[ticks.major.len() - 1].at < step * 1.001);
            for tick in &ticks.major {
                let told = read(&tick.label, &ticks.note);
                prop_assert!((told - tick.at).abs() <= 1e-6 * step, "{:?} {} is not {}", tick, ticks.note, told);
                prop_assert!(tick.label.chars().count() <= 8, "{:?} is long", tick.label);
            }
        }

        #[test]
        fn logarithmic_ticks_stay_within(low in -307.0..300.0_f64, span in 0.01..600.0_f64, most in 5..12_usize) {
            let range = Range::new(low, (low + span).min(308.0));
            let ticks = logarithmic(range, most);
            prop_assert!((1..=most).contains(&ticks.major.len()), "{} ticks", ticks.major.len());
            prop_assert!(ticks.major.iter().all(|tick| range.contains(tick.at)));
            prop_assert!(ticks.minor.iter().all(|&at| range.contains(at)));
        }
    }
}
