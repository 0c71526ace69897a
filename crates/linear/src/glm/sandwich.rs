//! Covariances that hold where the variance function, or the independence of rows, does not.

use crate::double_double::DoubleDouble;
use crate::exact::triangle::Triangle;
use crate::inference::CovarianceKind;
use crate::observations::Observations;
use crate::standard::Standard;
use crate::weighted::{Pull, Row};
use ndgrad_array::{Error, Result};

/// Rows whose scores are held at a time.
const ROWS: usize = 256;

/// The meat of a sandwich: the products of scores, of rows or of the sums of each cluster's (P. J. Huber, "The behavior of
/// maximum likelihood estimates under nonstandard conditions", 1967; A. Zeileis, "Object-oriented computation of sandwich
/// estimators", Journal of Statistical Software 16, 2006).
pub(crate) struct Meat {
    kind: CovarianceKind,
    products: Triangle<f64>,
    /// Scores that are not yet among the products.
    rows: Vec<f64>,
    /// The sum of the scores of each cluster, and whether it has any.
    sums: Vec<f64>,
    seen: Vec<bool>,
}

impl Meat {
    /// Of scores of this size; for clusters of numbers below `clusters`.
    ///
    /// # Errors
    /// If clusters are needed and not known.
    pub fn new(kind: CovarianceKind, clusters: Option<usize>, size: usize) -> Result<Meat> {
        let groups = match (kind, clusters) {
            (CovarianceKind::Clustered, None) => {
                return Err(Error::Data(
                    "covariance: clustered errors need to know the clusters\n    name the column that holds them"
                        .into(),
                ));
            }
            (CovarianceKind::Clustered, Some(clusters)) => clusters,
            _ => 0,
        };
        Ok(Meat {
            kind,
            products: Triangle::new(size),
            rows: Vec::with_capacity(ROWS * size),
            sums: vec![0.0; groups * size],
            seen: vec![false; groups],
        })
    }

    /// Takes the score of a row that is in this cluster.
    pub fn add(&mut self, score: impl Iterator<Item = f64>, cluster: Option<u32>) {
        let size = self.products.columns();
        if let (CovarianceKind::Clustered, Some(cluster)) = (self.kind, cluster) {
            let group = cluster as usize;
            self.seen[group] = true;
            self.sums[group * size..][..size].iter_mut().zip(score).for_each(|(sum, score)| *sum += score);
            return;
        }
        self.rows.extend(score);
        if self.rows.len() == ROWS * size {
            absorb(&mut self.products, &mut self.rows);
        }
    }

    /// `B M B` with this bread, of so many rows.
    ///
    /// # Errors
    /// If there is but one cluster.
    pub fn between(mut self, bread: &[f64], rows: u64) -> Result<Vec<f64>> {
        let size = self.products.columns();
        absorb(&mut self.products, &mut self.rows);
        for rows in self.sums.chunks((ROWS * size).max(1)) {
            absorb(&mut self.products, &mut rows.to_vec());
        }
        let (n, k) = (rows as f64, size as f64);
        let factor = match self.kind {
            CovarianceKind::HC1 => n / (n - k),
            CovarianceKind::Clustered => {
                let g = self.seen.iter().filter(|&&seen| seen).count() as f64;
                if g < 2.0 {
                    return Err(Error::Data(
                        "covariance: clustered errors need two clusters at least\n    choose another column for them"
                            .into(),
                    ));
                }
                g / (g - 1.0) * ((n - 1.0) / (n - k))
            }
            _ => 1.0,
        };
        Ok(around(&self.products, bread).into_iter().map(|entry| factor * entry).collect())
    }
}

/// The sandwich of a generalized linear model, with the bread `B = (X'WX)^-1` of `triangle`. `pull` gives score and
/// curvature of a row.
pub(crate) fn sandwich(
    observations: &mut dyn Observations,
    standard: &Standard,
    parameters: &[f64],
    kind: CovarianceKind,
    (triangle, bread): (&Triangle<f64>, &[f64]),
    pull: &dyn Fn(&Row) -> Pull,
) -> Result<Vec<f64>> {
    let width = standard.names.len();
    let mut meat = Meat::new(kind, standard.clusters, standard.parameters())?;
    observations.pass(&mut |block| {
        for (i, &y) in block.y.iter().enumerate() {
            let weight = block.weight(i);
            if weight == 0.0 {
                continue;
            }
            let x = &block.x[i * width..][..width];
            let z: Vec<f64> = standard.row(x).collect();
            let offset = block.offset.map_or(0.0, |offset| offset[i]);
            let predictor = offset + z.iter().zip(parameters).map(|(z, p)| z * p).sum::<f64>();
            let Pull { curvature, mut score } =
                pull(&Row { number: block.first as usize + i, y, weight, predictor, offset });
            if matches!(kind, CovarianceKind::HC2 | CovarianceKind::HC3) {
                let wide: Vec<DoubleDouble> = z.iter().map(|&z| z.into()).collect();
                let leverage = curvature * triangle.through(&wide).iter().map(|v| v * v).sum::<f64>();
                let rest = (1.0 - leverage).max(f64::EPSILON);
                score /= if kind == CovarianceKind::HC2 { rest.sqrt() } else { rest };
            }
            meat.add(z.iter().map(|z| score * z), block.clusters.map(|clusters| clusters[i]));
        }
        Ok(())
    })?;
    meat.between(bread, standard.rows)
}

/// `B R'R B`, row after row.
pub(crate) fn around(meat: &Triangle<f64>, bread: &[f64]) -> Vec<f64> {
    let size = meat.columns();
    let half: Vec<Vec<f64>> = meat
        .rows
        .iter()
        .map(|row| (0..size).map(|j| (0..size).map(|k| row[k] * bread[k * size + j]).sum()).collect())
        .collect();
    let product = |i: usize, j: usize| half.iter().map(|row| row[i] * row[j]).sum::<f64>();
    (0..size * size).map(|place| product(place / size, place % size)).collect()
}

/// Takes in rows, and leaves none.
fn absorb(meat: &mut Triangle<f64>, rows: &mut Vec<f64>) {
    let size = meat.columns();
    if size > 0 && !rows.is_empty() {
        let count = rows.len() / size;
        let mut block: Vec<f64> = (0..size).flat_map(|j| rows[j..].iter().step_by(size).copied()).collect();
        meat.absorb(&mut block, count);
        rows.clear();
    }
}
