//! `Network`: the diagram of a linear model, inputs and output as nodes, weights as edges.

use std::path::Path;

use ndgrad_array::{OperationError, Result};

use crate::font::{self, HALF_DIGIT};
use crate::palette::Palette;
use crate::scene::{Anchor, Item, Pen, Point, Scene, Text};
use crate::style::Color;
use crate::values::Values;
use crate::{number, save, svg};

const MARGIN: f64 = 24.0;
const RADIUS: f64 = 20.0;
/// From the inputs to the output.
const DISTANCE: f64 = 300.0;
/// The height of the column of inputs, where the steps between them allow it.
const COLUMN: f64 = 240.0;
const STEPS: (f64, f64) = (62.0, 96.0);
const FONT: f64 = 14.0;
const SMALL: f64 = 12.0;

/// As many inputs are all shown; of more, the first ones, an ellipsis and the last one.
const SHOWN: usize = 7;

/// From the middle of a node to its name.
const BESIDE: f64 = RADIUS + 12.0;

/// Room for a name beside its node.
const NAME: f64 = 220.0;

/// The picture of a linear model as a network: inputs in orange on the left, the output in green on the right, an
/// arrow from each input to the output.
#[derive(Clone, Debug)]
#[must_use = "a network shows nothing until it is saved"]
pub struct Network {
    inputs: Vec<String>,
    output: String,
    weights: Option<Vec<f64>>,
}

/// The diagram of a model that computes `output` from `inputs`. Of more than seven inputs, the first five and the
/// last one are shown.
///
/// ```
/// use ndgrad_plot as plot;
/// let svg = plot::network(&["x₀", "x₁"], "ŷ").weights(&[2.0, -3.4]).to_svg();
/// assert!(svg.contains("−3.4"));
/// ```
pub fn network(inputs: &[&str], output: &str) -> Network {
    let inputs = inputs.iter().map(|name| name.to_string()).collect();
    Network { inputs, output: output.to_string(), weights: None }
}

/// An input of the picture, or the dots that stand for those left out.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Input(usize),
    Ellipsis,
}

impl Network {
    /// Writes a weight on each arrow, in the order of the inputs, with four significant digits.
    ///
    /// # Panics
    /// When there are not as many weights as inputs.
    #[track_caller]
    pub fn weights(mut self, weights: &(impl Values + ?Sized)) -> Self {
        let weights = weights.values();
        if weights.len() != self.inputs.len() {
            let (found, expected) = (weights.len(), self.inputs.len());
            let note = format!("its length ({found}) must equal the number of inputs ({expected})");
            let error = OperationError::new("network weights", "every input needs one weight")
                .operand("inputs", format!("[{expected}]"), "")
                .operand("weights", format!("[{found}]"), note);
            panic!("{error}");
        }
        self.weights = Some(weights);
        self
    }

    /// The diagram as an SVG document, as wide as its names need. The same network gives the same text on every
    /// machine.
    pub fn to_svg(&self) -> String {
        svg::write(&self.draw(), Palette::Fixed)
    }

    /// The diagram as a PNG file, with `scale` pixels to each unit of [`to_svg`](Network::to_svg).
    ///
    /// # Panics
    /// When the picture would have no pixel, or more than 16,384 pixels along an edge.
    #[cfg(feature = "png")]
    #[track_caller]
    pub fn to_png(&self, scale: f64) -> Vec<u8> {
        crate::figure::to_png(&self.draw(), scale)
    }

