//! Coefficients with their intervals, on one scale.

use ndgrad::plot::Figure;

use crate::report::{Coefficient, Picture};

/// Coefficients that a picture shows, at most.
const MOST: usize = 40;

/// A picture of the coefficients, each times the deviation of its term (1 for indicators), so that one can be
/// compared with the other; nothing where there is none but an intercept. `deviations` are those of the
/// coefficients; NaN for the intercept, which is not shown.
pub fn coefficients(all: &[Coefficient], deviations: &[f64], axis: &str, level: f64) -> Option<Picture> {
    let mut shown: Vec<(&Coefficient, f64)> = all
        .iter()
        .zip(deviations)
        .filter(|(c, deviation)| deviation.is_finite() && c.estimate.is_finite())
        .map(|(c, &deviation)| (c, if c.baseline.is_some() { 1.0 } else { deviation }))
        .collect();
    let size = |(c, deviation): &(&Coefficient, f64)| (c.estimate * deviation).abs();
    shown.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let left_out = shown.len().saturating_sub(MOST);
    shown.truncate(MOST);
    if shown.is_empty() {
        return None;
    }
    let list = |pick: &dyn Fn(&Coefficient) -> f64| -> Vec<f64> {
        shown.iter().map(|(c, deviation)| pick(c) * deviation).collect()
    };
    let intervals = shown.iter().any(|(c, _)| !c.lower.is_nan());
    let title = match intervals {
        true => format!("Effects, with intervals of {} %", 100.0 * level),
        false => "Effects".to_string(),
    };
    // Where there is no interval, a point.
    let known = |end: f64, estimate: f64| if end.is_nan() { estimate } else { end };
    let (lower, upper) = (list(&|c| known(c.lower, c.estimate)), list(&|c| known(c.upper, c.estimate)));
    let names: Vec<&str> = shown.iter().map(|(c, _)| c.term.as_str()).collect();
    let places: Vec<f64> = (0..shown.len()).map(|place| place as f64).collect();
    let figure = Figure::new()
        .intervals("", &places, &list(&|c| c.estimate), &lower, &upper)
        .y_names(&names)
        .vertical_line(0.0)
        .title(&title)
        .x_label(&format!("change of {axis}"));
    let mut caption =
        "What one standard deviation more of a number changes, and a category against its baseline."
            .to_string();
    if intervals {
        caption += " An interval that crosses zero leaves the direction open.";
    }
    if left_out > 0 {
        caption += &format!(" The {MOST} largest are shown, {left_out} are not.");
    }
    Some(Picture { name: "coefficients".into(), caption, figure })
}

/// How often the rows of each class are foreseen.
pub fn classes(names: &[String], right: &[f64], target: &str) -> Picture {
    let places: Vec<f64> = (0..names.len()).map(|place| place as f64).collect();
    let percent: Vec<f64> = right.iter().map(|part| 100.0 * part).collect();
    let figure = Figure::new()
        .intervals("", &places, &percent, &percent, &percent)
        .y_names(names)
        .title(&format!("How often each {target} is foreseen"))
        .x_label("% of its rows");
    let caption =
        "The part of the rows of each class whose class is the one that the model finds likeliest.".into();
    Picture { name: "classes".into(), caption, figure }
}
