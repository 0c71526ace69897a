//! The pictures of a fit.

use ndgrad::linear::{Epoch, Fit, Part, Stage};
use ndgrad::plot::Figure;

/// The pictures of a fit, with their names.
pub fn of(fit: &Fit) -> [(&'static str, Figure); 3] {
    [("loss", loss(fit)), ("fit", predicted(fit)), ("residuals", residuals(fit))]
}

/// The parts that predictions are shown of, as the legend names them.
fn parts(fit: &Fit) -> impl Iterator<Item = (&'static str, &Part)> {
    [("training", Some(&fit.train)), ("validation", fit.validation.as_ref())]
        .into_iter()
        .filter_map(|(name, part)| Some((name, part?)))
}

/// The losses of all epochs, as units of the target's variance.
fn loss(fit: &Fit) -> Figure {
    let line = |figure: Figure, name: &str, loss: &dyn Fn(&Epoch) -> Option<f64>| {
        let points = fit.history.iter().filter_map(|epoch| Some((epoch.number as f64, loss(epoch)?)));
        let (number, loss): (Vec<f64>, Vec<f64>) = points.unzip();
        if number.is_empty() { figure } else { figure.line(name, &number, &loss) }
    };
    let stage = |stage| move |epoch: &Epoch| (epoch.stage == stage).then_some(epoch.train_loss);
    let mut figure = line(Figure::new(), "training rows", &stage(Stage::Trial));
    figure = line(figure, "validation rows", &|epoch| epoch.validation_loss);
    line(figure, "all rows, final model", &stage(Stage::Final))
        .title(&format!("Loss during training: {}", fit.model.target()))
        .x_label("epoch")
        .y_label("mean squared error / variance")
        .y_log()
}

fn predicted(fit: &Fit) -> Figure {
    let target = fit.model.target();
    parts(fit)
        .fold(Figure::new(), |figure, (name, part)| figure.points(name, &part.actual, &part.predicted))
        .identity_line()
        .title(&format!("{target}: predicted against actual"))
        .x_label(&format!("actual {target}"))
        .y_label(&format!("predicted {target}"))
}

fn residuals(fit: &Fit) -> Figure {
    let target = fit.model.target();
    parts(fit)
        .fold(Figure::new(), |figure, (name, part)| {
            let residuals: Vec<f64> = part.actual.iter().zip(&part.predicted).map(|(a, p)| a - p).collect();
            figure.points(name, &part.predicted, &residuals)
        })
        .zero_line()
        .title(&format!("Residuals of {target}"))
        .x_label(&format!("predicted {target}"))
        .y_label("actual − predicted")
}
