//! What each column does to the prediction, all others left at their middle.

use ndgrad::data::{Category, Column, Numeric, Table};
use ndgrad::linear::DesignInfo;

use super::fitted::Fitted;
use super::places::Input;
use crate::pictures::{Effect, Shape};

/// Effects that are drawn, at most.
const MOST_EFFECTS: usize = 12;

/// The levels of an effect that are drawn, at most.
const MOST_LEVELS: usize = 40;

/// Places at which the effect of a number is computed.
const PLACES: usize = 41;

/// The effects of the columns that the terms read, the first of them. Numbers that stay are at their mean, categories
/// at their commonest level.
pub fn effects(fit: &Fitted, design: &DesignInfo, inputs: &[(String, Input)]) -> Vec<Effect> {
    // A column whose terms have all been left out has no effect to show.
    let of = |(name, input): &(String, Input)| effect(fit, design, inputs, name, input);
    inputs.iter().filter_map(of).take(MOST_EFFECTS).collect()
}

fn effect(
    fit: &Fitted,
    design: &DesignInfo,
    inputs: &[(String, Input)],
    name: &str,
    input: &Input,
) -> Option<Effect> {
    let shape = match input {
        Input::Numbers { low, high, .. } if low < high => {
            let place = |k: usize| low + (high - low) * k as f64 / (PLACES - 1) as f64;
            Shape::Numbers((0..PLACES).map(place).collect())
        }
        Input::Numbers { .. } => return None,
        Input::Levels { counts, .. } if counts.len() > 1 => {
            Shape::Levels(counts.keys().take(MOST_LEVELS).cloned().collect())
        }
        Input::Levels { .. } => return None,
    };
    let rows = match &shape {
        Shape::Numbers(places) => places.len(),
        Shape::Levels(levels) => levels.len(),
    };
    let column = |(other, input): &(String, Input)| {
        let column = match (other == name, &shape) {
            (true, Shape::Numbers(places)) => Column::from(Numeric::from(places.clone())),
            (true, Shape::Levels(levels)) => category(levels, input),
            (false, _) => middle(input, rows),
        };
        (other.clone(), column)
    };
    let mut columns: Vec<(String, Column)> = inputs.iter().map(column).collect();
    if let Some(offset) = &design.options().offset {
        columns.push((offset.clone(), Numeric::from(vec![0.0; rows]).into()));
    }
    // A function of the middle of several columns may have no value.
    let x = design.encode(&Table::new("the middle of all columns", columns)).ok()?.x;
    let width = design.names().len();
    let mut effect =
        Effect { column: name.to_string(), shape, predicted: vec![], lower: vec![], upper: vec![] };
    for row in x.chunks_exact(width) {
        let (predictor, half) = (fit.predictor(row), fit.half_interval(&fit.design_row(row)));
        effect.predicted.push(fit.link.mean(predictor));
        if !half.is_nan() {
            // A link may turn the line around.
            let ends = [predictor - half, predictor + half].map(|end| fit.link.mean(end));
            effect.lower.push(ends[0].min(ends[1]));
            effect.upper.push(ends[0].max(ends[1]));
        }
    }
    let moves = effect.predicted.windows(2).any(|pair| pair[0] != pair[1]);
    (moves && effect.predicted.iter().all(|predicted| predicted.is_finite())).then_some(effect)
}

fn category(levels: &[String], input: &Input) -> Column {
    match input {
        Input::Levels { numeric: true, .. } => {
            levels.iter().map(|level| level.parse().ok()).collect::<Numeric>().into()
        }
        _ => levels.iter().map(Some).collect::<Category>().into(),
    }
}

fn middle(input: &Input, rows: usize) -> Column {
    match input {
        Input::Numbers { sum, count, .. } => Numeric::from(vec![sum / *count as f64; rows]).into(),
        Input::Levels { counts, .. } => {
            let commonest = counts.iter().rev().max_by_key(|(_, count)| **count);
            let level = commonest.map(|(level, _)| level.clone()).unwrap_or_default();
            category(&vec![level; rows], input)
        }
    }
}
