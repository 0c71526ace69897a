//! `Range`: the part of the number line that an axis shows.

/// From `low` to `high`, both included and finite, in axis units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Spans below this are shown as this: so close to the smallest `f64`, divisions lose their digits.
const SMALLEST_SPAN: f64 = 1e-303;

impl Range {
    pub(crate) fn new(low: f64, high: f64) -> Self {
        Range { low, high }
    }

    /// The smallest range that holds all `values`, or nothing when there are none. They are finite.
    pub(crate) fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let grow = |range: Option<Range>, value: f64| match range {
            None => Some(Range::new(value, value)),
            Some(range) => Some(Range::new(range.low.min(value), range.high.max(value))),
        };
        values.into_iter().fold(None, grow)
    }

    /// A range wide enough to put ticks on: a single value gets a tenth of itself on both sides (zero gets 1),
    /// and one narrower than f64 can count in is widened.
    pub(crate) fn settled(self) -> Self {
        let largest = self.low.abs().max(self.high.abs());
        let half_span = self.high / 2.0 - self.low / 2.0;
        let margin = match self.low == self.high {
            true if largest == 0.0 => 1.0,
            true => largest / 10.0,
            false if half_span < largest * 1e-12 => largest * 1e-11,
            false => 0.0,
        };
        let margin = if half_span + margin < SMALLEST_SPAN { SMALLEST_SPAN } else { margin };
        self.widened(margin)
    }

    /// Room around the data, so that no mark sits on the frame.
    pub(crate) fn padded(self, fraction: f64) -> Self {
        self.widened((self.high / 2.0 - self.low / 2.0) * 2.0 * fraction)
    }

    fn widened(self, margin: f64) -> Self {
        Range::new((self.low - margin).max(-f64::MAX), (self.high + margin).min(f64::MAX))
    }

    pub(crate) fn union(self, other: Range) -> Self {
        Range::new(self.low.min(other.low), self.high.max(other.high))
    }

    pub(crate) fn contains(self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }

    /// Where `value` lies: 0 at `low`, 1 at `high`.
    pub(crate) fn fraction(self, value: f64) -> f64 {
        (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_gets_room_on_both_sides() {
        assert_eq!(Range::new(0.0, 0.0).settled(), Range::new(-1.0, 1.0));
        assert_eq!(Range::new(-50.0, -50.0).settled(), Range::new(-55.0, -45.0));
        let tiny = Range::new(5e-324, 5e-324).settled();
        assert!(tiny.low < 0.0 && tiny.high > 0.0);
        assert_eq!(Range::new(f64::MAX, f64::MAX).settled().high, f64::MAX);
    }

    #[test]
    fn the_whole_line_can_be_shown() {
        let all = Range::new(-f64::MAX, f64::MAX).settled().padded(0.05);
        assert_eq!((all.fraction(-f64::MAX), all.fraction(0.0), all.fraction(f64::MAX)), (0.0, 0.5, 1.0));
    }
}
