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

/// `B M B` with the bread `B = (X'WX)^-1` of `triangle` and the meat `M`, the products of scores: of rows, or of the sums
/// of each cluster's (P. J. Huber, "The behavior of maximum likelihood estimates under nonstandard conditions", 1967;
/// A. Zeileis, "Object-oriented computation of sandwich estimators", Journal of Statistical Software 16, 2006).
/// `pull` gives score and curvature of a row.
pub(crate) fn sandwich(
    observations: &mut dyn Observations,
    standard: &Standard,
    parameters: &[f64],
    kind: CovarianceKind,
    (triangle, bread): (&Triangle<f64>, &[f64]),
    pull: &dyn Fn(&Row) -> Pull,
) -> Result<Vec<f64>> {
    let (width, size) = (standard.names.len(), standard.parameters());
    let groups = match (kind, standard.clusters) {
        (CovarianceKind::Clustered, None) => {
            return Err(Error::Data(
                "covariance: clustered errors need to know the clusters\n    name the column that holds them"
                    .into(),
            ));
        }
        (CovarianceKind::Clustered, Some(clusters)) => clusters,
        _ => 0,
    };
    let mut sums = vec![0.0; groups * size];
    let mut seen = vec![false; groups];
    let mut meat = Triangle::<f64>::new(size);
    let mut rows: Vec<f64> = Vec::with_capacity(ROWS * size);
    observations.pass(&mut |block| {
        for (i, &y) in block.y.iter().enumerate() {
            let weight = block.weights.map_or(1.0, |weights| weights[i]);
            if weight == 0.0 {
                continue;
            }
            let x = &block.x[i * width..][..width];
            let z: Vec<f64> = standard.row(x).collect();
            let offset = block.offset.map_or(0.0, |offset| offset[i]);
            let predictor = offset + z.iter().zip(parameters).map(|(z, p)| z * p).sum::<f64>();
            let Pull { curvature, mut score } =
                pull(&Row { number: block.first as usize + i, y, weight, predictor, offset });
            if let (CovarianceKind::Clustered, Some(clusters)) = (kind, block.clusters) {
                let group = clusters[i] as usize;
                seen[group] = true;
                sums[group * size..][..size].iter_mut().zip(&z).for_each(|(sum, z)| *sum += score * z);
                continue;
            }
            if matches!(kind, CovarianceKind::HC2 | CovarianceKind::HC3) {
                let wide: Vec<DoubleDouble> = z.iter().map(|&z| z.into()).collect();
                let leverage = curvature * triangle.through(&wide).iter().map(|v| v * v).sum::<f64>();
                let rest = (1.0 - leverage).max(f64::EPSILON);
                score /= if kind == CovarianceKind::HC2 { rest.sqrt() } else { rest };
            }
            rows.extend(z.iter().map(|z| score * z));
            if rows.len() == ROWS * size {
                absorb(&mut meat, &mut rows);
            }
        }
        Ok(())
    })?;
    absorb(&mut meat, &mut rows);
    sums.chunks_mut((ROWS * size).max(1)).for_each(|rows| absorb(&mut meat, &mut rows.to_vec()));
    let (n, k) = (standard.rows as f64, size as f64);
    let factor = match kind {
        CovarianceKind::HC1 => n / (n - k),
        CovarianceKind::Clustered => {
            let g = seen.iter().filter(|&&seen| seen).count() as f64;
            if g < 2.0 {
                return Err(Error::Data(
                    "covariance: clustered errors need two clusters at least\n    choose another column for them".into(),
                ));
            }
            g / (g - 1.0) * ((n - 1.0) / (n - k))
        }
        _ => 1.0,
    };
    Ok(around(&meat, bread).into_iter().map(|entry| factor * entry).collect())
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
