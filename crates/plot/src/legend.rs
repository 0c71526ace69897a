//! `Legend`: the names of the series, in rows above the frame, where they cover no data.

use crate::figure::Figure;
use crate::font::{self, HALF_DIGIT};
use crate::layer::{Kind, styles};
use crate::scene::{Anchor, Item, Pen, Point, Scene, Text};
use crate::style::Style;

/// Height of a row.
pub(crate) const ROW: f64 = 20.0;
const FONT: f64 = 12.0;

/// Width of a sample line and of a sample mark, space between sample and name, and between entries.
const LINE: f64 = 28.0;
const MARK: f64 = 9.0;
const GAP: f64 = 7.0;
const BETWEEN: f64 = 20.0;

/// The entries, row by row.
pub(crate) struct Legend {
    rows: Vec<Vec<Entry>>,
}

struct Entry {
    sample: Sample,
    name: String,
    /// From the left end of its row.
    x: f64,
}

/// What stands before a name.
#[derive(Clone, Copy)]
enum Sample {
    Line(Pen),
    Mark(Style),
    Area(Style),
}

impl Sample {
    fn width(self) -> f64 {
        match self {
            Sample::Line(_) | Sample::Area(_) => LINE,
            Sample::Mark(_) => MARK,
        }
    }
}

impl Legend {
    /// The legend of the layers that have a name, in rows no wider than `room`.
    pub(crate) fn new(figure: &Figure, room: f64) -> Self {
        let styled = figure.layers.iter().zip(styles(&figure.layers));
        let named = styled.filter(|(layer, _)| !layer.name.is_empty()).map(|(layer, style)| {
            let sample = match layer.kind {
                Kind::Line => Sample::Line(style.pen()),
                Kind::Reference => Sample::Line(Pen::REFERENCE),
                Kind::Points | Kind::Intervals => Sample::Mark(style),
                Kind::Band => Sample::Area(style),
            };
            (sample, layer.name.as_str())
        });
        let identity = figure.identity.then_some((Sample::Line(Pen::REFERENCE), "y = x"));
        let mut rows: Vec<Vec<Entry>> = Vec::new();
        let mut x = f64::INFINITY;
        for (sample, name) in named.chain(identity) {
            let name = font::fitted(name, FONT, room - sample.width() - GAP);
            let width = sample.width() + GAP + font::width(&name, FONT);
            if x + width > room {
                rows.push(Vec::new());
                x = 0.0;
            }
            rows.last_mut().expect("a row was begun").push(Entry { sample, name, x });
            x += width + BETWEEN;
        }
        Legend { rows }
    }

    pub(crate) fn height(&self) -> f64 {
        ROW * self.rows.len() as f64
    }

    /// Draws the legend with its upper left corner at the given point.
    pub(crate) fn draw(&self, scene: &mut Scene, (left, top): Point) {
        for (row, entries) in self.rows.iter().enumerate() {
            let y = top + (row as f64 + 0.5) * ROW;
            for Entry { sample, name, x } in entries {
                let (start, end) = (left + x, left + x + sample.width());
                match *sample {
                    Sample::Line(pen) => scene.lines(vec![vec![(start, y), (end, y)]], pen),
                    Sample::Mark(Style { color, marker, .. }) => {
                        let points = vec![((start + end) / 2.0, y)];
                        scene.items.push(Item::Marks { points, marker, radius: 4.0, color, opacity: 1.0 });
                    }
                    Sample::Area(Style { color, .. }) => {
                        let (over, under) = (y - 5.0, y + 5.0);
                        let corners = vec![(start, over), (end, over), (end, under), (start, under)];
                        scene.items.push(Item::Area { corners, fill: color, opacity: 0.22 });
                        let edges = [over, under].map(|y| vec![(start, y), (end, y)]);
                        scene.lines(edges.to_vec(), Pen::solid(color, 0.7));
                    }
                }
                let at = (end + GAP, y + FONT * HALF_DIGIT);
                scene.text(Text::new(name, at, FONT, Anchor::Start));
            }
        }
    }
}
