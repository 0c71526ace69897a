//! A pass over rows that have a weight and a pull each: what every Newton step of an iterative method reads.

use crate::alias::take_out_dependent;
use crate::double_double::DoubleDouble;
use crate::exact::triangle::{Triangle, dot};
use crate::observations::{Block, Observations};
use crate::solution::Alias;
use crate::standard::Standard;
use ndgrad_array::Result;
use ndgrad_tensor::threads::fill_pieces;

/// Rows that one thread takes at a time; what they add up to is added to the rest in their order.
pub(crate) const TASK: usize = 4096;

/// How much of a task the factorization holds at a time, in bytes: what stays in a first-level cache.
pub(crate) const CHUNK_BYTES: usize = 32 * 1024;

/// Element operations of a task, so that threads are asked for even if a block is one of few.
pub(crate) const TASK_WORK: usize = 1 << 16;

/// One row, as a method's formulas see it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    /// Its number, counted from 0.
    pub number: usize,
    pub y: f64,
    /// Above 0.
    pub weight: f64,
    /// The linear predictor, offset included.
    pub predictor: f64,
    pub offset: f64,
}

/// What a row adds to the curvature of the loss, and to its descent, per unit of its predictor.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pull {
    /// At least 0.
    pub curvature: f64,
    pub score: f64,
}

/// Sums of other things over rows.
pub(crate) trait Tally: Default + Send {
    /// Adds those of later rows.
    fn merge(&mut self, later: Self);
}

impl Tally for () {
    fn merge(&mut self, (): ()) {}
}

/// `X'CX` as a triangle, `X's`, and what else was summed.
pub(crate) struct Normal<T> {
    pub triangle: Triangle<f64>,
    pub score: Vec<DoubleDouble>,
    pub tally: T,
}

impl<T: Tally> Normal<T> {
    fn new(parameters: usize) -> Self {
        Normal {
            triangle: Triangle::new(parameters),
            score: vec![DoubleDouble::ZERO; parameters],
            tally: T::default(),
        }
    }

    fn merge(&mut self, later: Self) {
        let columns = self.triangle.columns();
        let mut block: Vec<f64> =
            (0..columns).flat_map(|j| later.triangle.rows.iter().map(move |row| row[j])).collect();
        self.triangle.absorb(&mut block, columns);
        self.score.iter_mut().zip(later.score).for_each(|(sum, part)| *sum += part);
        self.tally.merge(later.tally);
    }

    /// Takes columns that depend on earlier ones out of this and of `standard`.
    pub fn take_out_dependent(&mut self, standard: &mut Standard) -> Vec<Alias> {
        let (aliases, gone) = take_out_dependent(&mut self.triangle, standard);
        let mut place = 0;
        self.score.retain(|_| {
            place += 1;
            !gone.contains(&(place - 1))
        });
        aliases
    }

    /// The step to the minimum if the loss were a parabola.
    pub fn step(&self) -> Vec<f64> {
        self.triangle.solve_normal(&self.score).into_iter().map(DoubleDouble::value).collect()
    }

    /// By how much that step would make the loss smaller, times two: a size of the step that no change of units changes.
    pub fn decrement(&self, step: &[f64]) -> f64 {
        self.score.iter().zip(step).map(|(score, step)| score.value() * step).sum()
    }

    /// `(X'CX)^-1`, row after row.
    pub fn inverse(&self) -> Vec<f64> {
        let size = self.triangle.columns();
        let unit =
            |i| (0..size).map(|j| if i == j { 1.0 } else { 0.0 }.into()).collect::<Vec<DoubleDouble>>();
        let vectors: Vec<Vec<f64>> = (0..size).map(|i| self.triangle.through(&unit(i))).collect();
        vectors.iter().flat_map(|a| vectors.iter().map(|b| dot(a, b))).collect()
    }
}

/// Reads all rows once at these parameters. Rows of weight 0 are not visited. Sums have one order, whatever the number of
/// threads.
pub(crate) fn pass<T: Tally>(
    observations: &mut dyn Observations,
    standard: &Standard,
    parameters: &[f64],
    visit: impl Fn(&Row, &mut T) -> Pull + Sync,
) -> Result<Normal<T>> {
    let mut total = Normal::new(standard.parameters());
    observations.pass(&mut |block| {
        let tasks = block.rows().div_ceil(TASK);
        let mut parts: Vec<Option<Normal<T>>> = (0..tasks).map(|_| None).collect();
        fill_pieces(&mut parts, TASK_WORK, 1, |start, parts| {
            for (k, part) in parts.iter_mut().enumerate() {
                *part = Some(task(block, (start + k) * TASK, standard, parameters, &visit));
            }
        });
        parts.into_iter().flatten().for_each(|part| total.merge(part));
        Ok(())
    })?;
    Ok(total)
}

fn task<T: Tally>(
    block: &Block<'_>,
    first: usize,
    standard: &Standard,
    parameters: &[f64],
    visit: &impl Fn(&Row, &mut T) -> Pull,
) -> Normal<T> {
    let (columns, size) = (standard.names.len(), standard.parameters());
    let mut part = Normal::new(size);
    let last = block.rows().min(first + TASK);
    let height = (CHUNK_BYTES / size_of::<f64>() / size.max(1)).clamp(32, 1024);
    let (mut chunk, mut predictors) = (Vec::with_capacity(height * size), Vec::with_capacity(height));
    let (mut roots, mut scores) = (Vec::with_capacity(height), Vec::with_capacity(height));
    for start in (first..last).step_by(height) {
        let rows = height.min(last - start);
        let x = &block.x[start * columns..][..rows * columns];
        chunk.clear();
        chunk.resize(standard.ones() * rows, 1.0);
        for &j in &standard.kept {
            let (centre, scale) = (standard.centres[j], 1.0 / standard.units[j]);
            chunk.extend(x[j..].iter().step_by(columns).map(|&value| (value - centre) * scale));
        }
        predictors.clear();
        predictors.extend((start..start + rows).map(|i| block.offset.map_or(0.0, |offset| offset[i])));
        if !parameters.is_empty() {
            for (column, parameter) in chunk.chunks_exact(rows).zip(parameters) {
                predictors.iter_mut().zip(column).for_each(|(sum, z)| *sum += parameter * z);
            }
        }
        roots.clear();
        scores.clear();
        for (i, &predictor) in (start..).zip(&predictors) {
            let weight = block.weights.map_or(1.0, |weights| weights[i]);
            let offset = block.offset.map_or(0.0, |offset| offset[i]);
            let pull = if weight > 0.0 {
                let number = block.first as usize + i;
                visit(&Row { number, y: block.y[i], weight, predictor, offset }, &mut part.tally)
            } else {
                Pull::default()
            };
            roots.push(pull.curvature.sqrt());
            scores.push(pull.score);
        }
        for (column, sum) in chunk.chunks_exact_mut(rows).zip(&mut part.score) {
            *sum += dot(column, &scores).into();
            column.iter_mut().zip(&roots).for_each(|(z, root)| *z *= root);
        }
        part.triangle.absorb(&mut chunk, rows);
    }
    part
}
