//! `Figure`: a picture with two axes, put together layer by layer.

use std::path::Path;

use ndgrad_array::{OperationError, Result};

use crate::layer::{Kind, Layer};
use crate::palette::Palette;
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
    pub(crate) verticals: Vec<f64>,
    /// The vertical axis' names, from the top; none where it shows numbers.
    pub(crate) names: Vec<String>,
    pub(crate) notes: Vec<(Point, String)>,
    pub(crate) identity: bool,
    pub(crate) y_log: bool,
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

    /// Adds the area between `lower[i]` and `upper[i]` at every `x[i]`, in the order given: how uncertain the line
    /// added next is, whose colour it has. An empty name stays out of the legend.
    ///
    /// # Panics
    /// When the three differ in length.
    #[track_caller]
    pub fn band(
        mut self,
        name: &str,
        x: &(impl Values + ?Sized),
        lower: &(impl Values + ?Sized),
        upper: &(impl Values + ?Sized),
    ) -> Self {
        let (x, lower, upper) = (x.values(), lower.values(), upper.values());
        same_length("band", ("x", x.len()), ("lower", lower.len()));
        same_length("band", ("x", x.len()), ("upper", upper.len()));
        let pairs = x.iter().zip(lower.iter().zip(&upper));
        let points = pairs.flat_map(|(&x, (&lower, &upper))| [(x, lower), (x, upper)]).collect();
        self.layers.push(Layer { name: name.to_string(), kind: Kind::Band, points });
        self
    }

    /// Adds a horizontal interval from `lower[i]` to `upper[i]` with a mark at `value[i]`, at the height `y[i]`:
    /// 0, 1, 2 and so on where the vertical axis has [`y_names`](Figure::y_names). An end that is not finite is
    /// not drawn. An empty name stays out of the legend.
    ///
    /// # Panics
    /// When the lists differ in length.
    #[track_caller]
    pub fn intervals(
        mut self,
        name: &str,
        y: &(impl Values + ?Sized),
        value: &(impl Values + ?Sized),
        lower: &(impl Values + ?Sized),
        upper: &(impl Values + ?Sized),
    ) -> Self {
        let [y, value, lower, upper] = [y.values(), value.values(), lower.values(), upper.values()];
        for (name, list) in [("value", &value), ("lower", &lower), ("upper", &upper)] {
            same_length("intervals", ("y", y.len()), (name, list.len()));
        }
        let group = |(i, &y): (usize, &f64)| [(lower[i], y), (value[i], y), (upper[i], y)];
        let points = y.iter().enumerate().flat_map(group).collect();
        self.layers.push(Layer { name: name.to_string(), kind: Kind::Intervals, points });
        self
    }

    /// Adds a dashed line through every `(x[i], y[i])` that the data is to be compared with. It has no part in
    /// what the axes show; what of it lies outside is cut off. An empty name stays out of the legend.
    ///
    /// # Panics
    /// When `x` and `y` differ in length.
    #[track_caller]
    pub fn reference(self, name: &str, x: &(impl Values + ?Sized), y: &(impl Values + ?Sized)) -> Self {
        self.layer("reference", name, Kind::Reference, x.values(), y.values())
    }

    #[track_caller]
    fn layer(mut self, operation: &str, name: &str, kind: Kind, x: Vec<f64>, y: Vec<f64>) -> Self {
        same_length(operation, ("x", x.len()), ("y", y.len()));
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

    /// Adds a dashed vertical line at `x`, which the horizontal axis is made to include.
    pub fn vertical_line(mut self, x: f64) -> Self {
        self.verticals.push(x);
        self
    }

    /// Writes a short text beside the point `(x, y)`: which row an outlier is. Where it would cover another such
    /// text or the edge, it is left out; those added first come first.
    pub fn note(mut self, x: f64, y: f64, text: &str) -> Self {
        self.notes.push(((x, y), text.to_string()));
        self
    }

    /// Gives the vertical axis names instead of numbers: the first at the top, at the height 0, the next at 1, and
    /// so on. The picture is as high as they need.
    pub fn y_names(mut self, names: &[impl AsRef<str>]) -> Self {
        self.names = names.iter().map(|name| name.as_ref().to_string()).collect();
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
        svg::write(&draw::draw(self), Palette::Fixed)
    }

    /// The figure as an SVG element of an HTML page, whose colours the page decides, with a dark one in mind: they
    /// are the CSS variables of [`stylesheet`](crate::stylesheet), or those of [`to_svg`](Figure::to_svg) where
    /// the page has none.
    pub fn to_html(&self) -> String {
        svg::write(&draw::draw(self), Palette::Page)
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

#[track_caller]
fn same_length(operation: &str, (first, length): (&str, usize), (second, other): (&str, usize)) {
    if other != length {
        let rule = format!("its length ({other}) must equal {first}'s length ({length})");
        let error = OperationError::new(operation, format!("{first} and {second} differ in length"))
            .operand(first, format!("[{length}]"), "")
            .operand(second, format!("[{other}]"), rule);
        panic!("{error}");
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
