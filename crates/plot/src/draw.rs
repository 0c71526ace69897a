//! From a `Figure` to a `Scene`: margins, axes, grid, series, legend.

use crate::axis::{Axis, Scale};
use crate::clip::Frame;
use crate::figure::Figure;
use crate::font::{self, HALF_DIGIT};
use crate::legend::{self, Legend};
use crate::range::Range;
use crate::scene::{Anchor, Pen, Point, Scene, Text};
use crate::series::Paper;
use crate::style::Color;
use crate::{notes, series};

const SIZE: (f64, f64) = (720.0, 480.0);
const SQUARE: (f64, f64) = (560.0, 560.0);
const EDGE: f64 = 14.0;

const TITLE: f64 = 16.0;
const LABEL: f64 = 13.0;
const SMALL: f64 = 12.0;
const TINY: f64 = 10.5;

/// Space between captions on the same line.
const BETWEEN: f64 = 20.0;

/// The height of a row where the vertical axis has names, and the room for a name.
const ROW: f64 = 24.0;
const NAME: f64 = 230.0;

/// The figure as shapes.
pub(crate) fn draw(figure: &Figure) -> Scene {
    let scale = if figure.y_log { Scale::Logarithmic } else { Scale::Linear };
    let series: Vec<Vec<Option<Point>>> = figure.layers.iter().map(|layer| layer.units(scale)).collect();
    let shown = || figure.layers.iter().zip(&series).filter(|(layer, _)| layer.kind.widens());
    let (x_range, y_range) =
        ranges(figure, scale, || shown().flat_map(|(_, points)| points).flatten().copied());
    let missing: usize = shown().map(|(layer, points)| layer.missing(points)).sum();

    let (width, mut height) = if figure.identity { SQUARE } else { SIZE };
    let y_axis = match figure.names.len() {
        0 => Axis::new(scale, y_range, 8),
        _ => Axis::of_names(figure.names.iter().map(|name| font::fitted(name, SMALL, NAME)), y_range),
    };
    let left = EDGE + if figure.y_label.is_empty() { 0.0 } else { LABEL + 11.0 } + widest(&y_axis) + 9.0;
    let right = width - EDGE - 12.0;
    let legend = Legend::new(figure, right - left);
    height += (legend.height() - legend::ROW).max(0.0);
    let x_axis = fitting(x_range, right - left).placed(left, right);

    let mut top = EDGE;
    top += if figure.title.is_empty() { 0.0 } else { TITLE + 10.0 };
    let legend_top = top;
    top += if legend.height() == 0.0 { 2.0 } else { legend.height() + 6.0 };
    top += if y_axis.ticks.note.is_empty() { 0.0 } else { SMALL + 6.0 };
    let caption = !figure.x_label.is_empty() || !x_axis.ticks.note.is_empty() || missing > 0;
    let below = EDGE + SMALL + 9.0 + if caption { LABEL + 9.0 } else { 0.0 };
    if !figure.names.is_empty() {
        height = top + ROW * figure.names.len().max(3) as f64 + below;
    }
    let bottom = height - below;
    let frame =
        Frame { left: snapped(left), right: snapped(right), top: snapped(top), bottom: snapped(bottom) };
    let y_axis =
        if figure.names.is_empty() { y_axis.placed(bottom, top) } else { y_axis.placed(top, bottom) };

    let mut scene = Scene::new(width, height, description(figure));
    draw_axes(&mut scene, frame, &x_axis, &y_axis);
    series::draw(&mut scene, figure, &series, &Paper { frame, x_axis: &x_axis, y_axis: &y_axis });
    draw_references(&mut scene, frame, figure, &x_axis, &y_axis);
    let noted = figure.notes.iter().filter_map(|((x, y), text)| {
        let at = (x_axis.place(Scale::Linear.units(*x)?), y_axis.place(scale.units(*y)?));
        frame.contains(at).then(|| (at, text.clone()))
    });
    notes::draw(&mut scene, frame, noted);
    legend.draw(&mut scene, (left, legend_top));

    let title = font::fitted(&figure.title, TITLE, right - left);
    scene.text(Text::new(title, (left, EDGE + TITLE * 0.8), TITLE, Anchor::Start));
    let (wanted, refused) = match figure.y_log {
        true => ("finite, positive", "not finite or not positive"),
        false => ("finite", "not finite"),
    };
    if shown().flat_map(|(_, points)| points).all(Option::is_none) {
        let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
        let text = Text::new(format!("no {wanted} points"), middle, TITLE, Anchor::Middle);
        scene.text(text.color(Color::GREY));
    }
    let remark = if missing > 0 { format!("{missing} left out: {refused}") } else { String::new() };
    draw_captions(&mut scene, frame, figure, (&x_axis.ticks.note, &y_axis.ticks.note), remark);
    scene
}

fn ranges<I: Iterator<Item = Point>>(
    figure: &Figure,
    y_scale: Scale,
    shown: impl Fn() -> I,
) -> (Range, Range) {
    let horizontals = figure.horizontals.iter().filter_map(|&y| y_scale.units(y));
    let verticals = figure.verticals.iter().filter_map(|&x| Scale::Linear.units(x));
    let mut x = Range::of(shown().map(|point| point.0).chain(verticals));
    let mut y = Range::of(shown().map(|point| point.1).chain(horizontals));
    if let (Some(both_x), Some(both_y), true, Scale::Linear) = (x, y, figure.identity, y_scale) {
        x = Some(both_x.union(both_y));
        y = x;
    }
    let y = match figure.names.len() {
        0 => y_scale.range(y),
        names => {
            let rows = Range::new(-0.5, names as f64 - 0.5);
            y.map_or(rows, |y| y.union(rows))
        }
    };
    (Scale::Linear.range(x), y)
}

