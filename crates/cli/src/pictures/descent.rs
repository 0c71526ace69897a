//! The course of a training.

use ndgrad::linear::{Epoch, Stage};
use ndgrad::plot::Figure;

use crate::report::Picture;

/// The losses of all epochs, as units of the target's variance.
pub fn loss(history: &[Epoch], target: &str) -> Picture {
    let line = |figure: Figure, name: &str, loss: &dyn Fn(&Epoch) -> Option<f64>| {
        let points = history.iter().filter_map(|epoch| Some((epoch.number as f64, loss(epoch)?)));
        let (number, loss): (Vec<f64>, Vec<f64>) = points.unzip();
        if number.is_empty() { figure } else { figure.line(name, &number, &loss) }
    };
    let stage = |stage| move |epoch: &Epoch| (epoch.stage == stage).then_some(epoch.train_loss);
    let mut figure = line(Figure::new(), "training rows", &stage(Stage::Trial));
    figure = line(figure, "validation rows", &|epoch| epoch.validation_loss);
    let figure = line(figure, "all rows, final model", &stage(Stage::Final))
        .title(&format!("Loss during training: {target}"))
        .x_label("epoch")
        .y_label("mean squared error / variance")
        .y_log();
    let caption =
        "Training is done where the lines are level. Validation rows far above training rows would say \
                   that the model has learned its rows by heart."
            .into();
    Picture { name: "loss".into(), caption, figure }
}

/// The mean losses of the epochs of a descent.
pub fn losses(losses: &[f64], target: &str) -> Picture {
    let epochs: Vec<f64> = (1..=losses.len()).map(|epoch| epoch as f64).collect();
    let figure = Figure::new()
        .line("", &epochs, losses)
        .title(&format!("Loss during training: {target}"))
        .x_label("epoch")
        .y_label("mean loss of the rows");
    let caption = "Training is done where the line is level.".into();
    Picture { name: "loss".into(), caption, figure }
}
