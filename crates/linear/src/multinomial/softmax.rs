//! `Softmax`: score and curvature of a multinomial model, in passes over the rows.
//!
//! The curvature of a row is `w (diag(p) - pp')`, for the probabilities `p` of all classes but the first, times the
//! products of its columns (A. Agresti, Categorical Data Analysis, 3rd edition, 2013, section 8.1). Products of columns that
//! depend on each other lose digits, so the columns are read in coordinates in which they are orthogonal.

use super::METHOD;
use super::separation;
use crate::double_double::DoubleDouble;
use crate::exact::triangle::{Triangle, dot};
use crate::glm::course::{Objective, Sums};
use crate::glm::sandwich::Meat;
use crate::inference::CovarianceKind;
use crate::observations::{Block, Observations};
use crate::standard::Standard;
use crate::weighted::{CHUNK_BYTES, Normal, TASK, TASK_WORK, Tally};
use ndgrad_array::Result;
use ndgrad_tensor::simd::{Kernel, vectorized};
use ndgrad_tensor::threads::fill_pieces;

/// A model, whose parameters are those of the second class, then of the third, and so on.
#[derive(Clone, Copy)]
pub(super) struct Softmax<'a> {
    pub standard: &'a Standard,
    /// The triangle of the weighted columns, none of which depends on others.
    pub triangle: &'a Triangle<f64>,
    pub classes: &'a [String],
}

/// The model of these rows.
pub(super) struct Fitting<'a> {
    pub softmax: Softmax<'a>,
    pub observations: &'a mut dyn Observations,
}

/// What some rows add up to.
struct Part {
    score: Vec<DoubleDouble>,
    /// For each pair of classes the lower half of a matrix.
    products: Vec<f64>,
    sums: Sums,
}

/// Some rows: their columns, and for each class but the first their scores; for each pair of these what they add to the
/// curvature. Each of these numbers of all rows side by side.
#[derive(Default)]
struct Chunk {
    columns: Vec<f64>,
    scores: Vec<f64>,
    curvature: Vec<f64>,
    factors: Vec<f64>,
}

