//! `Figure`: a picture with two axes, put together layer by layer.

use std::path::Path;

use ndgrad_array::{OperationError, Result};

use crate::scene::Point;
use crate::values::Values;
use crate::{draw, save, svg};

/// A picture with two axes: points, lines, a legend where layers have names.
///
/// Axes fit the data, with a little room around it, and ticks at round numbers. Points that are not finite
/// (and, on a logarithmic axis, not positive) are left out, a line has a gap there, and a note in the picture
/// says how many they are. Every series has its own colour, marker and dash, told apart in black and white
/// and with any kind of colour vision.
///
/// ```
/// # fn main() -> ndgrad_array::Result<()> {
/// use ndgrad_plot as plot;
/// # let directory = tempfile::tempdir().unwrap();
/// # std::env::set_current_dir(&directory).unwrap();
/// let epoch = [1.0, 2.0, 3.0, 4.0];
/// plot::line(&epoch, &[8.1, 0.9, 0.12, 0.015])
///     .name("training")
///     .line("validation", &epoch, &[8.4, 1.1, 0.16, 0.021])
///     .title("Loss")
///     .x_label("epoch")
///     .y_label("mean squared error")
///     .y_log()
///     .save("loss.svg")?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a figure shows nothing until it is saved"]
pub struct Figure {
    pub(crate) layers: Vec<Layer>,
    pub(crate) title: String,
    pub(crate) x_label: String,
    pub(crate) y_label: String,
    pub(crate) horizontals: Vec<f64>,
    pub(crate) identity: bool,
    pub(crate) y_log: bool,
}

/// One series.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// What the legend says; nothing keeps the series out of it.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) points: Vec<Point>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Points,
    Line,
}

/// A figure with a point at every `(x[i], y[i])`. The more points, the smaller and fainter they are, so that
/// density shows; of more than 20,000, those that lie hidden beneath others are not drawn.
///
/// # Panics
/// When `x` and `y` differ in length.
///
/// ```
/// use ndgrad_plot as plot;
/// let svg = plot::scatter(&[1.0, 2.0, 3.0], &[2.1, 3.9, 6.2]).title("Three points").to_svg();
/// assert!(svg.contains("Three points"));
/// ```
#[track_caller]
pub fn scatter(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    Figure::new().layer("scatter", "", Kind::Points, x.values(), y.values())
}

/// A figure with a line through every `(x[i], y[i])`, in the order given.
///
/// # Panics
/// When `x` and `y` differ in length.
#[track_caller]
pub fn line(x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Figure {
    Figure::new().layer("line", "", Kind::Line, x.values(), y.values())
}

impl Figure {
    /// A figure without layers.
    pub fn new() -> Self {
        Figure::default()
    }

    /// Adds a point at every `(x[i], y[i])`, named so in the legend. An empty name stays out of it.
    ///
    /// # Panics
    /// When `x` and `y` differ in length.
    #[track_caller]
    pub fn points(self, name: &str, x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Self {
        self.layer("points", name, Kind::Points, x.values(), y.values())
    }

    /// Adds a line through every `(x[i], y[i])`, named so in the legend. An empty name stays out of it.
    ///
    /// # Panics
    /// When `x` and `y` differ in length.
    #[track_caller]
    pub fn line(self, name: &str, x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Self {
        self.layer("line", name, Kind::Line, x.values(), y.values())
    }

    #[track_caller]
    fn layer(mut self, operation: &str, name: &str, kind: Kind, x: Vec<f64>, y: Vec<f64>) -> Self {
        if x.len() != y.len() {
            let rule = format!("its length ({}) must equal x's length ({})", y.len(), x.len());
            let error = OperationError::new(operation, "x and y differ in length")
                .operand("x", format!("[{}]", x.len()), "")
                .operand("y", format!("[{}]", y.len()), rule);
            panic!("{error}");
        }
        self.layers.push(Layer { name: name.to_string(), kind, points: x.into_iter().zip(y).collect() });
        self
    }

    /// Names the layer added last, for the legend.
    ///
    /// # Panics
    /// When the figure has no layer yet.
    #[track_caller]
    pub fn name(mut self, name: &str) -> Self {
        let Some(layer) = self.layers.last_mut() else {
            let error = OperationError::new("name", "the figure has no layer to name")
                .remedy("add one first, with points or line");
            panic!("{error}");
        };
        layer.name = name.to_string();
        self
    }

    /// The title, above the picture.
    pub fn title(mut self, title: &str) -> Self {
        self.title = title.to_string();
        self
    }

    /// What the horizontal axis shows, with its unit.
    pub fn x_label(mut self, label: &str) -> Self {
        self.x_label = label.to_string();
        self
    }

    /// What the vertical axis shows, with its unit.
    pub fn y_label(mut self, label: &str) -> Self {
        self.y_label = label.to_string();
        self
    }

    /// Adds the dashed line `y = x` and gives both axes the same range in a square picture: for predicted
    /// against actual values, where a perfect prediction lies on that line.
    pub fn identity_line(mut self) -> Self {
        self.identity = true;
        self
    }

    /// Adds a dashed line at `y = 0`: for residuals, which should scatter around it.
    pub fn zero_line(self) -> Self {
        self.horizontal_line(0.0)
    }

    /// Adds a dashed horizontal line at `y`, which the vertical axis is made to include. It is left out where
    /// `y` cannot be shown, like any point.
    pub fn horizontal_line(mut self, y: f64) -> Self {
        self.horizontals.push(y);
        self
    }

    /// Makes the vertical axis logarithmic: for loss curves. Values that are not positive are left out.
    pub fn y_log(mut self) -> Self {
        self.y_log = true;
        self
    }

    /// The figure as an SVG document, 720 by 480 units (560 by 560 with an identity line; a legend of more
    /// than one row adds to the height). The same figure gives the same text on every machine.
    pub fn to_svg(&self) -> String {
        svg::write(&draw::draw(self))
    }

    /// The figure as a PNG file, with `scale` pixels to each unit of [`to_svg`](Figure::to_svg): 2 is sharp on
    /// most screens. The same figure gives the same bytes on every machine.
    ///
    /// # Panics
    /// When the picture would have no pixel, or more than 16,384 pixels along an edge.
    #[cfg(feature = "png")]
    #[track_caller]
    pub fn to_png(&self, scale: f64) -> Vec<u8> {
        to_png(&draw::draw(self), scale)
    }

    /// Writes the figure to `path`: SVG where it ends in `.svg`, PNG (two pixels to the unit) where it ends in
    /// `.png`. The file is written whole or not at all, and replaces one that is there.
    ///
    /// # Errors
    /// When the name has another ending, the file cannot be written, or it is a PNG and this build is without
    /// the feature `png`.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        save::save(&draw::draw(self), path.as_ref())
    }
}

/// The scene in pixels, or a panic that says why not.
#[cfg(feature = "png")]
#[track_caller]
pub(crate) fn to_png(scene: &crate::scene::Scene, scale: f64) -> Vec<u8> {
    let Some(bytes) = crate::png::encode(scene, scale) else {
        let size = format!("{} x {}", scene.width, scene.height);
        let error = OperationError::new("to_png", "the picture would be empty or too large")
            .operand("picture", size, "")
            .operand("scale", scale, "times the picture's edges it must give 1 to 16384 pixels");
        panic!("{error}");
    };
    bytes
}