    /// Writes the diagram to `path`, `.svg` or `.png`, as [`Figure::save`](crate::Figure::save) does.
    ///
    /// # Errors
    /// As [`Figure::save`](crate::Figure::save).
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        save::save(&self.draw(), path.as_ref())
    }

    fn places(&self) -> Vec<Place> {
        let count = self.inputs.len();
        if count <= SHOWN {
            return (0..count).map(Place::Input).collect();
        }
        let first = (0..SHOWN - 2).map(Place::Input);
        first.chain([Place::Ellipsis, Place::Input(count - 1)]).collect()
    }

    fn draw(&self) -> Scene {
        let places = self.places();
        let gaps = places.len().saturating_sub(1) as f64;
        let step = (COLUMN / gaps.max(1.0)).clamp(STEPS.0, STEPS.1);
        let span = step * gaps;
        let height = (2.0 * (MARGIN + RADIUS) + span).max(140.0);
        let count = self.inputs.len();
        let plural = if count == 1 { "" } else { "s" };
        let description = format!("Network: {count} input{plural} to {}", self.output);

        let name_width = |name: &String| font::width(name, FONT).min(NAME);
        let shown = places.iter().filter_map(|place| match place {
            Place::Input(index) => Some(&self.inputs[*index]),
            Place::Ellipsis => None,
        });
        let left = MARGIN + shown.map(name_width).fold(30.0, f64::max) + BESIDE;
        let right = left + DISTANCE;
        let width = (right + BESIDE + name_width(&self.output).max(30.0) + MARGIN).ceil();
        let output = (right, height / 2.0);
        let node = |row: usize| (left, height / 2.0 - span / 2.0 + step * row as f64);
        let mut scene = Scene::new(width, height, description);

        for (row, place) in places.iter().enumerate() {
            if *place != Place::Ellipsis {
                arrow(&mut scene, node(row), output);
            }
        }
        for (row, &place) in places.iter().enumerate() {
            let at = node(row);
            let Place::Input(index) = place else {
                ellipsis(&mut scene, at, count - (SHOWN - 1));
                continue;
            };
            disc(&mut scene, at, Color::ORANGE);
            let beside = (at.0 - BESIDE, at.1 + FONT * HALF_DIGIT);
            scene.text(Text::new(font::fitted(&self.inputs[index], FONT, NAME), beside, FONT, Anchor::End));
            if let Some(weights) = &self.weights {
                weight(&mut scene, at, output, weights[index]);
            }
        }
        disc(&mut scene, output, Color::GREEN);
        let beside = (output.0 + BESIDE, output.1 + FONT * HALF_DIGIT);
        scene.text(Text::new(font::fitted(&self.output, FONT, NAME), beside, FONT, Anchor::Start));
        scene
    }
}

fn disc(scene: &mut Scene, center: Point, fill: Color) {
    scene.items.push(Item::Disc { center, radius: RADIUS, fill, pen: Pen::solid(Color::INK, 1.2) });
}

/// A line from the edge of one node to the edge of the other, with a head.
fn arrow(scene: &mut Scene, from: Point, to: Point) {
    const LENGTH: f64 = 11.0;
    const HALF_WIDTH: f64 = 4.5;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let distance = (dx * dx + dy * dy).sqrt();
    let (ux, uy) = (dx / distance, dy / distance);
    let along =
        |length: f64, aside: f64| (from.0 + ux * length - uy * aside, from.1 + uy * length + ux * aside);
    let tip = distance - RADIUS - 2.0;
    scene.lines(vec![vec![along(RADIUS, 0.0), along(tip - LENGTH + 1.0, 0.0)]], Pen::solid(Color::GREY, 1.4));
    let corners = vec![along(tip, 0.0), along(tip - LENGTH, HALF_WIDTH), along(tip - LENGTH, -HALF_WIDTH)];
    scene.items.push(Item::Area { corners, fill: Color::GREY, opacity: 1.0 });
}

/// A weight on its arrow, on a white ground, near the input, where arrows are far apart.
fn weight(scene: &mut Scene, from: Point, to: Point, weight: f64) {
    const ALONG: f64 = 0.42;
    let text = number::rounded(weight, 4);
    let (x, y) = (from.0 + (to.0 - from.0) * ALONG, from.1 + (to.1 - from.1) * ALONG);
    let (dx, dy) = (font::width(&text, SMALL) / 2.0 + 4.0, SMALL / 2.0 + 3.0);
    let corners = vec![(x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy)];
    scene.items.push(Item::Area { corners, fill: Color::WHITE, opacity: 1.0 });
    scene.text(Text::new(text, (x, y + SMALL * HALF_DIGIT), SMALL, Anchor::Middle));
}

/// Three dots, and how many inputs they stand for.
fn ellipsis(scene: &mut Scene, (x, y): Point, hidden: usize) {
    for offset in [-10.0, 0.0, 10.0] {
        let pen = Pen::solid(Color::GREY, 0.5);
        scene.items.push(Item::Disc { center: (x, y + offset), radius: 2.2, fill: Color::GREY, pen });
    }
    let beside = (x - BESIDE, y + SMALL * HALF_DIGIT);
    scene.text(Text::new(format!("{hidden} more"), beside, SMALL, Anchor::End).color(Color::GREY));
}
