//! What remains: the pictures that show whether a model's assumptions hold.

use ndgrad::linear::{Distribution, Family};
use ndgrad::plot::Figure;

use super::smooth::smooth;
use crate::report::Picture;
use crate::row::{Row, Sample};
use crate::units::Units;

/// Rows that are named in a picture.
const NAMED: usize = 3;

/// A residual that has about the same distribution in all rows.
#[derive(Clone, Copy)]
struct Measure {
    name: &'static str,
    of: fn(&Row) -> f64,
    /// What is to be known of it.
    note: &'static str,
}

/// The residual over its standard error.
const STANDARDIZED: Measure = Measure { name: "standardized residual", of: |row| row.standardized, note: "" };

/// Deviances of outcomes and of small counts are far from normal in the best of models; these are not.
const QUANTILE: Measure = Measure {
    name: "quantile residual",
    of: |row| row.quantile,
    note: " Quantile residuals say how unlikely the row is by the model; the place within the step of a count or an \
           outcome is drawn by lot.",
};

/// The pictures of the rows of a model of `target` of this family with so many coefficients; `name` gives a row's
/// name.
pub fn of_rows(
    sample: &Sample,
    target: &str,
    units: &Units,
    (family, rank): (Family, usize),
    name: &dyn Fn(&Row) -> String,
) -> Vec<Picture> {
    let rows = sample.shown();
    let axis = units.axis(target);
    let part = match sample.is_part() {
        true => format!(" A sample of {} of {} rows is shown.", rows.len(), sample.count),
        false => String::new(),
    };
    let probability = format!("probability of {target}");
    let mut pictures = match family {
        Family::Gaussian => vec![
            predicted(&rows, target, &axis, name),
            residuals(&rows, target, &axis, name),
            quantiles(&rows, STANDARDIZED, name),
            scale(&rows, &axis, STANDARDIZED, name),
        ],
        Family::Binomial => vec![
            calibration(&rows, target),
            binned(&rows, target, &probability),
            quantiles(&rows, QUANTILE, name),
            scale(&rows, &probability, QUANTILE, name),
        ],
        Family::Poisson | Family::Gamma => vec![
            predicted(&rows, target, &axis, name),
            deviances(&rows, target, &axis, name),
            quantiles(&rows, QUANTILE, name),
            scale(&rows, &axis, QUANTILE, name),
        ],
    };
    if rows.iter().any(|row| row.leverage.is_finite() && row.leverage > 0.0) {
        pictures.push(leverage(&rows, rank, name));
    }
    pictures.iter_mut().for_each(|picture| picture.caption += &part);
    pictures
}

fn column(rows: &[Row], pick: impl Fn(&Row) -> f64) -> Vec<f64> {
    rows.iter().map(pick).collect()
}

/// Names the rows that are largest by `size`.
fn named(
    figure: Figure,
    rows: &[Row],
    size: impl Fn(&Row) -> f64,
    at: impl Fn(&Row) -> (f64, f64),
    name: &dyn Fn(&Row) -> String,
) -> Figure {
    let mut largest: Vec<&Row> = rows.iter().filter(|row| size(row).is_finite()).collect();
    largest.sort_by(|a, b| size(b).total_cmp(&size(a)));
    largest.into_iter().take(NAMED).fold(figure, |figure, row| {
        let (x, y) = at(row);
        figure.note(x, y, &name(row))
    })
}

fn predicted(rows: &[Row], target: &str, axis: &str, name: &dyn Fn(&Row) -> String) -> Picture {
    let figure = Figure::new()
        .points("", &column(rows, |row| row.actual), &column(rows, |row| row.predicted))
        .identity_line()
        .title(&format!("{target}: predicted against actual"))
        .x_label(&format!("actual {axis}"))
        .y_label(&format!("predicted {axis}"));
    let figure = named(figure, rows, |row| row.residual().abs(), |row| (row.actual, row.predicted), name);
    let caption = "The nearer to the line, the better the prediction.".into();
    Picture { name: "fit".into(), caption, figure }
}

/// Groups of rows of similar predictions.
const GROUPS: usize = 10;

/// The part of each group of rows that had the outcome, against what was predicted.
fn calibration(rows: &[Row], target: &str) -> Picture {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| a.predicted.total_cmp(&b.predicted));
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for group in sorted.chunks(sorted.len().div_ceil(GROUPS).max(1)) {
        let weight: f64 = group.iter().map(|row| row.weight).sum();
        let mean =
            |pick: fn(&Row) -> f64| group.iter().map(|row| row.weight * pick(row)).sum::<f64>() / weight;
        x.push(mean(|row| row.predicted));
        y.push(mean(|row| row.actual));
    }
    let figure = Figure::new()
        .points("tenths of the rows", &x, &y)
        .identity_line()
        .title(&format!("{target}: how often it was, against how probable it was"))
        .x_label("mean predicted probability")
        .y_label("part of the rows");
    let caption =
        "On the line, what is predicted with a probability of 30 % happens in 30 of 100 cases.".into();
    Picture { name: "calibration".into(), caption, figure }
}

