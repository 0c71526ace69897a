//! Covariances that do not assume one variance for all rows, nor independent rows.

use crate::diagnostics::whitener::{Whitener, squares};
use crate::distribution::Distribution;
use crate::exact::LinearFit;
use crate::inference::{Covariance, CovarianceKind, Inference};
use crate::observations::{Block, Observations};
use ndgrad_array::{Error, Result};
use ndgrad_tensor::gram::{self, CHAIN, LANES, Lanes, Tile};
use ndgrad_tensor::simd::{Kernel, vectorized};
use ndgrad_tensor::threads::fill_pieces;

/// What is left of a row's residual by its own leverage is rounding if it is less than this.
const SATURATED: f64 = 1e-12;

/// Rows that are brought into panels at a time.
const BATCH: usize = 8 * CHAIN;

impl LinearFit {
    /// The same estimates with a covariance of this kind, by one more pass over the rows that were fitted (none for the
    /// classical one). Clustered covariances are compared with t of one degree of freedom less than clusters, others with t of
    /// the residual degrees of freedom.
    ///
    /// # Errors
    /// [`Error::Data`] if a clustered covariance is asked for and rows have no clusters, or there is but one; if the rows
    /// cannot be read.
    pub fn inference_of(
        &self,
        kind: CovarianceKind,
        observations: &mut dyn Observations,
    ) -> Result<Inference> {
        let answer = &self.answer;
        let (n, k) = (self.rows as f64, self.rank as f64);
        let (mut freedom, mut factor) = (n - k, 1.0);
        let meat = match kind {
            CovarianceKind::Classical => return Ok(self.inference.clone()),
            CovarianceKind::Clustered => {
                let clusters = self.cluster_sums(observations)?;
                let count = clusters.iter().filter(|(any, _)| *any).count() as f64;
                if count < 2.0 {
                    return Err(Error::Data(format!(
                        "least squares: {count} clusters say nothing about how clusters differ\n    \
                         name a column with more clusters, or use another covariance (HC3)"
                    )));
                }
                freedom = count - 1.0;
                factor = count / (count - 1.0) * (n - 1.0) / (n - k);
                outer_products(clusters.into_iter().map(|(_, sums)| sums), self.rank)
            }
            _ => {
                if kind == CovarianceKind::HC1 {
                    factor = n / (n - k);
                }
                self.squares(kind, observations)?
            }
        };
        // t' Cov t for each pair of parameters t, in the coordinates of the whitened rows.
        let vectors = &answer.vectors;
        let rank = self.rank;
        let through: Vec<Vec<f64>> = vectors
            .iter()
            .map(|v| {
                let sums = (0..rank).map(|i| (0..rank).map(|j| meat[i * rank + j] * v[j]).sum::<f64>());
                sums.collect()
            })
            .collect();
        let product = |place: usize| -> f64 {
            vectors[place / rank].iter().zip(&through[place % rank]).map(|(a, b)| a * b).sum()
        };
        let covariance = Covariance { kind, size: rank, matrix: answer.covariance(product, factor) };
        let estimates: Vec<f64> = self.inference.terms.iter().map(|term| term.estimate).collect();
        let distribution = Distribution::T(if freedom > 0.0 { freedom } else { f64::NAN });
        Ok(Inference::new(
            answer.terms(&self.names),
            &estimates,
            covariance,
            distribution,
            self.inference.level,
        ))
    }