impl Softmax<'_> {
    /// The parameters of one class.
    fn size(&self) -> usize {
        self.standard.parameters()
    }

    /// The classes but the first.
    fn others(&self) -> usize {
        self.classes.len() - 1
    }

    fn part(&self) -> Part {
        let (size, others) = (self.size(), self.others());
        Part {
            score: vec![DoubleDouble::ZERO; others * size],
            products: vec![0.0; half(others) * half(size)],
            sums: Sums::default(),
        }
    }

    /// Parameters for the standardized columns, of parameters for the orthogonal ones.
    pub fn straight(&self, parameters: &[f64]) -> Vec<f64> {
        parameters.chunks_exact(self.size().max(1)).flat_map(|one| back(self.triangle, one)).collect()
    }

    /// Rows that are read together.
    fn height(&self) -> usize {
        (CHUNK_BYTES / size_of::<f64>() / (self.size() + 2 * self.others())).clamp(32, 1024)
    }

    fn task(&self, block: &Block<'_>, first: usize, parameters: &[f64]) -> Part {
        let size = self.size();
        let mut part = self.part();
        let last = block.rows().min(first + TASK);
        let height = self.height();
        let (mut chunk, mut scaled) = (Chunk::default(), Vec::with_capacity(height));
        for start in (first..last).step_by(height) {
            let rows = height.min(last - start);
            self.chunk(block, start, rows, parameters, &mut chunk, &mut part.sums);
            let Chunk { columns, scores, curvature, .. } = &chunk;
            for (scores, sums) in scores.chunks_exact(rows).zip(part.score.chunks_exact_mut(size.max(1))) {
                for (column, sum) in columns.chunks_exact(rows).zip(sums) {
                    *sum += dot(column, scores).into();
                }
            }
            for (curvature, products) in
                curvature.chunks_exact(rows).zip(part.products.chunks_exact_mut(half(size).max(1)))
            {
                vectorized(Products { columns, rows, curvature, scaled: &mut scaled, products });
            }
        }
        part
    }

    /// What some rows from `start` on say at these parameters.
    fn chunk(
        &self,
        block: &Block<'_>,
        start: usize,
        rows: usize,
        parameters: &[f64],
        chunk: &mut Chunk,
        sums: &mut Sums,
    ) {
        let (size, others) = (self.size(), self.others());
        let Chunk { columns, scores, curvature, factors } = chunk;
        self.columns(block, start, rows, columns);
        scores.clear();
        scores.resize(others * rows, 0.0);
        for (class, predictors) in scores.chunks_exact_mut(rows).enumerate() {
            for (column, parameter) in columns.chunks_exact(rows).zip(&parameters[class * size..]) {
                predictors.iter_mut().zip(column).for_each(|(sum, z)| *sum += parameter * z);
            }
        }
        // A row's predictors become its scores.
        curvature.clear();
        curvature.resize(half(others) * rows, 0.0);
        for i in 0..rows {
            let (weight, class) = (block.weight(start + i), block.y[start + i] as usize);
            row(class, weight, i, rows, scores, curvature, factors, sums);
        }
    }

    /// The sandwich of the scores of all rows at these parameters, with this bread.
    ///
    /// # Errors
    /// As [`Meat`], and if the rows cannot be read.
    pub fn sandwich(
        &self,
        observations: &mut dyn Observations,
        parameters: &[f64],
        kind: CovarianceKind,
        bread: &[f64],
    ) -> Result<Vec<f64>> {
        let (size, others) = (self.size(), self.others());
        let mut meat = Meat::new(kind, self.standard.clusters, others * size)?;
        let (mut chunk, height) = (Chunk::default(), self.height());
        observations.pass(&mut |block| {
            for start in (0..block.rows()).step_by(height) {
                let rows = height.min(block.rows() - start);
                self.chunk(block, start, rows, parameters, &mut chunk, &mut Sums::default());
                let Chunk { columns, scores, .. } = &chunk;
                for i in (0..rows).filter(|i| block.weight(start + i) > 0.0) {
                    let of =
                        |place: usize| scores[place / size * rows + i] * columns[place % size * rows + i];
                    let cluster = block.clusters.map(|clusters| clusters[start + i]);
                    meat.add((0..others * size).map(of), cluster);
                }
            }
            Ok(())
        })?;
        meat.between(bread, self.standard.rows)
    }

    /// Rows from `start` on, column after column, orthogonal.
    fn columns(&self, block: &Block<'_>, start: usize, rows: usize, columns: &mut Vec<f64>) {
        let (standard, width) = (self.standard, self.standard.names.len());
        let x = &block.x[start * width..][..rows * width];
        columns.clear();
        columns.resize(standard.ones() * rows, 1.0);
        for &j in &standard.kept {
            let (centre, scale) = (standard.centres[j], 1.0 / standard.units[j]);
            columns.extend(x[j..].iter().step_by(width).map(|&value| (value - centre) * scale));
        }
        vectorized(Orthogonal { triangle: self.triangle, columns, rows });
    }
}

/// Makes columns orthogonal: `u = R^-T z` for each row.
struct Orthogonal<'a> {
    triangle: &'a Triangle<f64>,
    columns: &'a mut [f64],
    rows: usize,
}

impl Kernel for Orthogonal<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Orthogonal { triangle, columns, rows } = self;
        for (k, row) in triangle.rows.iter().enumerate() {
            let (head, tail) = columns.split_at_mut((k + 1) * rows);
            let solved = &mut head[k * rows..];
            solved.iter_mut().for_each(|z| *z /= row[k]);
            for (column, &entry) in tail.chunks_exact_mut(rows).zip(&row[k + 1..]) {
                column.iter_mut().zip(&*solved).for_each(|(z, solved)| *z -= entry * solved);
            }
        }
    }
}

/// Adds the products of all columns, times what each row counts.
struct Products<'a> {
    columns: &'a [f64],
    rows: usize,
    curvature: &'a [f64],
    scaled: &'a mut Vec<f64>,
    products: &'a mut [f64],
}

impl Kernel for Products<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Products { columns, rows, curvature, scaled, products } = self;
        let mut place = 0;
        for (k, column) in columns.chunks_exact(rows).enumerate() {
            scaled.clear();
            scaled.extend(column.iter().zip(curvature).map(|(z, v)| z * v));
            for other in columns.chunks_exact(rows).take(k + 1) {
                products[place] += dot(scaled, other);
                place += 1;
            }
        }
    }
}

