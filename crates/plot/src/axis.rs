//! `Axis`: from values to places on the paper.

use crate::range::Range;
use crate::ticks::{self, Tick, Ticks};

/// How values become axis units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    Logarithmic,
}

impl Scale {
    /// The value in axis units; nothing for one that cannot be shown.
    pub(crate) fn units(self, value: f64) -> Option<f64> {
        match self {
            Scale::Linear => Some(value),
            Scale::Logarithmic if value > 0.0 => Some(libm::log10(value)),
            Scale::Logarithmic => None,
        }
        .filter(|units| units.is_finite())
    }

    /// The range to show for data within `data`: at least as wide as ticks need, with room around it.
    pub(crate) fn range(self, data: Option<Range>) -> Range {
        const ROOM: f64 = 0.04;
        match (self, data) {
            (Scale::Linear, None) => Range::new(0.0, 1.0),
            (Scale::Logarithmic, None) => Range::new(-1.0, 1.0),
            (Scale::Linear, Some(data)) => data.settled().padded(ROOM),
            (Scale::Logarithmic, Some(data)) => {
                // Nearly constant values: a decade around them, so that noise does not fill the picture.
                let narrow = data.high - data.low < 1e-6;
                let data = if narrow { Range::new(data.low - 0.5, data.high + 0.5) } else { data };
                data.padded(ROOM)
            }
        }
    }
}

/// One axis: what it shows, where its ticks are, and where it lies on the paper.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    scale: Scale,
    range: Range,
    pub(crate) ticks: Ticks,
    /// The place on the paper of the range's low end.
    pub(crate) start: f64,
    /// The place on the paper of the range's high end.
    pub(crate) end: f64,
}

impl Axis {
    /// An axis with at most `most` labelled ticks, not yet placed.
    pub(crate) fn new(scale: Scale, range: Range, most: usize) -> Self {
        let ticks = match scale {
            Scale::Linear => ticks::linear(range, most),
            Scale::Logarithmic => ticks::logarithmic(range, most),
        };
        Axis { scale, range, ticks, start: 0.0, end: 1.0 }
    }

    /// An axis of names at 0, 1, 2 and so on, not yet placed.
    pub(crate) fn of_names(names: impl Iterator<Item = String>, range: Range) -> Self {
        let major = names.enumerate().map(|(index, label)| Tick { at: index as f64, label }).collect();
        let ticks = Ticks { major, minor: Vec::new(), note: String::new() };
        Axis { scale: Scale::Linear, range, ticks, start: 0.0, end: 1.0 }
    }

    /// The axis from `start` to `end` on the paper.
    pub(crate) fn placed(mut self, start: f64, end: f64) -> Self {
        (self.start, self.end) = (start, end);
        self
    }

    /// The place on the paper of a value in axis units.
    pub(crate) fn place(&self, units: f64) -> f64 {
        self.start + self.range.fraction(units) * (self.end - self.start)
    }

    /// The place on the paper of a value, if it is within the axis.
    pub(crate) fn visible(&self, value: f64) -> Option<f64> {
        self.scale.units(value).filter(|&units| self.range.contains(units)).map(|units| self.place(units))
    }

    /// The value at the end of the first of `parts` equal parts, of the second, and so on, from the low end.
    pub(crate) fn values(&self, parts: u32) -> impl Iterator<Item = f64> {
        let Range { low, high } = self.range;
        (0..=parts).map(move |part| {
            let fraction = f64::from(part) / f64::from(parts);
            low * (1.0 - fraction) + high * fraction
        })
    }
}
