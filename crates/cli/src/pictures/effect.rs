//! `Effect`: what one column does to the prediction, all others left at their middle.

use ndgrad::plot::Figure;

use crate::report::Picture;

/// What a column does to the prediction, with the interval of the mean.
pub struct Effect {
    /// The column.
    pub column: String,
    /// Where it is.
    pub shape: Shape,
    /// The predictions, one at each place.
    pub predicted: Vec<f64>,
    /// The low ends of their intervals; none where they are not known.
    pub lower: Vec<f64>,
    /// The high ends, likewise.
    pub upper: Vec<f64>,
}

/// The places of an effect.
pub enum Shape {
    /// Numbers, in order.
    Numbers(Vec<f64>),
    /// Levels of a category.
    Levels(Vec<String>),
}

impl Effect {
    /// The picture; `x` and `y` name the axes.
    pub fn picture(&self, target: &str, x: &str, y: &str, level: f64) -> Picture {
        let figure = match &self.shape {
            Shape::Numbers(places) => match self.lower.is_empty() {
                true => Figure::new(),
                false => {
                    let name = format!("{} % interval", 100.0 * level);
                    Figure::new().band(&name, places, &self.lower, &self.upper)
                }
            }
            .line("prediction", places, &self.predicted)
            .x_label(x)
            .y_label(&format!("predicted {y}")),
            Shape::Levels(levels) => {
                let places: Vec<f64> = (0..levels.len()).map(|place| place as f64).collect();
                let ends = |ends| if self.lower.is_empty() { &self.predicted } else { ends };
                Figure::new()
                    .intervals("", &places, &self.predicted, ends(&self.lower), ends(&self.upper))
                    .y_names(levels)
                    .x_label(&format!("predicted {y}"))
            }
        };
        let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' };
        let name: String = self.column.chars().map(safe).take(40).collect();
        Picture {
            name: format!("effect-{name}"),
            caption: format!(
                "The prediction as {} varies and every other column stays at its middle.",
                self.column
            ),
            figure: figure.title(&format!("Effect of {} on {target}", self.column)),
        }
    }
}