/// Row `i` of a chunk: its predictors, `stride` apart, become its scores, with what it adds to the curvature of each pair
/// of classes.
#[allow(clippy::too_many_arguments)]
fn row(
    class: usize,
    weight: f64,
    i: usize,
    stride: usize,
    predictors: &mut [f64],
    curvature: &mut [f64],
    factors: &mut Vec<f64>,
    sums: &mut Sums,
) {
    let others = predictors.len() / stride;
    if weight == 0.0 {
        (0..others).for_each(|other| predictors[other * stride + i] = 0.0);
        return;
    }
    let of = |class: usize| if class == 0 { 0.0 } else { predictors[(class - 1) * stride + i] };
    let (mut top, mut highest) = (0, 0.0);
    for class in 1..=others {
        if of(class) > highest {
            (top, highest) = (class, of(class));
        }
    }
    factors.clear();
    factors.extend((0..=others).map(|class| libm::exp(of(class) - highest)));
    // What is left beside the most likely class keeps its digits where that is nearly certain.
    let beside: f64 = factors.iter().enumerate().filter(|&(class, _)| class != top).map(|(_, f)| f).sum();
    let total = 1.0 + beside;
    let log_likelihood = of(class) - highest - libm::log1p(beside);
    sums.deviance += (-2.0 * weight * log_likelihood).into();
    sums.farthest = (1..=others).fold(sums.farthest, |most, class| most.max(of(class).abs()));
    sums.outside |= !log_likelihood.is_finite();
    let rest = |class: usize| (if class == top { beside } else { total - factors[class] }) / total;
    let mut pair = 0;
    for a in 1..=others {
        let probability = factors[a] / total;
        for factor in &factors[1..a] {
            curvature[pair * stride + i] = -weight * probability * (factor / total);
            pair += 1;
        }
        curvature[pair * stride + i] = weight * probability * rest(a);
        pair += 1;
        predictors[(a - 1) * stride + i] = weight * if a == class { rest(a) } else { -probability };
    }
}

/// The entries of half a matrix of this size, its diagonal included.
fn half(size: usize) -> usize {
    size * (size + 1) / 2
}

/// Where the entry of this row and column, in either order, is in the lower half, row after row.
fn place(i: usize, j: usize) -> usize {
    half(i.max(j)) + i.min(j)
}

/// `R^-1 z`.
fn back(triangle: &Triangle<f64>, z: &[f64]) -> Vec<f64> {
    let mut solved = z.to_vec();
    for i in (0..solved.len()).rev() {
        let row = &triangle.rows[i];
        let rest = (i + 1..solved.len()).fold(solved[i], |rest, j| rest - row[j] * solved[j]);
        solved[i] = rest / row[i];
    }
    solved
}

impl Objective for Fitting<'_> {
    fn name(&self) -> String {
        METHOD.to_string()
    }

    fn evaluate(&mut self, parameters: &[f64]) -> Result<Normal<Sums>> {
        let softmax = self.softmax;
        let (size, others) = (softmax.size(), softmax.others());
        let mut score = vec![DoubleDouble::ZERO; others * size];
        let mut products = vec![DoubleDouble::ZERO; half(others) * half(size)];
        let mut sums = Sums::default();
        self.observations.pass(&mut |block| {
            let mut parts: Vec<Option<Part>> = (0..block.rows().div_ceil(TASK)).map(|_| None).collect();
            fill_pieces(&mut parts, TASK_WORK, 1, |start, parts| {
                for (k, part) in parts.iter_mut().enumerate() {
                    *part = Some(softmax.task(block, (start + k) * TASK, parameters));
                }
            });
            for part in parts.into_iter().flatten() {
                score.iter_mut().zip(part.score).for_each(|(sum, part)| *sum += part);
                products.iter_mut().zip(part.products).for_each(|(sum, part)| *sum += part.into());
                sums.merge(part.sums);
            }
            Ok(())
        })?;
        let triangle = Triangle::of_products(others * size, |row, column| {
            let (a, i, b, j) = (row / size, row % size, column / size, column % size);
            products[place(a, b) * half(size) + place(i, j)]
        });
        Ok(Normal { triangle, score, tally: sums })
    }

    fn refuse_separation(&mut self, direction: &[f64]) -> Result<()> {
        let Softmax { standard, classes, .. } = self.softmax;
        let direction = self.softmax.straight(direction);
        separation::refuse(self.observations, standard, classes, &direction)
    }
}