fn residuals(rows: &[Row], target: &str, axis: &str, name: &dyn Fn(&Row) -> String) -> Picture {
    let (x, y) = (column(rows, |row| row.predicted), column(rows, Row::residual));
    let figure = smoothed(Figure::new().points("rows", &x, &y), &x, &y)
        .zero_line()
        .title(&format!("Residuals of {target} against fitted values"))
        .x_label(&format!("predicted {axis}"))
        .y_label("actual − predicted");
    let figure = named(figure, rows, |row| row.residual().abs(), |row| (row.predicted, row.residual()), name);
    let caption =
        "A level cloud around zero is what a straight model leaves; a bend of the smooth line says \
                   that something is missing, such as a square or an interaction."
            .into();
    Picture { name: "residuals".into(), caption, figure }
}

/// The deviance residuals of a family whose errors grow with the mean.
fn deviances(rows: &[Row], target: &str, axis: &str, name: &dyn Fn(&Row) -> String) -> Picture {
    let rows: Vec<Row> = rows.iter().filter(|row| row.standardized.is_finite()).copied().collect();
    let (x, y) = (column(&rows, |row| row.predicted), column(&rows, |row| row.standardized));
    let figure = smoothed(Figure::new().points("rows", &x, &y), &x, &y)
        .zero_line()
        .title(&format!("Deviance residuals of {target} against fitted values"))
        .x_label(&format!("predicted {axis}"))
        .y_label("standardized deviance residual");
    let figure =
        named(figure, &rows, |row| row.standardized.abs(), |row| (row.predicted, row.standardized), name);
    let caption =
        "A level smooth line near zero is what the right terms leave; a bend says that something is \
                   missing, such as a square or an interaction."
            .into();
    Picture { name: "residuals".into(), caption, figure }
}

/// The mean residuals of groups of rows of similar predictions, and where 95 of 100 of these would be by the model (A. Gelman,
/// J. Hill, *Data Analysis Using Regression and Multilevel/Hierarchical Models*, 2007, section 5.6).
fn binned(rows: &[Row], target: &str, axis: &str) -> Picture {
    let mut sorted = rows.to_vec();
    sorted.sort_by(|a, b| a.predicted.total_cmp(&b.predicted));
    let groups = if sorted.len() >= 100 { sorted.len().isqrt() } else { (sorted.len() / 2).clamp(1, 10) };
    let (mut x, mut y, mut above) = (Vec::new(), Vec::new(), Vec::new());
    for place in 0..groups {
        let group = &sorted[place * sorted.len() / groups..(place + 1) * sorted.len() / groups];
        let sum = |of: &dyn Fn(&Row) -> f64| group.iter().map(|row| row.weight * of(row)).sum::<f64>();
        let weight = sum(&|_| 1.0);
        if weight > 0.0 {
            x.push(sum(&|row| row.predicted) / weight);
            y.push(sum(&Row::residual) / weight);
            above.push(2.0 * sum(&|row| row.predicted * (1.0 - row.predicted)).sqrt() / weight);
        }
    }
    let below: Vec<f64> = above.iter().map(|above| -above).collect();
    let figure = Figure::new()
        .points("groups of rows", &x, &y)
        .reference("two standard errors", &x, &above)
        .reference("", &x, &below)
        .zero_line()
        .title(&format!("Mean residuals of {target} against fitted values"))
        .x_label(&format!("mean predicted {axis}"))
        .y_label("mean of actual − predicted");
    let caption = "If the model is right, 95 of 100 points lie between the dashed lines, without a pattern; a bend says \
                   that something is missing, such as a square or an interaction."
        .into();
    Picture { name: "residuals".into(), caption, figure }
}

fn smoothed(figure: Figure, x: &[f64], y: &[f64]) -> Figure {
    let (places, heights) = smooth(x, y);
    if places.is_empty() { figure } else { figure.line("smooth", &places, &heights) }
}

/// `standardized residuals`, with a capital.
fn heading(measure: Measure) -> String {
    let (first, rest) = measure.name.split_at(1);
    format!("{}{rest}s", first.to_uppercase())
}

