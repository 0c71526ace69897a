//! `Layer`: one series of a figure, and what it is drawn as.

use crate::axis::Scale;
use crate::scene::Point;
use crate::style::Style;

/// One series.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// What the legend says; nothing keeps the series out of it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Groups of [`Kind::group`] points.
    pub(crate) points: Vec<Point>,
}

/// What a series is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Points,
    Line,
    /// The area between a lower and an upper line: groups of a point on each.
    Band,
    /// Horizontal intervals: groups of the low end, the value and the high end.
    Intervals,
    /// A dashed line to compare with, of which the parts within the picture are shown; it does not widen an axis.
    Reference,
}

impl Kind {
    /// Points that belong together, of which the one at `.1` says whether there is something to draw.
    fn group(self) -> (usize, usize) {
        match self {
            Kind::Points | Kind::Line | Kind::Reference => (1, 0),
            Kind::Band => (2, 0),
            Kind::Intervals => (3, 1),
        }
    }

    /// Whether axes are made to hold it.
    pub(crate) fn widens(self) -> bool {
        self != Kind::Reference
    }
}

impl Layer {
    /// The points in axis units; nothing for those that cannot be shown.
    pub(crate) fn units(&self, y_scale: Scale) -> Vec<Option<Point>> {
        let place = |&(x, y): &Point| Some((Scale::Linear.units(x)?, y_scale.units(y)?));
        self.points.iter().map(place).collect()
    }

    /// How many of the series' values are not there in `units`.
    pub(crate) fn missing(&self, units: &[Option<Point>]) -> usize {
        let (size, value) = self.kind.group();
        units.chunks(size).filter(|group| group[value].is_none()).count()
    }
}

/// The look of each layer. A band looks like the layer after it, whose surroundings it is; references look alike.
pub(crate) fn styles(layers: &[Layer]) -> Vec<Style> {
    let mut next = 0;
    let style = |layer: &Layer| {
        let style = Style::of(next);
        next += usize::from(!matches!(layer.kind, Kind::Band | Kind::Reference));
        style
    };
    layers.iter().map(style).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(kind: Kind) -> Layer {
        Layer { name: String::new(), kind, points: vec![(0.0, 1.0), (f64::NAN, 2.0), (1.0, 3.0)] }
    }

    #[test]
    fn a_band_looks_like_what_it_surrounds() {
        let layers = [Kind::Points, Kind::Band, Kind::Line, Kind::Reference, Kind::Line].map(layer);
        let styles = styles(&layers);
        assert_eq!(styles[1], styles[2]);
        assert!(styles[0] != styles[1] && styles[2] != styles[4]);
    }

    #[test]
    fn an_interval_is_missing_where_its_value_is() {
        for (kind, missing) in [(Kind::Points, 1), (Kind::Intervals, 1)] {
            let layer = layer(kind);
            assert_eq!(layer.missing(&layer.units(Scale::Linear)), missing);
        }
        let ends =
            Layer { points: vec![(f64::NAN, 0.0), (1.0, 0.0), (f64::NAN, 0.0)], ..layer(Kind::Intervals) };
        assert_eq!(ends.missing(&ends.units(Scale::Linear)), 0);
    }
}