/// The horizontal axis with as many ticks as have room for their labels.
fn fitting(range: Range, length: f64) -> Axis {
    let fits = |axis: &Axis| {
        let ticks = &axis.ticks.major;
        let places: Vec<f64> = ticks.iter().map(|tick| range.fraction(tick.at) * length).collect();
        places.windows(2).all(|pair| pair[1] - pair[0] >= widest(axis) + 16.0)
    };
    let axes = (5..=9).rev().map(|most| Axis::new(Scale::Linear, range, most));
    let mut axes = axes.collect::<Vec<Axis>>();
    // Labels have at most eight characters, so five of them always fit.
    let index = axes.iter().position(fits).unwrap_or(axes.len() - 1);
    axes.swap_remove(index)
}

fn widest(axis: &Axis) -> f64 {
    axis.ticks.major.iter().map(|tick| font::width(&tick.label, SMALL)).fold(0.0, f64::max)
}

/// The middle of the nearest pixel, where a thin line is sharp.
fn snapped(place: f64) -> f64 {
    place.floor() + 0.5
}

fn draw_axes(scene: &mut Scene, frame: Frame, x_axis: &Axis, y_axis: &Axis) {
    let Frame { left, right, top, bottom } = frame;
    let x_places: Vec<f64> = x_axis.ticks.major.iter().map(|tick| snapped(x_axis.place(tick.at))).collect();
    let y_places: Vec<f64> = y_axis.ticks.major.iter().map(|tick| snapped(y_axis.place(tick.at))).collect();
    let minor = y_axis.ticks.minor.iter().map(|&at| snapped(y_axis.place(at)));

    let upright = |x: f64, from: f64, to: f64| vec![(x, from), (x, to)];
    let level = |y: f64, from: f64, to: f64| vec![(from, y), (to, y)];
    let grid = x_places.iter().map(|&x| upright(x, top, bottom));
    let grid = grid.chain(y_places.iter().map(|&y| level(y, left, right)));
    scene.lines(grid.collect(), Pen::solid(Color::LIGHT, 1.0));
    let marks = x_places.iter().map(|&x| upright(x, bottom, bottom + 5.0));
    let marks = marks.chain(y_places.iter().map(|&y| level(y, left - 5.0, left)));
    let marks = marks.chain(minor.map(|y| level(y, left - 3.0, left)));
    let corner = vec![(left, top), (left, bottom), (right, bottom)];
    scene.lines(marks.chain([corner]).collect(), Pen::solid(Color::INK, 1.0));

    for (tick, x) in x_axis.ticks.major.iter().zip(x_places) {
        scene.text(Text::new(&tick.label, (x, bottom + 8.0 + SMALL * 0.8), SMALL, Anchor::Middle));
    }
    for (tick, y) in y_axis.ticks.major.iter().zip(y_places) {
        scene.text(Text::new(&tick.label, (left - 9.0, y + SMALL * HALF_DIGIT), SMALL, Anchor::End));
    }
}

fn draw_references(scene: &mut Scene, frame: Frame, figure: &Figure, x_axis: &Axis, y_axis: &Axis) {
    let level = |&y: &f64| y_axis.visible(y).map(|y| vec![(frame.left, y), (frame.right, y)]);
    let upright = |&x: &f64| x_axis.visible(x).map(|x| vec![(x, frame.top), (x, frame.bottom)]);
    let lines =
        figure.horizontals.iter().filter_map(level).chain(figure.verticals.iter().filter_map(upright));
    scene.lines(lines.collect(), Pen::REFERENCE);
    if figure.identity {
        // Straight on linear axes, a curve on a logarithmic one: both are this many short pieces.
        let place = |value: f64| Some((x_axis.visible(value)?, y_axis.visible(value)?));
        scene.lines(vec![x_axis.values(128).filter_map(place).collect()], Pen::REFERENCE);
    }
}

fn draw_captions(scene: &mut Scene, frame: Frame, figure: &Figure, notes: (&str, &str), remark: String) {
    let baseline = scene.height - EDGE - 2.0;
    let (x_note, y_note) = notes;
    let sides = font::width(x_note, SMALL).max(font::width(&remark, TINY));
    let sides = if sides > 0.0 { sides + BETWEEN } else { 0.0 };
    scene.text(Text::new(remark, (frame.left, baseline), TINY, Anchor::Start).color(Color::GREY));
    scene.text(Text::new(x_note, (frame.right, baseline), SMALL, Anchor::End));
    scene.text(Text::new(y_note, (EDGE, frame.top - 9.0), SMALL, Anchor::Start));

    let label = font::fitted(&figure.x_label, LABEL, frame.right - frame.left - 2.0 * sides);
    let middle = ((frame.left + frame.right) / 2.0, baseline);
    scene.text(Text::new(label, middle, LABEL, Anchor::Middle));
    let label = font::fitted(&figure.y_label, LABEL, frame.bottom - frame.top);
    let middle = (EDGE + LABEL * 0.8, (frame.top + frame.bottom) / 2.0);
    scene.text(Text::new(label, middle, LABEL, Anchor::Middle).upward());
}

/// The picture in words.
fn description(figure: &Figure) -> String {
    let labels = match (figure.y_label.as_str(), figure.x_label.as_str()) {
        ("", "") => "y against x".to_string(),
        (y, "") => format!("{y} against x"),
        ("", x) => format!("y against {x}"),
        (y, x) => format!("{y} against {x}"),
    };
    if figure.title.is_empty() { labels } else { format!("{}: {labels}", figure.title) }
}