    /// The sum of `w^2 r^2 u u'`, row after row, with what the kind makes of the leverages.
    fn squares(&self, kind: CovarianceKind, observations: &mut dyn Observations) -> Result<Vec<f64>> {
        let answer = &self.answer;
        let (whitener, y_scale) = (Whitener::new(answer), answer.frame.y_scale());
        let panels = gram::panels(self.rank);
        let mut sums = vec![Tile::default(); gram::tiles(panels)];
        let mut batch: Vec<Lanes> = Vec::new();
        answer.predictor.pass(&answer.frame, observations, |block, residuals| {
            for first in (0..block.rows()).step_by(BATCH) {
                let count = BATCH.min(block.rows() - first);
                let chunk = panels * CHAIN;
                batch.clear();
                batch.resize(count.div_ceil(CHAIN) * chunk, [0.0; LANES]);
                fill_pieces(&mut batch, LANES * self.rank, chunk, |start, out| {
                    for (index, out) in out.chunks_exact_mut(chunk).enumerate() {
                        let first = first + (start / chunk + index) * CHAIN;
                        let rows = first..block.rows().min(first + CHAIN);
                        vectorized(Scores {
                            whitener: &whitener,
                            block,
                            residuals,
                            y_scale,
                            kind,
                            rows,
                            out,
                        });
                    }
                });
                gram::add_products(panels, &batch, &batch, &[], &mut sums);
            }
            Ok(())
        })?;
        let at = |i: usize, j: usize| {
            let (i, j) = (i.min(j), i.max(j));
            sums[gram::tile(panels, i / LANES, j / LANES)].0[i % LANES].high[j % LANES]
        };
        Ok((0..self.rank * self.rank).map(|place| at(place / self.rank, place % self.rank)).collect())
    }

    /// For each cluster whether it has rows, and the sum of `w r u` over them.
    fn cluster_sums(&self, observations: &mut dyn Observations) -> Result<Vec<(bool, Vec<f64>)>> {
        let answer = &self.answer;
        let (whitener, y_scale) = (Whitener::new(answer), answer.frame.y_scale());
        let mut clusters: Vec<(bool, Vec<f64>)> = Vec::new();
        let mut z = vec![[0.0; LANES]; self.rank];
        answer.predictor.pass(&answer.frame, observations, |block, residuals| {
            let Some(numbers) = block.clusters else {
                return Err(Error::Data(
                    "least squares: a clustered covariance needs to know the cluster of each row\n    \
                     name the column that holds it"
                        .to_string(),
                ));
            };
            for first in (0..block.rows()).step_by(LANES) {
                let count = LANES.min(block.rows() - first);
                vectorized(|| whitener.write(block, first, count, &mut z));
                for r in 0..count {
                    let (cluster, weight) = (numbers[first + r] as usize, block.weight(first + r));
                    if weight == 0.0 {
                        continue;
                    }
                    if cluster >= clusters.len() {
                        clusters.resize(cluster + 1, (false, vec![0.0; self.rank]));
                    }
                    let score = weight * residuals[first + r] * y_scale;
                    clusters[cluster].0 = true;
                    clusters[cluster].1.iter_mut().zip(&z).for_each(|(sum, z)| *sum += score * z[r]);
                }
            }
            Ok(())
        })?;
        Ok(clusters)
    }
}

fn outer_products(vectors: impl Iterator<Item = Vec<f64>>, size: usize) -> Vec<f64> {
    let mut sums = vec![0.0; size * size];
    for vector in vectors {
        for (row, &a) in sums.chunks_exact_mut(size.max(1)).zip(&vector) {
            row.iter_mut().zip(&vector).for_each(|(sum, &b)| *sum += a * b);
        }
    }
    sums
}

/// Writes `w r u` of rows, by what the kind makes of the leverage, as panels.
struct Scores<'a> {
    whitener: &'a Whitener<'a>,
    block: &'a Block<'a>,
    residuals: &'a [f64],
    y_scale: f64,
    kind: CovarianceKind,
    rows: std::ops::Range<usize>,
    out: &'a mut [Lanes],
}

impl Kernel for Scores<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Scores { whitener, block, residuals, y_scale, kind, rows, out } = self;
        let mut z = vec![[0.0; LANES]; whitener.size()];
        for first in rows.clone().step_by(LANES) {
            let count = LANES.min(rows.end - first);
            whitener.write(block, first, count, &mut z);
            let lengths = squares(&z);
            for r in 0..count {
                let weight = block.weight(first + r);
                let rest = 1.0 - lengths[r] * weight;
                let factor = match kind {
                    CovarianceKind::HC2 | CovarianceKind::HC3 if rest < SATURATED => 0.0,
                    CovarianceKind::HC2 => 1.0 / rest.sqrt(),
                    CovarianceKind::HC3 => 1.0 / rest,
                    _ => 1.0,
                };
                let score = weight * residuals[first + r] * y_scale * factor;
                for (j, z) in z.iter().enumerate() {
                    out[j / LANES * CHAIN + first + r - rows.start][j % LANES] = score * z[r];
                }
            }
        }
    }
}
