//! `Scene`: a picture as a list of shapes, before it becomes SVG text or pixels.
//!
//! Lengths are in units of an SVG user unit (a pixel at scale 1), x to the right and y downwards.

use crate::style::{Color, Marker};

pub(crate) type Point = (f64, f64);

/// A picture: what is drawn first lies below.
#[derive(Clone, Debug)]
pub(crate) struct Scene {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// What the picture shows, for those who cannot see it.
    pub(crate) description: String,
    pub(crate) items: Vec<Item>,
}

/// One shape, or many that look the same.
#[derive(Clone, Debug)]
pub(crate) enum Item {
    /// Lines, each through its points.
    Lines { lines: Vec<Vec<Point>>, pen: Pen },
    /// A filled shape through its corners.
    Area { corners: Vec<Point>, fill: Color, opacity: f64 },
    /// A disc with an edge.
    Disc { center: Point, radius: f64, fill: Color, pen: Pen },
    /// The same marker at every point; where markers overlap, their ink adds up.
    Marks { points: Vec<Point>, marker: Marker, radius: f64, color: Color, opacity: f64 },
    /// A line of text on its baseline.
    Text(Text),
}

/// How a line is drawn. An empty dash is a solid line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen {
    pub(crate) color: Color,
    pub(crate) width: f64,
    pub(crate) dash: &'static [f64],
}

impl Pen {
    /// The pen of lines that say what to compare the data with.
    pub(crate) const REFERENCE: Pen = Pen { color: Color::INK, width: 1.2, dash: &[5.0, 4.0] };

    pub(crate) fn solid(color: Color, width: f64) -> Self {
        Pen { color, width, dash: &[] }
    }
}

/// A line of text: `at` is a point of its baseline, `anchor` says which.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) text: String,
    pub(crate) at: Point,
    pub(crate) size: f64,
    pub(crate) color: Color,
    pub(crate) anchor: Anchor,
    /// Reads from bottom to top.
    pub(crate) upward: bool,
}

impl Text {
    pub(crate) fn new(text: impl Into<String>, at: Point, size: f64, anchor: Anchor) -> Self {
        Text { text: text.into(), at, size, color: Color::INK, anchor, upward: false }
    }

    pub(crate) fn color(mut self, color: Color) -> Self {
        self.color = color;
        self
    }

    pub(crate) fn upward(mut self) -> Self {
        self.upward = true;
        self
    }
}

/// Which part of a text stands at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Scene {
    /// An empty picture of this size.
    pub(crate) fn new(width: f64, height: f64, description: String) -> Self {
        Scene { width, height, description, items: Vec::new() }
    }

    pub(crate) fn lines(&mut self, lines: Vec<Vec<Point>>, pen: Pen) {
        if lines.iter().any(|line| !line.is_empty()) {
            self.items.push(Item::Lines { lines, pen });
        }
    }

    pub(crate) fn text(&mut self, text: Text) {
        if !text.text.is_empty() {
            self.items.push(Item::Text(text));
        }
    }
}
