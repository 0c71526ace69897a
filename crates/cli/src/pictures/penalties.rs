//! What penalties do to coefficients, and to rows that were held out.

use ndgrad::linear::{CrossValidation, PenalizedPath};
use ndgrad::plot::Figure;

use crate::report::Picture;

/// Coefficients that a picture of a path shows, at most.
const MOST: usize = 12;

/// The errors of rows that were held out, and the penalty that was chosen.
pub fn validation(validation: &CrossValidation, chosen: usize) -> Picture {
    let strength: Vec<f64> = validation.lambdas.iter().map(|lambda| lambda.log10()).collect();
    let errors = &validation.mean_errors;
    let end = |sign: f64| -> Vec<f64> {
        errors.iter().zip(&validation.std_errors).map(|(error, width)| error + sign * width).collect()
    };
    let figure = Figure::new()
        .band("one standard error", &strength, &end(-1.0), &end(1.0))
        .line("mean squared error", &strength, errors)
        .vertical_line(strength[chosen])
        .title("Errors of rows held out")
        .x_label("log10 of the penalty")
        .y_label("mean squared error");
    let caption = "The upright line is the penalty that was chosen. Left of it the model follows its rows more closely, \
                   right of it less."
        .into();
    Picture { name: "validation".into(), caption, figure }
}

/// The coefficients along the path of penalties; nothing where there is but one penalty.
pub fn path(path: &PenalizedPath, chosen: usize) -> Option<Picture> {
    let last = path.points.last().filter(|_| path.points.len() > 1)?;
    let mut columns: Vec<usize> = (0..path.names.len()).filter(|&j| last.coefficients[j] != 0.0).collect();
    let spread = |j: usize| path.points.iter().map(|point| point.coefficients[j].abs()).fold(0.0, f64::max);
    columns.sort_by(|&a, &b| spread(b).total_cmp(&spread(a)));
    let left_out = columns.len().saturating_sub(MOST);
    columns.truncate(MOST);
    let strength: Vec<f64> = path.points.iter().map(|point| point.lambda.log10()).collect();
    let line = |figure: Figure, &j: &usize| {
        // Columns of different units share one scale: each is shown as a part of its largest coefficient.
        let scale = spread(j);
        let values: Vec<f64> = path.points.iter().map(|point| point.coefficients[j] / scale).collect();
        figure.line(&path.names[j], &strength, &values)
    };
    let figure = columns
        .iter()
        .fold(Figure::new(), line)
        .vertical_line(strength[chosen])
        .title("Coefficients along the path of penalties")
        .x_label("log10 of the penalty")
        .y_label("coefficient / its largest");
    let mut caption = "Each coefficient as a part of the largest that it has anywhere on the path; the upright line is the \
                       penalty that was chosen."
        .to_string();
    if left_out > 0 {
        caption += &format!(" The {MOST} largest are shown, {left_out} are not.");
    }
    Some(Picture { name: "path".into(), caption, figure })
}
