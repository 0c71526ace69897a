//! The series of a figure on its axes.

use crate::axis::Axis;
use crate::clip::Frame;
use crate::figure::Figure;
use crate::layer::{Kind, Layer, styles};
use crate::scene::{Item, Pen, Point, Scene};
use crate::style::Style;
use crate::thin;

/// Half the height of the strokes at the ends of an interval.
const CAP: f64 = 4.5;

/// How much of a band's colour is seen.
const BAND: f64 = 0.22;

/// What series are drawn on.
pub(crate) struct Paper<'a> {
    pub(crate) frame: Frame,
    pub(crate) x_axis: &'a Axis,
    pub(crate) y_axis: &'a Axis,
}

impl Paper<'_> {
    fn place(&self, (x, y): Point) -> Point {
        (self.x_axis.place(x), self.y_axis.place(y))
    }

    /// The runs of points that can be shown, on the paper.
    fn runs(&self, points: &[Option<Point>]) -> Vec<Vec<Point>> {
        let runs = points.split(Option::is_none).filter(|run| !run.is_empty());
        runs.map(|run| run.iter().flatten().map(|&point| self.place(point)).collect()).collect()
    }
}

/// Draws every layer: bands first, so that they cover nothing.
pub(crate) fn draw(scene: &mut Scene, figure: &Figure, series: &[Vec<Option<Point>>], paper: &Paper<'_>) {
    let points = figure.layers.iter().filter(|layer| layer.kind == Kind::Points);
    let ink = ink(points.map(|layer| layer.points.len()).sum());
    let styles = styles(&figure.layers);
    let layers = || figure.layers.iter().zip(series).zip(&styles);
    let (bands, others): (Vec<_>, Vec<_>) = layers().partition(|((layer, _), _)| layer.kind == Kind::Band);
    for ((layer, series), style) in bands.into_iter().chain(others) {
        draw_layer(scene, layer, series, *style, ink, paper);
    }
}

fn draw_layer(
    scene: &mut Scene,
    layer: &Layer,
    series: &[Option<Point>],
    style: Style,
    (radius, opacity): (f64, f64),
    paper: &Paper<'_>,
) {
    let marks = |points, radius, opacity| Item::Marks {
        points,
        marker: style.marker,
        radius,
        color: style.color,
        opacity,
    };
    match layer.kind {
        Kind::Points => {
            let points = series.iter().flatten().map(|&point| paper.place(point)).collect();
            scene.items.push(marks(thin::points(points), radius, opacity));
        }
        Kind::Line => {
            // A line through a single point cannot be seen; a mark can.
            let (lone, runs): (Vec<_>, Vec<_>) =
                paper.runs(series).into_iter().partition(|run| run.len() == 1);
            if !lone.is_empty() {
                scene.items.push(marks(lone.concat(), 3.0, 1.0));
            }
            scene.lines(runs.iter().map(|run| thin::line(run)).collect(), style.pen());
        }
        Kind::Reference => {
            let parts = paper.runs(series).iter().flat_map(|run| paper.frame.clip(run)).collect();
            scene.lines(parts, Pen::REFERENCE);
        }
        Kind::Band => {
            // A gap on either side is a gap of the band.
            let pairs: Vec<Option<(Point, Point)>> =
                series.chunks(2).map(|pair| Some((pair[0]?, pair[1]?))).collect();
            for run in pairs.split(Option::is_none).filter(|run| run.len() > 1) {
                let side = |pick: fn(&(Point, Point)) -> Point| {
                    thin::line(&run.iter().flatten().map(|pair| paper.place(pick(pair))).collect::<Vec<_>>())
                };
                let (lower, upper) = (side(|pair| pair.0), side(|pair| pair.1));
                let corners = upper.iter().chain(lower.iter().rev()).copied().collect();
                scene.items.push(Item::Area { corners, fill: style.color, opacity: BAND });
                scene.lines(vec![lower, upper], Pen::solid(style.color, 0.7));
            }
        }
        Kind::Intervals => {
            let mut lines = Vec::new();
            let mut points = Vec::new();
            for group in series.chunks(3) {
                let Some(middle) = group[1].map(|point| paper.place(point)) else { continue };
                points.push(middle);
                let ends = [group[0], group[2]].map(|end| end.map(|end| paper.place(end)));
                for (x, y) in ends.into_iter().flatten() {
                    lines.push(vec![(x, y), middle]);
                    lines.push(vec![(x, y - CAP), (x, y + CAP)]);
                }
            }
            scene.lines(lines, Pen::solid(style.color, 1.8));
            scene.items.push(marks(points, 4.2, 1.0));
        }
    }
}

/// Radius and opacity of so many points: the more, the smaller and fainter, so that density shows.
fn ink(count: usize) -> (f64, f64) {
    match count {
        0..=60 => (3.8, 0.85),
        61..=500 => (3.1, 0.7),
        501..=2_000 => (2.4, 0.55),
        2_001..=12_000 => (1.8, 0.35),
        _ => (1.4, 0.3),
    }
}