fn quantiles(rows: &[Row], measure: Measure, name: &dyn Fn(&Row) -> String) -> Picture {
    let Measure { of, note, .. } = measure;
    let mut sorted: Vec<Row> = rows.iter().filter(|row| of(row).is_finite()).copied().collect();
    sorted.sort_by(|a, b| of(a).total_cmp(&of(b)));
    let count = sorted.len() as f64;
    // The plotting positions of J. W. Tukey; what is drawn by statsmodels and R differs by less than a mark.
    let expected =
        |place: usize| Distribution::Normal.quantile((place as f64 + 2.0 / 3.0) / (count + 1.0 / 3.0));
    let x: Vec<f64> = (0..sorted.len()).map(expected).collect();
    let y = column(&sorted, of);
    let ends = [x.first(), x.last()].map(|end| end.copied().unwrap_or(0.0));
    let mut figure = Figure::new()
        .points("rows", &x, &y)
        .reference("normal", &ends, &ends)
        .title(&format!("{} against normal quantiles", heading(measure)))
        .x_label("quantile of the normal distribution")
        .y_label(measure.name);
    let mut places: Vec<usize> = (0..sorted.len()).collect();
    places.sort_by(|&a, &b| (y[b] - x[b]).abs().total_cmp(&(y[a] - x[a]).abs()));
    for &place in places.iter().take(NAMED) {
        figure = figure.note(x[place], y[place], &name(&sorted[place]));
    }
    let meaning = match note {
        "" => {
            "On the line, errors are normal. Ends that bend away are outliers, which make p-values and \
             prediction intervals too optimistic in small data."
        }
        _ => {
            "On the line, the target scatters as the family says. A steeper slope says that it scatters more \
             (overdispersion): use --covariance hc3."
        }
    };
    Picture { name: "quantiles".into(), caption: format!("{meaning}{note}"), figure }
}

fn scale(rows: &[Row], axis: &str, measure: Measure, name: &dyn Fn(&Row) -> String) -> Picture {
    let Measure { of, note, .. } = measure;
    let root = |row: &Row| of(row).abs().sqrt();
    let rows: Vec<Row> = rows.iter().filter(|row| of(row).is_finite()).copied().collect();
    let (x, y) = (column(&rows, |row| row.predicted), column(&rows, root));
    let figure = smoothed(Figure::new().points("rows", &x, &y), &x, &y)
        .title("Scale of the residuals against fitted values")
        .x_label(&format!("predicted {axis}"))
        .y_label(&format!("√|{}|", measure.name));
    let figure = named(figure, &rows, root, |row| (row.predicted, root(row)), name);
    let meaning = match note {
        "" => {
            "A level smooth line says that errors are of one size. Where it rises, choose --covariance hc3, \
             or model the logarithm of the target."
        }
        _ => {
            "A level smooth line says that the target scatters about its mean as the family says. Where it rises, \
             choose --covariance hc3, or another family."
        }
    };
    Picture { name: "scale".into(), caption: format!("{meaning}{note}"), figure }
}

fn leverage(rows: &[Row], rank: usize, name: &dyn Fn(&Row) -> String) -> Picture {
    let rows: Vec<Row> = rows.iter().filter(|row| row.standardized.is_finite()).copied().collect();
    let (x, y) = (column(&rows, |row| row.leverage), column(&rows, |row| row.standardized));
    let most = x.iter().copied().fold(0.0, f64::max).min(0.999);
    let mut figure = Figure::new().points("rows", &x, &y).zero_line();
    let places: Vec<f64> =
        (1..=120).map(|k| most * 1.05 * f64::from(k) / 120.0).filter(|&h| h < 1.0).collect();
    let reach = y.iter().map(|r| r.abs()).fold(0.0, f64::max);
    for distance in [0.5, 1.0] {
        // D = r² h / (k (1 - h)), solved for the standardized residual r (R. D. Cook, Technometrics 19, 1977).
        let height = |h: f64| (distance * rank as f64 * (1.0 - h) / h).sqrt();
        let above: Vec<f64> = places.iter().map(|&h| height(h)).collect();
        let below: Vec<f64> = above.iter().map(|height| -height).collect();
        // The contours leave the picture together; what is not seen needs no name.
        let seen = distance == 0.5 && above.iter().any(|&height| height < reach);
        let legend = if seen { "Cook's distance 0.5 and 1" } else { "" };
        figure = figure.reference(legend, &places, &above).reference("", &places, &below);
    }
    let figure = figure
        .title("Standardized residuals against leverage")
        .x_label("leverage")
        .y_label("standardized residual");
    let figure = named(figure, &rows, |row| row.cooks_distance, |row| (row.leverage, row.standardized), name);
    let caption =
        "Rows at the right have unusual features; those beyond a dashed line move the whole model. \
                   Look at these first."
            .into();
    Picture { name: "leverage".into(), caption, figure }
}
