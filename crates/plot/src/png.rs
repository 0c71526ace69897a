//! `Scene` to pixels.

use tiny_skia::{
    FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform,
};
use ttf_parser::OutlineBuilder;

use crate::font;
use crate::scene::{Anchor, Item, Pen, Point, Scene, Text};
use crate::style::{Color, Marker};

/// Edges longer than this are refused: such a picture would take a gigabyte.
const LONGEST_EDGE: f64 = 16_384.0;

/// The picture as a PNG file, `scale` pixels to the unit; nothing when it would be empty or too large.
pub(crate) fn encode(scene: &Scene, scale: f64) -> Option<Vec<u8>> {
    let (width, height) = ((scene.width * scale).round(), (scene.height * scale).round());
    let possible = |edge: f64| (1.0..=LONGEST_EDGE).contains(&edge);
    if !possible(width) || !possible(height) {
        return None;
    }
    let pixmap = Pixmap::new(width as u32, height as u32)?;
    let mut canvas = Canvas { pixmap, scale: Transform::from_scale(scale as f32, scale as f32) };
    canvas.pixmap.fill(paint_color(Color::WHITE, 1.0));
    for item in &scene.items {
        canvas.draw(item);
    }
    Some(canvas.pixmap.encode_png().expect("an image in memory can be encoded"))
}

struct Canvas {
    pixmap: Pixmap,
    scale: Transform,
}

impl Canvas {
    fn draw(&mut self, item: &Item) {
        match item {
            Item::Lines { lines, pen } => self.stroke(lines_path(lines).as_ref(), pen),
            Item::Area { corners, fill, opacity } => {
                self.fill(polygon(corners).as_ref(), &paint(*fill, *opacity), self.scale)
            }
            Item::Disc { center, radius, fill, pen } => {
                let circle = PathBuilder::from_circle(center.0 as f32, center.1 as f32, *radius as f32);
                self.fill(circle.as_ref(), &paint(*fill, 1.0), self.scale);
                self.stroke(circle.as_ref(), pen);
            }
            Item::Marks { points, marker, radius, color, opacity } => {
                let shape = shape(*marker, *radius);
                let paint = paint(*color, *opacity);
                for &(x, y) in points {
                    let place = self.scale.pre_translate(x as f32, y as f32);
                    self.fill(shape.as_ref(), &paint, place);
                }
            }
            Item::Text(text) => self.text(text),
        }
    }

    fn fill(&mut self, path: Option<&Path>, paint: &Paint<'_>, place: Transform) {
        // There is no path where there is nothing to see.
        if let Some(path) = path {
            self.pixmap.fill_path(path, paint, FillRule::Winding, place, None);
        }
    }

    fn stroke(&mut self, path: Option<&Path>, pen: &Pen) {
        let Some(path) = path else { return };
        let dash = pen.dash.iter().map(|&length| length as f32).collect();
        let stroke = Stroke {
            width: pen.width as f32,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash: StrokeDash::new(dash, 0.0),
            ..Stroke::default()
        };
        self.pixmap.stroke_path(path, &paint(pen.color, 1.0), &stroke, self.scale, None);
    }

    fn text(&mut self, text: &Text) {
        let em = text.size / font::units_per_em();
        let width = font::width(&text.text, text.size);
        let shift = match text.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -width / 2.0,
            Anchor::End => -width,
        };
        let mut outline = Outline { path: PathBuilder::new(), start: 0.0 };
        for (start, letter) in font::letters(&text.text) {
            outline.start = start as f32;
            font::outline(letter, &mut outline);
        }
        let mut place = self.scale.pre_translate(text.at.0 as f32, text.at.1 as f32);
        if text.upward {
            // A quarter turn to the left, written out so that it is exact.
            place = place.pre_concat(Transform::from_row(0.0, -1.0, 1.0, 0.0, 0.0, 0.0));
        }
        let place = place.pre_translate(shift as f32, 0.0).pre_scale(em as f32, -em as f32);
        self.fill(outline.path.finish().as_ref(), &paint(text.color, 1.0), place);
    }
}

fn paint_color(color: Color, opacity: f64) -> tiny_skia::Color {
    let [_, red, green, blue] = color.0.to_be_bytes();
    tiny_skia::Color::from_rgba8(red, green, blue, (opacity * 255.0).round() as u8)
}

fn paint(color: Color, opacity: f64) -> Paint<'static> {
    let mut paint = Paint { anti_alias: true, ..Paint::default() };
    paint.set_color(paint_color(color, opacity));
    paint
}

fn lines_path(lines: &[Vec<Point>]) -> Option<Path> {
    let mut path = PathBuilder::new();
    lines.iter().for_each(|line| follow(&mut path, line));
    path.finish()
}

fn polygon(corners: &[Point]) -> Option<Path> {
    let mut path = PathBuilder::new();
    follow(&mut path, corners);
    path.close();
    path.finish()
}

fn follow(path: &mut PathBuilder, points: &[Point]) {
    for (index, &(x, y)) in points.iter().enumerate() {
        let (x, y) = (x as f32, y as f32);
        if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
    }
}

fn shape(marker: Marker, radius: f64) -> Option<Path> {
    match marker {
        Marker::Circle => PathBuilder::from_circle(0.0, 0.0, radius as f32),
        marker => {
            let corners: Vec<Point> =
                marker.corners().iter().map(|(x, y)| (x * radius, y * radius)).collect();
            polygon(&corners)
        }
    }
}

/// Collects the outlines of letters, each `start` to the right.
struct Outline {
    path: PathBuilder,
    start: f32,
}

impl OutlineBuilder for Outline {
    fn move_to(&mut self, x: f32, y: f32) {
        self.path.move_to(self.start + x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.path.line_to(self.start + x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.path.quad_to(self.start + x1, y1, self.start + x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.path.cubic_to(self.start + x1, y1, self.start + x2, y2, self.start + x, y);
    }

    fn close(&mut self) {
        self.path.close();
    }
}
